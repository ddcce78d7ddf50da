"""The number pool."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel

from .pools import PoolQuerySet


class NumberState(models.TextChoices):
    """Where a number is in its life."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    ASSIGNED = "assigned"
    QUARANTINE = "quarantine"
    PORTED_OUT = "ported_out"


OWNED = (NumberState.RESERVED, NumberState.ASSIGNED)


class NumberQuerySet(PoolQuerySet):
    def ending(self, digits: str) -> Self:
        """Numbers with this tail: all that somebody remembers."""
        return self.alias(reversed=Reverse("msisdn")).filter(reversed__startswith=digits[::-1])


class Number(LifecycleModel):
    """One MSISDN of this operator."""

    PREFIX = "NUM"
    NOUN = "number"
    CODE = "msisdn"
    State = NumberState
    LIFECYCLE = Lifecycle(
        "msisdn",
        initial=NumberState.AVAILABLE,
        transitions={
            NumberState.AVAILABLE: {
                "reserve": NumberState.RESERVED,
                "port_out": NumberState.PORTED_OUT,
            },
            NumberState.RESERVED: {
                "take_over": NumberState.RESERVED,
                "give_back": NumberState.RESERVED,
                "assign": NumberState.ASSIGNED,
                "release": NumberState.AVAILABLE,
                "port_out": NumberState.PORTED_OUT,
            },
            NumberState.ASSIGNED: {
                "give_back": NumberState.RESERVED,
                "release": NumberState.AVAILABLE,
                "quarantine": NumberState.QUARANTINE,
                "port_out": NumberState.PORTED_OUT,
            },
            NumberState.QUARANTINE: {
                "age": NumberState.AVAILABLE,
                "port_out": NumberState.PORTED_OUT,
            },
            # Gone for good, unless its owner brings it back.
            NumberState.PORTED_OUT: {"port_in": NumberState.AVAILABLE},
        },
    )

    msisdn = models.CharField(max_length=15, unique=True)
    owner = models.CharField(max_length=40, blank=True, default="")
    reserved_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # The hold this reservation was made from, to which the number returns when it fails.
    held_for = models.CharField(max_length=40, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)
    quarantine_until = models.DateTimeField(null=True, blank=True)
    # Since when its line refuses to lose it, or to have it carried by another eSIM.
    locked_at = models.DateTimeField(null=True, blank=True)

    # Whether the pool is far from empty; only rows that `take_free()` found know.
    leaves_enough = False

    objects: ClassVar[Any] = NumberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=NumberState.values), name="number_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=OWNED) & ~Q(owner=""))
                | (~Q(state__in=OWNED) & Q(owner="", held_for="", expires_at=None)),
                name="number_owned_while_in_use",
            ),
            models.CheckConstraint(
                condition=Q(state="quarantine", quarantine_until__isnull=False)
                | (~Q(state="quarantine") & Q(quarantine_until=None)),
                name="number_quarantine_ends",
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None) | Q(state="assigned"),
                name="number_locked_on_a_line",
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(state="assigned"),
                name="one_number_on_a_line",
            ),
        ]
        indexes = [
            models.Index(fields=["msisdn"], name="number_free", condition=Q(state="available")),
            models.Index(fields=["owner"], name="number_owner", condition=~Q(owner="")),
            models.Index(fields=["state"], name="number_state"),
            models.Index(OpClass(Reverse("msisdn"), "text_pattern_ops"), name="number_tail"),
            models.Index(
                fields=["expires_at"],
                name="number_expiring",
                condition=Q(state="reserved", expires_at__isnull=False),
            ),
            models.Index(
                fields=["quarantine_until"],
                name="number_ageing",
                condition=Q(state="quarantine"),
            ),
        ]

    def __str__(self) -> str:
        return self.msisdn

    @property
    def public_id(self) -> str:
        """The MSISDN itself."""
        return self.msisdn

    def is_owned_by(self, owner: str) -> bool:
        """True while that owner has it reserved or assigned."""
        return bool(owner) and self.owner == owner and self.state in OWNED

    def expired_at(self, moment: datetime) -> bool:
        """True for a reservation whose time is over, swept or not."""
        return bool(
            self.state == NumberState.RESERVED and self.expires_at and self.expires_at <= moment
        )

    def reserve(self, owner: str, expires_at: datetime | None) -> None:
        """Reserve a free number."""
        self.owner, self.expires_at, self.reserved_at = owner, expires_at, clock.now()
        self.move("reserve", also=("owner", "expires_at", "reserved_at"))

    def take_over(self, owner: str, expires_at: datetime | None) -> None:
        """Pass a hold on to a new owner, remembering whose it was."""
        self.held_for, self.held_until = self.owner, self.expires_at
        self.owner, self.expires_at = owner, expires_at
        self.move("take_over", also=("owner", "expires_at", "held_for", "held_until"))

    def assign(self) -> None:
        """Put a reserved number on its owner's line, for as long as the line lives."""
        self.expires_at = None
        self.move("assign", also=("expires_at",))

    def hold_lasts(self, moment: datetime) -> bool:
        """True while the hold it was taken from would still be good."""
        return bool(self.held_for) and (self.held_until is None or self.held_until > moment)

    def give_back(self, reason: str) -> None:
        """Return a number to the hold it was taken from."""
        self.owner, self.expires_at = self.held_for, self.held_until
        self.held_for, self.held_until, self.locked_at = "", None, None
        self.move(
            "give_back",
            reason,
            also=("owner", "expires_at", "held_for", "held_until", "locked_at"),
        )

    def leave(self, trigger: str, reason: str = "", until: datetime | None = None) -> None:
        """Take the number from whoever has it, by release, quarantine, ageing or port-out."""
        self.owner = self.held_for = ""
        self.reserved_at = self.expires_at = self.held_until = self.locked_at = None
        self.quarantine_until = until
        self.move(
            trigger,
            reason,
            also=(
                *("owner", "held_for", "reserved_at", "locked_at"),
                *("expires_at", "held_until", "quarantine_until"),
            ),
        )
