"""What is written to customers, and how they wish to be written to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.crm.models.people import Customer
from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel


class NotificationState(models.TextChoices):
    REQUESTED = "requested"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    UNADDRESSED = "unaddressed"


class Notification(LifecycleModel):
    """One message to a customer: what was said, to which address, and whether it left."""

    SECRETS = frozenset({"body"})

    PREFIX = "NTF"
    LIFECYCLE = Lifecycle(
        "notification",
        initial=NotificationState.REQUESTED,
        transitions={
            NotificationState.REQUESTED: {
                "send": NotificationState.SENT,
                "fail": NotificationState.FAILED,
                "skip": NotificationState.UNADDRESSED,
                "hold": NotificationState.HELD,
            },
            NotificationState.HELD: {
                "release": NotificationState.REQUESTED,
                "skip": NotificationState.UNADDRESSED,
            },
        },
    )

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="notifications")
    key = models.CharField(max_length=140, unique=True)
    template = models.CharField(max_length=60)
    recipient = models.TextField(blank=True, default="")
    subject = models.TextField()
    body = models.TextField()
    created_at = models.DateTimeField(default=clock.now)
    # When a letter that waits for the morning leaves, and when the customer read it on the site.
    send_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=NotificationState.values),
                name="notification_state",
            ),
        ]
        indexes = [
            models.Index("customer", F("id").desc(), name="notification_newest"),
            models.Index(fields=["send_at"], name="notification_held", condition=Q(state="held")),
        ]


class MessagePreference(models.Model):
    """How one customer wishes to be written to; whoever has none is written to as usual."""

    customer = models.OneToOneField(
        Customer, models.PROTECT, primary_key=True, related_name="preference"
    )
    locale = models.CharField(max_length=10, blank=True, default="")
    zone = models.CharField(max_length=40, blank=True, default="")
    # Two equal times mean that no hour is quiet.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    muted = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.locale or 'as usual'}"
