"""Business time, freezable for everybody at once; and real time for leases and latency."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from bss.core.errors import InvalidArguments

# Processes may keep a reading this long; whoever changes the clock waits it out.
READING_SECONDS = 0.05
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How business time differs from real time."""

    frozen_at: datetime | None = None
    offset: timedelta = timedelta()

    def at(self, moment: datetime) -> datetime:
        """Business time at a real moment."""
        return self.frozen_at or moment + self.offset


_reading = Reading()
_stale_at = 0.0
_pinned: Reading | None = None


def real() -> datetime:
    """The machine's time: leases, retries, latency, rate limits."""
    return datetime.now(UTC)


def now() -> datetime:
    """Business time: what is due, valid, expired."""
    return reading().at(real())


def frozen() -> bool:
    """True while business time stands still."""
    return reading().frozen_at is not None


def reading() -> Reading:
    """The clock's setting, at most READING_SECONDS old."""
    global _reading, _stale_at
    if _pinned is not None:
        return _pinned
    if settings.BSS.sandbox and time.monotonic() >= _stale_at and not connection.needs_rollback:
        # From before the question: the answer is as old as that, however long it took.
        stale_at = time.monotonic() + READING_SECONDS
        _reading, _stale_at = _stored(), stale_at
    return _reading


def pin(pinned: Reading | None) -> None:
    """Let this process alone keep a reading (tests); None lets it follow the others again."""
    global _pinned, _stale_at
    _pinned, _stale_at = pinned, 0.0


def forget() -> None:
    """Read the setting anew at the next question."""
    global _stale_at
    _stale_at = 0.0


def _stored() -> Reading:
    with connection.cursor() as cursor:
        cursor.execute("SELECT frozen_at, moved_by FROM core_clockstate WHERE id = 1")
        row = cursor.fetchone()
    return Reading(*row) if row else Reading()


def duration(text: str) -> timedelta:
    """`90s`, `15m`, `1h`, `30d` as a length of time; negative is refused."""
    typed = str(text).strip()
    if re.fullmatch(r"-\d+[smhd]", typed):
        raise InvalidArguments(f"{typed}: time only moves forward; bss clock unfreeze ends that.")
    found = re.fullmatch(r"(\d{1,6})([smhd])", typed)
    if not found:
        raise InvalidArguments(f"{text!r} is not a duration like 30s, 15m, 1h or 30d.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def iso(moment: datetime | None) -> str | None:
    """A moment as results spell it."""
    return moment.isoformat() if moment else None
