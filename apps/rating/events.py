"""What happens to usage beyond being counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class UsageRejected(Event):
    """An event was kept but not counted; `reason` is the rule that refused it."""

    name: ClassVar[str] = "usage.rejected"
    usage_id: str
    event_key: str
    msisdn: str
    subscription_id: str
    customer_id: str
    allowance_type: str
    quantity: int
    unit: str
    at: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OvershootWrittenOff(Event):
    """Nobody will be asked about what a line used beyond its bundle until now."""

    name: ClassVar[str] = "usage.overshoot_written_off"
    write_off_id: str
    subscription_id: str
    customer_id: str
    kind: str
    quantity: int  # in bytes, seconds or messages
    reason: str
