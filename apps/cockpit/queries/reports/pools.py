"""What is left of numbers and eSIMs, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from apps.provisioning import queries as provisioning
from apps.provisioning.models.esims import ON_DEVICE
from bss.core import clock

from .declaring import Column, Report, found

DAYS = 30
# Numbers are taken by activations, profiles by these and by changes of device.
_TAKEN = """
SELECT (SELECT count(*) FROM subscription_subscription WHERE activated_at >= %(since)s),
    (SELECT count(*) FROM subscription_devicechange WHERE switched_at >= %(since)s)
"""
IN_USE = {"number": ("assigned",), "esim": ("released", *ON_DEVICE)}
RESTING = {"number": ("quarantine",), "esim": ("recalled",)}
GONE = {"number": ("ported_out",), "esim": ("deleted",)}
POOLS = Report(
    "pools",
    "Numbers and eSIMs",
    (
        Column("pool", "Pool", "text"),
        Column("available", "Free", "count"),
        Column("reserved", "Held", "count"),
        Column("in_use", "In use", "count"),
        Column("resting", "Resting", "count"),
        Column("gone", "Gone", "count"),
        Column("total", "All", "count"),
        Column("taken", "Taken in 30 days", "count"),
        Column("days_left", "Days left", "count"),
    ),
    series=("available",),
)


def pools() -> dict[str, Any]:
    """How many there are in each state, and how long the free ones last at the present pace."""
    lines, devices = found(_TAKEN, {"since": clock.now() - timedelta(days=DAYS)})[0]
    return POOLS.of(
        [
            row("number", "Numbers", provisioning.count_numbers(None), lines),
            row("esim", "eSIMs", provisioning.count_esims(), lines + devices),
        ]
    )


def row(pool: str, name: str, counts: Mapping[str, Any], taken: int) -> tuple[Any, ...]:
    """A pool's states, which sum to all of it."""
    sums = [sum(counts[state] for state in group[pool]) for group in (IN_USE, RESTING, GONE)]
    free = counts["available"]
    lasts = free * DAYS // taken if taken else None
    return (name, free, counts["reserved"], *sums, counts["total"], taken, lasts)
