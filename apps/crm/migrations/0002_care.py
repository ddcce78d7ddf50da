import django.db.models.deletion
from django.db import migrations, models

import bss.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.AddField(
            model_name="contactmedium",
            name="bounced_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contactmedium",
            name="verified_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="kyc_reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        default="normal",
                        max_length=10,
                    ),
                ),
                ("sla_due_at", models.DateTimeField(blank=True, null=True)),
                ("sla_left", models.DurationField(blank=True, null=True)),
                ("sla_breached_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(default=bss.core.clock.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("subject", models.TextField()),
                ("description", models.TextField(blank=True, null=True)),
                ("category", models.CharField(default="general", max_length=40)),
                ("resolution_code", models.CharField(blank=True, default="", max_length=60)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="crm.customer",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opened_cases",
                        to="crm.agent",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_cases",
                        to="crm.agent",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("body", models.TextField()),
                ("is_reply", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.agent",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="crm.case",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChatTranscript",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("body", models.TextField()),
                ("recorded_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transcripts",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="transcript",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="crm.chattranscript",
            ),
        ),
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                ("address", models.TextField()),
                ("seed", models.CharField(max_length=64)),
                ("attempts_left", models.SmallIntegerField()),
                ("requested_at", models.DateTimeField(default=bss.core.clock.now)),
                ("expires_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="email_changes",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KycSession",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                ("provider", models.CharField(max_length=20)),
                ("reference", models.CharField(blank=True, default="", max_length=120)),
                ("url", models.TextField(blank=True, default="")),
                ("requested_at", models.DateTimeField(default=bss.core.clock.now)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "attestation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.kycattestation",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kyc_sessions",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceNotice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "kind",
                    models.CharField(
                        choices=[("planned_work", "Planned Work"), ("outage", "Outage")],
                        max_length=12,
                    ),
                ),
                ("service", models.CharField(blank=True, default="", max_length=20)),
                ("zone", models.CharField(blank=True, default="", max_length=60)),
                ("title", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("starts_at", models.DateTimeField(default=bss.core.clock.now)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(default=bss.core.clock.now)),
                ("version", models.SmallIntegerField(default=1)),
                ("told_up_to", models.BigIntegerField(blank=True, default=0, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("told_up_to__isnull", False)),
                        fields=["id"],
                        name="notice_untold",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "closed"])), name="notice_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["planned_work", "outage"])),
                        name="notice_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SlaTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("noun", models.CharField(max_length=10)),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        max_length=10,
                    ),
                ),
                ("minutes", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("noun", "priority"), name="sla_target_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="agent",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agents",
                to="crm.team",
            ),
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("normal", "Normal"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        default="normal",
                        max_length=10,
                    ),
                ),
                ("sla_due_at", models.DateTimeField(blank=True, null=True)),
                ("sla_left", models.DurationField(blank=True, null=True)),
                ("sla_breached_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(default=bss.core.clock.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("ticket_type", models.CharField(max_length=40)),
                ("subject", models.TextField()),
                ("description", models.TextField(blank=True, null=True)),
                ("related_order_id", models.CharField(blank=True, default="", max_length=20)),
                (
                    "related_subscription_id",
                    models.CharField(blank=True, default="", max_length=20),
                ),
                ("related_service_id", models.CharField(blank=True, default="", max_length=20)),
                ("resolution_notes", models.TextField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="crm.agent",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="crm.case",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                ("weekday", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekday__range", (0, 6)), ("closes__gt", models.F("opens"))
                        ),
                        name="working_hours_make_sense",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("id"), descending=True),
                name="case_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("sla_breached_at", None), ("state__in", ["open", "in_progress"])
                ),
                fields=["sla_due_at"],
                name="case_overdue",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["state", "id"],
                name="case_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "in_progress", "pending_customer", "resolved", "closed"])
                ),
                name="case_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("priority__in", ["low", "normal", "medium", "high", "critical"])
                ),
                name="case_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="emailchange",
            index=models.Index(
                condition=models.Q(("state", "requested")),
                fields=["expires_at"],
                name="email_change_due",
            ),
        ),
        migrations.AddIndex(
            model_name="emailchange",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("id"), descending=True),
                name="email_change_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="emailchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["requested", "confirmed", "failed", "expired", "superseded"])
                ),
                name="email_change_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="emailchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "requested")),
                fields=("customer",),
                name="email_change_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="kycsession",
            index=models.Index(
                condition=models.Q(("state__in", ["requested", "open"])),
                fields=["expires_at"],
                name="kyc_session_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="kycsession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["requested", "open", "approved", "declined", "expired", "failed"],
                    )
                ),
                name="kyc_session_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="kycsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("provider", "reference"),
                name="kyc_session_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="kycsession",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["requested", "open"])),
                fields=("customer",),
                name="kyc_session_one_under_way",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("id"), descending=True),
                name="ticket_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    ("sla_breached_at", None),
                    ("state__in", ["open", "acknowledged", "in_progress"]),
                ),
                fields=["sla_due_at"],
                name="ticket_overdue",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("state__in", ["closed", "cancelled"]), _negated=True),
                fields=["state", "id"],
                name="ticket_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "open",
                            "acknowledged",
                            "in_progress",
                            "pending",
                            "resolved",
                            "closed",
                            "cancelled",
                        ],
                    )
                ),
                name="ticket_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("priority__in", ["low", "normal", "medium", "high", "critical"])
                ),
                name="ticket_priority",
            ),
        ),
    ]
