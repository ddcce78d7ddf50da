import django.db.models.deletion
from django.db import migrations, models

import bss.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0002_usage_of_client"),
        ("subscription", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("quantity", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subscription.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="write_off_of_something"
                    )
                ],
            },
        ),
    ]
