"""What everybody whose service suffers must know."""

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel


class NoticeState(models.TextChoices):
    OPEN = "open"
    CLOSED = "closed"


class NoticeKind(models.TextChoices):
    PLANNED_WORK = "planned_work"
    OUTAGE = "outage"


class ServiceNotice(LifecycleModel):
    """Planned work or an outage, and how far telling the affected customers has come."""

    PREFIX = "NTC"
    NOUN = "notice"
    LIFECYCLE = Lifecycle(
        "notice",
        initial=NoticeState.OPEN,
        transitions={NoticeState.OPEN: {"close": NoticeState.CLOSED}},
    )

    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    # Which service suffers, and where: empty means all of them, everywhere.
    service = models.CharField(max_length=20, blank=True, default="")
    zone = models.CharField(max_length=60, blank=True, default="")
    title = models.CharField(max_length=120)
    body = models.TextField()
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    # Each version is told to everybody affected once; the last customer told, null when all are.
    version = models.SmallIntegerField(default=1)
    told_up_to = models.BigIntegerField(null=True, blank=True, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="notice_untold", condition=Q(told_up_to__isnull=False)
            ),
        ]
