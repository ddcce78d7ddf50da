"""What people did to the buckets of lines."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from apps.subscription import rules
from bss.core import clock
from bss.core.models import PublicIdModel

from .lines import OfALineQuerySet, Subscription


class BalanceChange(PublicIdModel):
    """One correction, transfer or reservation, with who did it and why."""

    PREFIX = "BCH"
    NOUN = "balance_change"

    class Action(models.TextChoices):
        """What was done."""

        ADJUST = "adjust"
        TRANSFER = "transfer"
        RESERVE = "reserve"

    class State(models.TextChoices):
        """A reservation is held until it is released, used or over; the others are done."""

        DONE = "done"
        HELD = "held"
        RELEASED = "released"
        USED = "used"

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="balance_changes")
    action = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=State.DONE)
    kind = models.CharField(max_length=16)
    # In bytes, seconds or messages; below zero for what was taken away.
    quantity = models.BigIntegerField()
    # Whom a transfer went to.
    receiver = models.ForeignKey(
        Subscription, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Which grants a reservation took how much from.
    parts = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=clock.now)
    # Until when a reservation is held.
    held_until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = OfALineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=rules.KINDS) & ~Q(quantity=0),
                name="balance_change_of_something",
            ),
            models.CheckConstraint(
                condition=Q(action="adjust", state="done", receiver=None)
                | Q(action="transfer", state="done", receiver__isnull=False, quantity__gt=0)
                | Q(
                    action="reserve",
                    state__in=["held", "released", "used"],
                    quantity__gt=0,
                    held_until__isnull=False,
                    receiver=None,
                ),
                name="balance_change_action",
            ),
        ]
        indexes = [
            models.Index(
                fields=["held_until"], name="balance_change_held", condition=Q(state="held")
            ),
        ]
