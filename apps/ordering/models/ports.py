"""Numbers that change their operator, and what the clearing house said about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Max, Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdQuerySet


class PortState(models.TextChoices):
    """Where a port request is in its life."""

    REQUESTED = "requested"
    SUBMITTED = "submitted"
    VALIDATED = "validated"
    DECLINED = "declined"
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXPIRED = "expired"


S = PortState
# Nothing of it is known to the other operator, or nothing that still counts.
DRAFT_STATES = (S.REQUESTED, S.DECLINED)
SENT_STATES = (S.SUBMITTED, S.VALIDATED)
OPEN_STATES = (*DRAFT_STATES, *SENT_STATES)


class PortRequestQuerySet(PublicIdQuerySet):
    """Port requests by what they wait for."""

    def open(self) -> Self:
        """Requests that are not over."""
        return self.filter(state__in=OPEN_STATES)

    def under_way(self) -> Self:
        """Requests that the other operator knows of."""
        return self.filter(state__in=SENT_STATES)

    def known(self, reference: str) -> PortRequest | None:
        """The request that somebody else refers to; None when there is no such one."""
        prefix, _, key = reference.partition("-")
        plain = prefix == PortRequest.PREFIX and key.isascii() and key.isdigit()
        found: PortRequest | None = self.filter(pk=int(key)).first() if plain else None
        return found

    def due_at(self, moment: datetime) -> Self:
        """Requests for which something must happen, the longest waiting first."""
        return self.open().filter(due_at__lte=moment).order_by("due_at")


class PortRequest(LifecycleModel):
    """One number that is to come from, or go to, another operator."""

    SECRETS = frozenset({"pin"})

    PREFIX = "PORT"
    NOUN = "port request"
    State = PortState
    LIFECYCLE = Lifecycle(
        "port_request",
        initial=S.REQUESTED,
        rule="port_request.transition.valid",
        transitions={
            S.REQUESTED: {
                "submit": S.SUBMITTED,
                "complete": S.COMPLETED,
                "reject": S.REJECTED,
                "expire": S.EXPIRED,
            },
            # One that nobody answers is sent once more.
            S.SUBMITTED: {
                "submit": S.SUBMITTED,
                "accept": S.VALIDATED,
                "decline": S.DECLINED,
                "complete": S.COMPLETED,
                "reject": S.REJECTED,
            },
            S.VALIDATED: {
                "decline": S.DECLINED,
                "complete": S.COMPLETED,
                "reject": S.REJECTED,
            },
            S.DECLINED: {
                "submit": S.SUBMITTED,
                "complete": S.COMPLETED,
                "reject": S.REJECTED,
                "expire": S.EXPIRED,
            },
            S.COMPLETED: {},
            S.REJECTED: {},
            S.EXPIRED: {},
        },
    )

    class Direction(models.TextChoices):
        """Whether the number comes or goes."""

        PORT_IN = "port_in"
        PORT_OUT = "port_out"

    direction = models.CharField(max_length=10, choices=Direction.choices)
    # The other operator, whichever way the number goes.
    donor_carrier = models.CharField(max_length=80)
    donor_msisdn = models.CharField(max_length=15)
    target = models.ForeignKey(
        "subscription.Subscription", models.PROTECT, null=True, blank=True, related_name="ports"
    )
    requested_port_date = models.DateField()
    # What proves to the other operator that its customer wants this.
    pin = models.CharField(max_length=20, blank=True, default="")
    # How often it was sent; an answer counts only for the last time.
    attempt = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    # When the other operator was asked to let go, and when it said that it did.
    cut_over_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    # When somebody was told that it does not move; told once until it moves again.
    stuck_at = models.DateTimeField(null=True, blank=True)
    # When it must be looked at: a draft lapses, an answer is overdue, the port date has come.
    due_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = PortRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=S.values), name="port_state"),
            models.CheckConstraint(
                condition=Q(direction="port_in") | Q(direction="port_out", target__isnull=False),
                name="port_out_has_line",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OPEN_STATES)
                | Q(due_at__isnull=False)
                | Q(stuck_at__isnull=False),
                name="port_open_has_due",
            ),
            models.UniqueConstraint(
                fields=["donor_msisdn"],
                condition=Q(state__in=OPEN_STATES),
                name="one_port_of_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="port_due", condition=Q(state__in=OPEN_STATES)),
            models.Index(fields=["state", "id"], name="port_by_state"),
        ]

    @property
    def comes_in(self) -> bool:
        """True for a number that another operator gives up."""
        return self.direction == self.Direction.PORT_IN

    @property
    def is_open(self) -> bool:
        """True until it is over."""
        return self.state in OPEN_STATES

    @property
    def is_draft(self) -> bool:
        """True while the other operator has nothing to answer."""
        return self.state in DRAFT_STATES

    @property
    def is_sent(self) -> bool:
        """True while the other operator works on it."""
        return self.state in SENT_STATES


class PortMessageQuerySet(models.QuerySet[Any]):
    """Messages as the clearing house numbers them."""

    def last_sequence(self) -> int:
        """The number of the newest one that was collected."""
        return self.aggregate(last=Max("sequence"))["last"] or 0


class PortMessage(models.Model):
    """One message of the clearing house; kept so that a repeated one is known."""

    id = models.BigAutoField(primary_key=True)
    message_id = models.CharField(max_length=120, unique=True)
    # Its place in the inbox; messages that were pushed have none.
    sequence = models.BigIntegerField(null=True, blank=True, unique=True)
    port_request = models.ForeignKey(
        PortRequest, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    kind = models.CharField(max_length=20)
    attempt = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    received_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = PortMessageQuerySet.as_manager()

    def __str__(self) -> str:
        return self.message_id
