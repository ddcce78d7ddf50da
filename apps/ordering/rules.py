"""How long an order may wait, and for whom."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# An order that is not submitted holds its price and its number this long.
VALID_FOR = timedelta(hours=24)

# A port request that is not sent, or not corrected, is forgotten after this time.
DRAFT_FOR = timedelta(days=30)
# How long another operator may take to answer, and to let go of a number.
ANSWER_WITHIN = timedelta(hours=48)
RELEASE_WITHIN = timedelta(hours=24)
# What stands in the way of a port is looked at again after this time.
LOOK_AGAIN = timedelta(hours=1)


def port_moment(day: date, zone: str) -> datetime:
    """When a number may move on a day: as it begins where the operator is."""
    return datetime.combine(day, time(), ZoneInfo(zone))
