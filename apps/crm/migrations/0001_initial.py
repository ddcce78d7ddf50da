import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import bss.core.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                ("customer_since", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "kyc_status",
                    models.CharField(
                        choices=[
                            ("not_verified", "Not Verified"),
                            ("pending", "Pending"),
                            ("verified", "Verified"),
                            ("rejected", "Rejected"),
                            ("expired", "Expired"),
                        ],
                        default="not_verified",
                        max_length=16,
                    ),
                ),
                ("kyc_verified_at", models.DateTimeField(blank=True, null=True)),
                ("kyc_expires_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("email", models.EmailField(max_length=254, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("csr", "Csr"),
                            ("supervisor", "Supervisor"),
                            ("engineer", "Engineer"),
                            ("system", "System"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("terminated", "Terminated")],
                        default="active",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["csr", "supervisor", "engineer", "system"])
                        ),
                        name="agent_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "terminated"])),
                        name="agent_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number_hash", models.CharField(max_length=64, unique=True)),
                ("document_type", models.CharField(max_length=20)),
                ("country", models.CharField(max_length=2)),
                ("number_last4", models.CharField(max_length=4)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_documents",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Individual",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("given_name", models.TextField()),
                ("family_name", models.TextField(blank=True, default="")),
                ("date_of_birth", models.DateField(blank=True, null=True)),
                (
                    "folded_name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                "given_name",
                                models.Value(" ", output_field=models.TextField()),
                                "family_name",
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("folded_name", "gin_trgm_ops"),
                        name="individual_name",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="individual",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="customer",
                to="crm.individual",
            ),
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("channel", models.CharField(max_length=40)),
                (
                    "direction",
                    models.CharField(
                        choices=[("inbound", "Inbound"), ("outbound", "Outbound")], max_length=10
                    ),
                ),
                ("summary", models.TextField()),
                ("body", models.TextField(blank=True, null=True)),
                ("related_case_id", models.CharField(blank=True, default="", max_length=20)),
                ("related_ticket_id", models.CharField(blank=True, default="", max_length=20)),
                ("occurred_at", models.DateTimeField(default=bss.core.clock.now)),
                ("event_id", models.BigIntegerField(blank=True, null=True, unique=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.agent",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KycAttestation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=120)),
                ("proof_hash", models.CharField(max_length=64, unique=True)),
                ("date_of_birth", models.DateField(blank=True, null=True)),
                ("nationality", models.CharField(blank=True, default="", max_length=2)),
                ("verified_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="crm.customer",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.identitydocument",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=32)),
                ("state_reason", models.CharField(blank=True, default="", max_length=200)),
                ("state_changed_at", models.DateTimeField(default=bss.core.clock.now)),
                ("key", models.CharField(max_length=140, unique=True)),
                ("template", models.CharField(max_length=60)),
                ("recipient", models.TextField(blank=True, default="")),
                ("subject", models.TextField()),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(default=bss.core.clock.now)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="crm.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactMedium",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "medium_type",
                    models.CharField(
                        choices=[("email", "Email"), ("phone", "Phone"), ("postal", "Postal")],
                        max_length=10,
                    ),
                ),
                ("value", models.TextField()),
                ("is_primary", models.BooleanField(default=True)),
                ("valid_from", models.DateTimeField(default=bss.core.clock.now)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_media",
                        to="crm.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Reverse("value"), "text_pattern_ops"
                        ),
                        condition=models.Q(("valid_to__isnull", True), ("medium_type", "phone")),
                        name="contact_phone_ending",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("medium_type__in", ["email", "phone", "postal"])),
                        name="contact_medium_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="contact_medium_window",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("value"),
                        condition=models.Q(("valid_to__isnull", True), ("medium_type", "email")),
                        name="contact_email_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True), ("medium_type", "email")),
                        fields=("customer",),
                        name="contact_one_email_each",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to__isnull", True), ("is_primary", True)),
                        fields=("customer", "medium_type"),
                        name="contact_one_primary",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["state", "id"], name="customer_by_state"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("kyc_status", "verified")),
                fields=["kyc_expires_at"],
                name="customer_kyc_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "active", "suspended", "closed"])),
                name="customer_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kyc_status__in",
                        ["not_verified", "pending", "verified", "rejected", "expired"],
                    )
                ),
                name="customer_kyc_status",
            ),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("occurred_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="interaction_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["inbound", "outbound"])),
                name="interaction_direction",
            ),
        ),
        migrations.AddIndex(
            model_name="kycattestation",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("id"), descending=True),
                name="attestation_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                models.F("customer"),
                models.OrderBy(models.F("id"), descending=True),
                name="notification_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["requested", "sent", "failed", "unaddressed"])),
                name="notification_state",
            ),
        ),
    ]
