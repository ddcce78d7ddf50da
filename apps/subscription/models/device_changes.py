"""Lines on their way from one device to another."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdQuerySet

from .lines import Subscription


class DeviceChangeState(models.TextChoices):
    """How far a change of device has come."""

    PREPARING = "preparing"
    OFFERED = "offered"
    SWITCHING = "switching"
    SWITCHED = "switched"
    CLOSED = "closed"
    ROLLED_BACK = "rolled_back"
    CANCELLED = "cancelled"
    FAILED = "failed"


S = DeviceChangeState
# Nothing has changed yet for the line.
PENDING_STATES = (S.PREPARING, S.OFFERED)
UNDER_WAY = (*PENDING_STATES, S.SWITCHING)
# While a second profile is kept for the line.
KEEPING = (*UNDER_WAY, S.SWITCHED)


class DeviceChangeQuerySet(PublicIdQuerySet):
    """Changes of device by what they wait for."""

    def keeping(self) -> Self:
        """Changes for which a second profile is kept."""
        return self.filter(state__in=KEEPING)

    def due_at(self, moment: datetime) -> Self:
        """Offers that nobody took in time, and switches that cannot be taken back any more."""
        waiting = (S.OFFERED, S.SWITCHED)
        return self.filter(state__in=waiting, deadline__lte=moment).order_by("deadline")


class DeviceChange(LifecycleModel):
    """A second profile for a line: offered, enabled, and put in the place of the first.

    It owns the profile that the line does not use: the new one before the switch, the old one
    afterwards.
    """

    PREFIX = "DVC"
    NOUN = "device change"
    State = DeviceChangeState
    LIFECYCLE = Lifecycle(
        "device_change",
        initial=S.PREPARING,
        transitions={
            S.PREPARING: {"offer": S.OFFERED, "fail": S.FAILED, "cancel": S.CANCELLED},
            S.OFFERED: {"switch": S.SWITCHING, "cancel": S.CANCELLED},
            S.SWITCHING: {
                "complete": S.SWITCHED,
                "roll_back": S.ROLLED_BACK,
                "close": S.CLOSED,
            },
            S.SWITCHED: {"roll_back": S.ROLLED_BACK, "close": S.CLOSED},
            S.CLOSED: {},
            S.ROLLED_BACK: {},
            S.CANCELLED: {},
            S.FAILED: {},
        },
    )

    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="device_changes", db_index=False
    )
    old_iccid = models.CharField(max_length=20)
    new_iccid = models.CharField(max_length=20)
    requested_at = models.DateTimeField(default=clock.now)
    switched_at = models.DateTimeField(null=True, blank=True)
    # Until then the offer stands, or the switch can be taken back.
    deadline = models.DateTimeField()

    objects: ClassVar[Any] = DeviceChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="device_change_state"),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(state__in=KEEPING),
                name="one_device_change_for_a_line",
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "id"], name="device_change_of_line"),
            models.Index(
                fields=["deadline"],
                name="device_change_due",
                condition=Q(state__in=[S.OFFERED, S.SWITCHED]),
            ),
        ]

    @property
    def line_id(self) -> str:
        """The public id of the line that changes its device."""
        return str(Subscription.public_id_of(self.subscription_id))

    @property
    def is_pending(self) -> bool:
        """True until its new profile is enabled."""
        return self.state in PENDING_STATES

    @property
    def is_kept(self) -> bool:
        """True while a second profile is kept for the line."""
        return self.state in KEEPING

    def over_at(self, moment: datetime) -> bool:
        """True when its time is over, swept or not."""
        return self.state in (S.OFFERED, S.SWITCHED) and self.deadline <= moment
