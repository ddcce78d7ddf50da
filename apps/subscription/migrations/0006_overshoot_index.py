from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscription", "0005_balance_changes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="bucket",
            index=models.Index(
                condition=models.Q(("overshoot__gt", 0)),
                fields=["subscription"],
                name="bucket_overshot",
            ),
        ),
    ]
