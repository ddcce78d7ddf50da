from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0003_write_offs"),
    ]

    operations = [
        migrations.AddField(
            model_name="usage",
            name="visited_country",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
    ]
