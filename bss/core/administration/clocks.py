"""Setting business time, in a sandbox."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from bss.core import clock
from bss.core.administration.events import ClockSet
from bss.core.administration.sandbox import require_sandbox
from bss.core.events import publish
from bss.core.models import ClockState
from bss.core.registry import operation


def _clock_view(reading: clock.Reading | None = None) -> dict[str, Any]:
    reading = reading or clock.reading()
    return {
        "now": reading.at(clock.real()).isoformat(),
        "mode": "frozen" if reading.frozen_at else "wall",
        "frozenAt": reading.frozen_at and reading.frozen_at.isoformat(),
        "offsetSeconds": reading.offset.total_seconds(),
        "source": "system",
    }


def _set_clock(frozen_at: datetime | None, moved_by: timedelta) -> dict[str, Any]:
    ClockState.objects.update_or_create(
        pk=1, defaults={"frozen_at": frozen_at, "moved_by": moved_by}
    )
    transaction.on_commit(_let_everybody_see)
    seen = _clock_view(clock.Reading(frozen_at, moved_by))
    summary = f"Business time is {seen['now']} ({seen['mode']})"
    publish(ClockSet(mode=seen["mode"], now=seen["now"]), aggregate="clock", summary=summary)
    return seen


def _let_everybody_see() -> None:
    clock.forget()
    # Other processes may keep their reading this long; afterwards all agree.
    time.sleep(2 * clock.READING_SECONDS)


@operation("clock.now", effect="read", roles="care supervisor engineer finance catalog_manager")
def clock_now() -> dict[str, Any]:
    """Tell the business time and how it is set."""
    return _clock_view()


@operation("clock.freeze", roles="engineer")
def freeze_clock(*, at: datetime | None = None) -> dict[str, Any]:
    """Stop business time for all processes, now or at a moment."""
    require_sandbox("clock.freeze")
    moment = at or clock.now()
    return _set_clock(
        moment if moment.tzinfo else moment.replace(tzinfo=UTC), clock.reading().offset
    )


@operation("clock.unfreeze", roles="engineer")
def unfreeze_clock() -> dict[str, Any]:
    """Let business time run again."""
    require_sandbox("clock.unfreeze")
    return _set_clock(None, timedelta())


@operation("clock.advance", roles="engineer")
def advance_clock(*, duration: str) -> dict[str, Any]:
    """Move business time forward by `30s`, `15m`, `1h` or `30d`."""
    require_sandbox("clock.advance")
    by, reading = clock.duration(duration), clock.reading()
    if reading.frozen_at:
        return _set_clock(reading.frozen_at + by, reading.offset)
    return _set_clock(None, reading.offset + by)
