from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from bss.core import clock
from bss.core.models import PublicIdModel, PublicIdQuerySet


class UsageState(models.TextChoices):
    RATED = "rated"
    REJECTED = "rejected"


class UsageQuerySet(PublicIdQuerySet):
    def reported(self, client: str, keys: Iterable[str]) -> Self:
        """The events that a client reported under these ids of its own."""
        return self.filter(client=client, event_key__in=set(keys))

    def newest(self) -> Self:
        """The latest events first."""
        return self.order_by("-at", "-id")


class Usage(PublicIdModel):
    """One event that the network reported, as it came and as it was counted."""

    PREFIX = "USG"
    State = UsageState

    # The client's own id of the event: the same event is counted once.
    event_key = models.CharField(max_length=120)
    # Whose id that is; two clients may number their events alike.
    client = models.CharField(max_length=40, default="", db_default="")
    # Rows come by the million and lines are never deleted: no constraint to check for each.
    subscription = models.ForeignKey(
        "subscription.Subscription", models.DO_NOTHING, null=True, db_constraint=False,
        db_index=False, related_name="+",
    )  # fmt: skip
    msisdn = models.CharField(max_length=15)
    event_type = models.CharField(max_length=20)
    kind = models.CharField(max_length=16)
    quantity = models.BigIntegerField()
    # The part of the quantity that nothing covered.
    overshoot = models.BigIntegerField(default=0)
    raw_quantity = models.BigIntegerField()
    raw_unit = models.CharField(max_length=10)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    # The beginning of the period it counts in: that of its own time, however late it came.
    period_start = models.DateTimeField(null=True)
    roaming = models.BooleanField(default=False)
    # In two letters; empty when the network did not say.
    visited_country = models.CharField(max_length=2, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=UsageState.choices)
    rule = models.CharField(max_length=80, blank=True, default="")
    source = models.CharField(max_length=40, blank=True, default="")
    raw_cdr_ref = models.CharField(max_length=120, blank=True, default="")

    objects: ClassVar[Any] = UsageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_key", "client"], name="usage_event_once"),
            models.CheckConstraint(
                condition=Q(state=UsageState.REJECTED, overshoot=0)
                | Q(state=UsageState.RATED, rule="", subscription__isnull=False, quantity__gt=0)
                & Q(overshoot__gte=0, overshoot__lte=F("quantity")),
                name="usage_counted_or_refused",
            ),
        ]
        indexes = [
            models.Index("msisdn", F("at").desc(), name="usage_of_number"),
            BrinIndex(fields=["received_at"], name="usage_received"),
        ]


class WriteOff(PublicIdModel):
    """Use that no grant covered and that nobody will be asked to pay for."""

    PREFIX = "WOF"
    NOUN = "write_off"

    subscription = models.ForeignKey("subscription.Subscription", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    # In bytes, seconds or messages.
    quantity = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="write_off_of_something"),
        ]
