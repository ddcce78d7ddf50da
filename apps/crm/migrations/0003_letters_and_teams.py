import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0002_care"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessagePreference",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="preference",
                        serialize=False,
                        to="crm.customer",
                    ),
                ),
                ("locale", models.CharField(blank=True, default="", max_length=10)),
                ("zone", models.CharField(blank=True, default="", max_length=40)),
                ("quiet_from", models.TimeField(blank=True, null=True)),
                ("quiet_to", models.TimeField(blank=True, null=True)),
                (
                    "muted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="notification",
            name="notification_state",
        ),
        migrations.AddField(
            model_name="case",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.team",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="send_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.team",
            ),
        ),
        migrations.AddIndex(
            model_name="contactmedium",
            index=models.Index(
                condition=models.Q(("bounced_at__isnull", False)),
                fields=["customer"],
                name="contact_bounced",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["send_at"], name="notification_held"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["requested", "held", "sent", "failed", "unaddressed"])
                ),
                name="notification_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagepreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_to", None)),
                    models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                    _connector="OR",
                ),
                name="quiet_hours_begin_and_end",
            ),
        ),
    ]
