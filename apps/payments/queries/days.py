"""Days as the operator's books count them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bss.core import clock
from bss.core.models import OperatorProfile


def local_day(moment: datetime, profile: OperatorProfile | None = None) -> date:
    """The operator's date at a moment."""
    return moment.astimezone(ZoneInfo((profile or OperatorProfile.load()).zone)).date()


def span_of(first: date | None, last: date | None) -> tuple[datetime, datetime]:
    """From the beginning of one day to the end of another: this month so far, when not said."""
    zone = ZoneInfo(OperatorProfile.load().zone)
    today = clock.now().astimezone(zone).date()
    last = last or max(today, first or today)
    first = first or last.replace(day=1)
    begins = datetime.combine(first, time(), zone)
    return begins, datetime.combine(last + timedelta(days=1), time(), zone)
