from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rating", "0001_initial")]

    operations = [
        migrations.AddField(
            "usage", "client", models.CharField(max_length=40, default="", db_default="")
        ),
        migrations.RemoveConstraint("usage", "usage_event_once"),
        migrations.AddConstraint(
            "usage",
            models.UniqueConstraint(fields=["event_key", "client"], name="usage_event_once"),
        ),
    ]
