"""What people decided about lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from . import SubscriptionEvent


@dataclass(frozen=True, kw_only=True)
class AutoTopUpAgreed(SubscriptionEvent):
    """The owner wants a top-up bought by itself, within limits."""

    name: ClassVar[str] = "subscription.auto_top_up_agreed"
    vas_offering_id: str
    vas_name: str
    at_percent: int
    monthly_cap: str
    currency: str
    most_a_day: int


@dataclass(frozen=True, kw_only=True)
class AutoTopUpCleared(SubscriptionEvent):
    """The owner wants nothing bought by itself any more."""

    name: ClassVar[str] = "subscription.auto_top_up_cleared"
    vas_offering_id: str


@dataclass(frozen=True, kw_only=True)
class AutoTopUpHeld(SubscriptionEvent):
    """A top-up was not bought by itself because a limit of its owner stood against it."""

    name: ClassVar[str] = "subscription.auto_top_up_held"
    vas_name: str
    limit: str  # month or day


@dataclass(frozen=True, kw_only=True)
class AutoTopUpStopped(SubscriptionEvent):
    """Nothing is bought by itself before the owner agrees again."""

    name: ClassVar[str] = "subscription.auto_top_up_stopped"
    vas_name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BucketEvent(SubscriptionEvent):
    """What every event of somebody's hand in a bucket tells."""

    change_id: str
    kind: str
    quantity: int  # in the unit people use, below zero when it was taken away
    unit: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BucketAdjusted(BucketEvent):
    """Somebody gave a line more, or took something away."""

    name: ClassVar[str] = "bucket.adjusted"


@dataclass(frozen=True, kw_only=True)
class BucketTransferred(BucketEvent):
    """A line gave some of what it had to another line of its owner."""

    name: ClassVar[str] = "bucket.transferred"
    receiver_id: str


@dataclass(frozen=True, kw_only=True)
class BucketReserved(BucketEvent):
    """A part of what a line has is kept from use for a while."""

    name: ClassVar[str] = "bucket.reserved"
    until: str


@dataclass(frozen=True, kw_only=True)
class BucketReleased(BucketEvent):
    """What was reserved can be used again, or was used up."""

    name: ClassVar[str] = "bucket.released"
    used: bool


@dataclass(frozen=True, kw_only=True)
class TerminationScheduled(SubscriptionEvent):
    """The line will end with its period, unless its owner thinks better of it."""

    name: ClassVar[str] = "subscription.termination_scheduled"
    code: str
    reason: str
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class TerminationCancelled(SubscriptionEvent):
    """The line goes on after all."""

    name: ClassVar[str] = "subscription.termination_cancelled"
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionSuspended(SubscriptionEvent):
    """The line is kept out of service by its owner or by law."""

    name: ClassVar[str] = "subscription.suspended"
    suspension_id: str
    cause: str
    until: str  # empty when somebody must end it
    renews: bool


@dataclass(frozen=True, kw_only=True)
class SubscriptionResumed(SubscriptionEvent):
    """Nothing suspends the line any more."""

    name: ClassVar[str] = "subscription.resumed"
    cause: str
    by_itself: bool


@dataclass(frozen=True, kw_only=True)
class SubscriptionRenamed(SubscriptionEvent):
    """The owner calls the line something else."""

    name: ClassVar[str] = "subscription.renamed"
    nickname: str
