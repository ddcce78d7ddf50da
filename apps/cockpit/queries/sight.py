"""From where somebody looks at moments and money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bss.core import clock
from bss.core.models import OperatorProfile


@dataclass(frozen=True)
class Sight:
    """From where somebody looks: the moment and the zone."""

    now: datetime
    zone: ZoneInfo
    currency: str = "SGD"

    @classmethod
    def here(cls) -> Sight:
        """Business time, and the operator's own zone."""
        profile = OperatorProfile.load()
        return cls(clock.now(), ZoneInfo(profile.zone), profile.currency)

    def day(self, moment: str | None) -> str:
        """`2 Mar 2026`"""
        local = self.local(moment)
        return f"{local.day} {local:%b %Y}" if local else "–"

    def minute(self, moment: str | None) -> str:
        """`2 Mar 12:05`, with the year when it is not this one."""
        local = self.local(moment)
        if local is None:
            return "–"
        this_year = local.year == self.now.astimezone(self.zone).year
        return f"{local.day} {local:%b %H:%M}" if this_year else f"{local.day} {local:%b %Y %H:%M}"

    def exact(self, moment: str) -> str:
        """`Mon 2 Mar 2026 12:05:09 +08 · 2026-03-02T04:05:09Z`: for whoever must know exactly."""
        local = parsed(moment).astimezone(self.zone)
        instant = local.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return f"{local:%a} {local.day} {local:%b %Y %H:%M:%S %Z} · {instant}"

    def local(self, moment: str | None) -> datetime | None:
        """A stored moment in the operator's zone."""
        return parsed(moment).astimezone(self.zone) if moment else None

    def days_until(self, moment: str) -> int:
        """Whole calendar days from today to a moment."""
        local = parsed(moment).astimezone(self.zone)
        return (local.date() - self.now.astimezone(self.zone).date()).days


def parsed(moment: str) -> datetime:
    """A moment as stored; without an offset it is UTC."""
    found = datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
