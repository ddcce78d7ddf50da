from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscription", "0006_overshoot_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="topup",
            name="zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
