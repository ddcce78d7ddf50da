"""What owners want bought by itself when a line runs out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.models import PublicIdModel, PublicIdQuerySet

from .lines import Subscription


class AutoTopUpQuerySet(PublicIdQuerySet):
    def wanted_by(self, line: Subscription) -> AutoTopUp | None:
        """What a line wants bought by itself, unless that was stopped."""
        found = self.filter(subscription=line, stopped_reason="").select_related("offering")
        return found.first()

    def stop(self, line: Subscription, reason: str) -> bool:
        """Buy nothing by itself for a line until its owner agrees again; False if nothing was."""
        running = self.filter(subscription=line, stopped_reason="")
        return bool(running.update(stopped_reason=reason[:200], stopped_at=clock.now()))


class AutoTopUp(PublicIdModel):
    """The standing wish to buy a top-up for a line, within limits that its owner set."""

    PREFIX = "ATU"
    NOUN = "auto_top_up"

    subscription = models.OneToOneField(Subscription, models.PROTECT, related_name="auto_top_up")
    offering = models.ForeignKey(
        "catalog.VasOffering", models.PROTECT, related_name="+", db_index=False
    )
    # How much of what was granted must be used, in percent.
    at_percent = models.SmallIntegerField()
    # Not more money than this in a calendar month, nor more often than this on a day.
    monthly_cap = models.BigIntegerField()
    most_a_day = models.SmallIntegerField()
    agreed_at = models.DateTimeField(default=clock.now)
    # A declined card stops it: nothing is tried again before its owner agrees anew.
    stopped_reason = models.CharField(max_length=200, blank=True, default="")
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = AutoTopUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(at_percent__in=[80, 100], monthly_cap__gt=0, most_a_day__gt=0),
                name="auto_top_up_has_limits",
            ),
        ]
