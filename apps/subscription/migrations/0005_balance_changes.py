import django.db.models.deletion
from django.db import migrations, models

import bss.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("subscription", "0004_automatic_top_ups"),
    ]

    operations = [
        migrations.CreateModel(
            name="BalanceChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("action", models.CharField(max_length=10)),
                ("state", models.CharField(default="done", max_length=10)),
                ("kind", models.CharField(max_length=16)),
                ("quantity", models.BigIntegerField()),
                ("parts", models.JSONField(blank=True, default=list)),
                ("reason", models.CharField(max_length=200)),
                ("made_by", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField(default=bss.core.clock.now)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                (
                    "receiver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subscription.subscription",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balance_changes",
                        to="subscription.subscription",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["held_until"],
                        name="balance_change_held",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("data", "voice", "sms", "data_roaming")),
                            models.Q(("quantity", 0), _negated=True),
                        ),
                        name="balance_change_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "adjust"), ("receiver", None), ("state", "done")),
                            models.Q(
                                ("action", "transfer"),
                                ("quantity__gt", 0),
                                ("receiver__isnull", False),
                                ("state", "done"),
                            ),
                            models.Q(
                                ("action", "reserve"),
                                ("held_until__isnull", False),
                                ("quantity__gt", 0),
                                ("receiver", None),
                                ("state__in", ["held", "released", "used"]),
                            ),
                            _connector="OR",
                        ),
                        name="balance_change_action",
                    ),
                ],
            },
        ),
    ]
