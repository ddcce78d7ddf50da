"""What is taken over from the former books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from apps.subscription.events import SubscriptionEvent
from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SubscriptionTakenOver(SubscriptionEvent):
    """A line goes on here as it was in the former books."""

    name: ClassVar[str] = "subscription.taken_over"
    reference: str
    iccid: str
    paid_until: str


@dataclass(frozen=True, kw_only=True)
class SubscribersImported(Event):
    """A part of a file of subscribers was read."""

    name: ClassVar[str] = "subscriber.imported"
    part: str
    rows: int
    imported: int
    skipped: int
    refused: int
