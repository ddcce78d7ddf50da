"""Rating: what an event of the network means in bytes, seconds and messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

POSITIVE = "usage.record.positive_quantity"
KNOWN_TYPE = "usage.record.valid_event_type"
KNOWN_UNIT = "usage.record.valid_unit"
KNOWN_TIME = "usage.record.valid_event_time"
NOT_AHEAD = "usage.record.not_in_future"
USED_ONCE = "usage.record.id_used_once"
KNOWN_NUMBER = "usage.record.subscription_must_exist"

KB = 1024
KINDS = {"data": "data", "voice": "voice", "voice_minutes": "voice", "sms": "sms"}
UNITS: Mapping[str, Mapping[str, int]] = {
    "data": {"bytes": 1, "kb": KB, "mb": KB**2, "gb": KB**3},
    "voice": {"seconds": 1, "minutes": 60},
    "sms": {"count": 1},
}
# Clocks of network elements differ a little from ours.
AHEAD = timedelta(minutes=5)
YES = (True, "true", "True", "TRUE", "1", "yes")
# More than any event can be: ten terabytes, a month of talking, a million messages.
LARGEST = {"data": 10 * 1024 * KB**3, "voice": 31 * 86_400, "sms": 10**6}
COUNTABLE = 10**15


@dataclass(slots=True)
class Event:
    """One event as it came, and what it means; `rule` names why it means nothing."""

    key: str
    msisdn: str
    event_type: str
    raw_quantity: int
    raw_unit: str
    at: datetime
    roaming: bool
    source: str
    raw_cdr_ref: str
    # Where it happened, in two letters; empty when the network did not say.
    visited_country: str = ""
    kind: str = ""
    quantity: int = 0
    rule: str = ""


def rate(event_type: str, quantity: int, unit: str, *, roaming: bool) -> tuple[str, int] | str:
    """(kind of allowance, quantity in its smallest unit), or the rule that refuses the event.

    Data used abroad has an allowance of its own; calls and messages use the one at home.
    """
    if quantity <= 0:
        return POSITIVE
    kind = KINDS.get(event_type)
    if kind is None:
        return KNOWN_TYPE
    size = UNITS[kind].get(unit)
    if size is None:
        return KNOWN_UNIT
    if quantity * size > LARGEST[kind]:
        return POSITIVE
    return ("data_roaming" if roaming and kind == "data" else kind), quantity * size


def read(raw: Mapping[str, Any], now: datetime, key: Callable[[], str], source: str) -> Event:
    """An event as any client may spell it, rated; `key` and `source` stand in when it has none."""
    at = read_time(_first(raw, "event_time", "eventTime", "usageDate"), now)
    event = Event(
        key=_text(_first(raw, "event_key", "eventKey", "id"), 120) or key(),
        msisdn=_text(raw.get("msisdn"), 15),
        event_type=_text(_first(raw, "event_type", "eventType", "usageType"), 20),
        raw_quantity=read_quantity(raw.get("quantity")),
        raw_unit=_text(raw.get("unit"), 10),
        at=at or now,
        roaming=_first(raw, "roaming_indicator", "roamingIndicator") in YES,
        source=_text(raw.get("source"), 40) or source,
        raw_cdr_ref=_text(_first(raw, "raw_cdr_ref", "rawCdrRef"), 120),
        visited_country=_text(_first(raw, "visited_country", "visitedCountry"), 2).upper(),
    )
    if at is None:
        event.rule = KNOWN_TIME
    elif at > now + AHEAD:
        event.rule = NOT_AHEAD
    else:
        _apply(event)
    return event


def _apply(event: Event) -> None:
    rated = rate(event.event_type, event.raw_quantity, event.raw_unit, roaming=event.roaming)
    if isinstance(rated, str):
        event.rule = rated
    else:
        event.kind, event.quantity = rated


def _first(raw: Mapping[str, Any], *names: str) -> Any:
    for name in names:
        if (value := raw.get(name)) is not None:
            return value
    return None


def _text(value: Any, limit: int) -> str:
    """What the database can keep of a value, as text."""
    if type(value) is str and len(value) <= limit and value.isprintable():
        return value
    text = "" if value is None else str(value)
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text))
    return text[:limit]


def read_quantity(value: Any) -> int:
    """A whole number of units; anything else counts as none."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value if abs(value) <= COUNTABLE else 0
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0
    return int(number) if number.is_integer() and abs(number) <= COUNTABLE else 0


def read_time(value: Any, default: datetime) -> datetime | None:
    """The moment a client names, the default when it names none, None when it cannot be read."""
    if value is None:
        return default
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
