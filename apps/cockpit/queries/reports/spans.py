"""Days, weeks and months as the operator's calendar has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bss.core import clock
from bss.core.models import OperatorProfile

By = Literal["day", "week", "month"]
INSTANT = timedelta(microseconds=1)


class Spans:
    """The last so many days, weeks or months; the one that holds now is the last of them."""

    def __init__(self, by: By, last: int) -> None:
        self.now = clock.now()
        zone = ZoneInfo(OperatorProfile.load().zone)
        first = begun(self.now.astimezone(zone).date(), by)
        days = [moved(first, by, -back) for back in range(last - 1, -2, -1)]
        self.days = days[:-1]
        # Where each begins, and where the last one ends.
        self.edges = [datetime.combine(day, time(), zone) for day in days]

    @property
    def points(self) -> list[datetime]:
        """The end of each; that of the last one is now."""
        return [*self.edges[1:-1], self.now + INSTANT]

    def __len__(self) -> int:
        return len(self.days)


def begun(day: date, by: By) -> date:
    """When the day, week or month of a day began."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def moved(day: date, by: By, steps: int) -> date:
    """The beginning so many days, weeks or months later."""
    if by != "month":
        return day + timedelta(days=steps * (7 if by == "week" else 1))
    years, month = divmod(day.month - 1 + steps, 12)
    return day.replace(year=day.year + years, month=month + 1)


def running(changes: Iterable[tuple[int, int]], length: int) -> list[int]:
    """What is there before each of so many edges, of changes that come behind an edge's number."""
    behind = [0] * (length + 1)
    for place, change in changes:
        if place < length:
            behind[place + 1] += change
    return list(summed(behind))[1:]


def summed(values: Sequence[int]) -> Iterable[int]:
    """The sums of the first, the first two, … values."""
    total = 0
    for value in values:
        total += value
        yield total
