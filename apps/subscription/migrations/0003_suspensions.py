import django.db.models.deletion
from django.db import migrations, models

import bss.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("crm", "0001_initial"),
        ("subscription", "0002_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("cause", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("legal_basis", models.CharField(blank=True, default="", max_length=200)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("renews", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField(default=bss.core.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="subscription",
            name="subscription_state",
        ),
        migrations.RemoveConstraint(
            model_name="subscription",
            name="subscription_live_has_period",
        ),
        migrations.RemoveConstraint(
            model_name="subscription",
            name="one_line_per_number",
        ),
        migrations.RemoveConstraint(
            model_name="subscription",
            name="one_line_per_esim",
        ),
        migrations.RemoveIndex(
            model_name="subscription",
            name="subscription_due",
        ),
        migrations.RemoveIndex(
            model_name="subscription",
            name="subscription_boundary",
        ),
        migrations.AddField(
            model_name="subscription",
            name="end_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="subscription",
            name="ends_with_period",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="subscription",
            name="nickname",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("state__in", ("active", "blocked", "suspended"))),
                fields=["renewal_due_at"],
                name="subscription_due",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("state__in", ("active", "blocked", "suspended"))),
                fields=["period_end"],
                name="subscription_boundary",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("active", "blocked", "suspended")), ("ends_with_period", True)
                ),
                fields=["period_end"],
                name="subscription_ending",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["pending", "active", "blocked", "suspended", "terminated", "abandoned"],
                    )
                ),
                name="subscription_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("active", "blocked", "suspended")), _negated=True),
                    models.Q(
                        ("anchor_at__isnull", False),
                        ("period_end__gt", models.F("period_start")),
                        models.Q(
                            ("renewal_due_at__isnull", False),
                            ("ends_with_period", True),
                            ("state", "suspended"),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="subscription_live_has_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ("pending", "active", "blocked", "suspended")),
                    models.Q(("msisdn", ""), _negated=True),
                ),
                fields=("msisdn",),
                name="one_line_per_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ("pending", "active", "blocked", "suspended")),
                    models.Q(("iccid", ""), _negated=True),
                ),
                fields=("iccid",),
                name="one_line_per_esim",
            ),
        ),
        migrations.AddField(
            model_name="suspension",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suspensions",
                to="subscription.subscription",
            ),
        ),
        migrations.AddIndex(
            model_name="suspension",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["until"], name="suspension_over"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["pause", "lost", "stolen", "lawful"])),
                name="suspension_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "pause"), ("until__isnull", False)),
                    models.Q(models.Q(("cause", "pause"), _negated=True), ("until", None)),
                    _connector="OR",
                ),
                name="suspension_only_a_pause_ends_by_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", "lawful"), models.Q(("legal_basis", ""), _negated=True)),
                    models.Q(models.Q(("cause", "lawful"), _negated=True), ("legal_basis", "")),
                    _connector="OR",
                ),
                name="suspension_lawful_has_a_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("subscription", "cause"),
                name="suspended_once_for_a_cause",
            ),
        ),
    ]
