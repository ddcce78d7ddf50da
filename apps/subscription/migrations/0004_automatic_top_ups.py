import django.db.models.deletion
from django.db import migrations, models

import bss.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("subscription", "0003_suspensions"),
    ]

    operations = [
        migrations.AddField(
            model_name="topup",
            name="automatic",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="AutoTopUp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at_percent", models.SmallIntegerField()),
                ("monthly_cap", models.BigIntegerField()),
                ("most_a_day", models.SmallIntegerField()),
                ("agreed_at", models.DateTimeField(default=bss.core.clock.now)),
                ("stopped_reason", models.CharField(blank=True, default="", max_length=200)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "offering",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.vasoffering",
                    ),
                ),
                (
                    "subscription",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="auto_top_up",
                        to="subscription.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("at_percent__in", [80, 100]),
                            ("monthly_cap__gt", 0),
                            ("most_a_day__gt", 0),
                        ),
                        name="auto_top_up_has_limits",
                    )
                ],
            },
        ),
    ]
