"""Why lines are kept out of service, and until when."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.models import PublicIdModel

from .lines import OfALineQuerySet, Subscription


class Cause(models.TextChoices):
    """Why a line is suspended, mildest first."""

    PAUSE = "pause"
    LOST = "lost"
    STOLEN = "stolen"
    DISPUTE = "dispute"
    LAWFUL = "lawful"

    @property
    def weight(self) -> int:
        """How it compares with others that hold at the same time."""
        return list(Cause).index(self)


class SuspensionQuerySet(OfALineQuerySet):
    def of(self, line: Subscription) -> Self:
        """Those of a line that hold now."""
        return self.filter(subscription=line, ended_at=None)


class Suspension(PublicIdModel):
    """One reason to keep a line out of service; the line comes back when none is left."""

    PREFIX = "SPN"
    NOUN = "suspension"

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="suspensions")
    cause = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True, default="")
    # The law or the order that it rests on.
    legal_basis = models.CharField(max_length=200, blank=True, default="")
    # When it ends by itself.
    until = models.DateTimeField(null=True, blank=True)
    # Whether periods are charged all the same.
    renews = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="suspension_cause"),
            models.CheckConstraint(
                condition=Q(cause=Cause.PAUSE, until__isnull=False)
                | ~Q(cause=Cause.PAUSE) & Q(until=None),
                name="suspension_only_a_pause_ends_by_itself",
            ),
            models.CheckConstraint(
                condition=Q(cause=Cause.LAWFUL) & ~Q(legal_basis="")
                | ~Q(cause=Cause.LAWFUL) & Q(legal_basis=""),
                name="suspension_lawful_has_a_basis",
            ),
            models.UniqueConstraint(
                fields=["subscription", "cause"],
                condition=Q(ended_at=None),
                name="suspended_once_for_a_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], name="suspension_over", condition=Q(ended_at=None)),
        ]
