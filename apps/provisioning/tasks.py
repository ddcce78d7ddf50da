"""What the pools need done as time passes."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from bss.core import clock
from bss.core.sweeps import sweep

from .models import EsimProfile, Number, PoolAlarm

BATCH = 100


@sweep(
    "expired_holds",
    operation="inventory.msisdn.expire_holds",
    every=60,
    queue="orders",
    split="msisdns",
)
def expired_holds(limit: int) -> list[dict[str, Any]]:
    """Numbers whose holds ran out."""
    held = Number.objects.filter(state=Number.State.RESERVED, expires_at__lte=clock.now())
    return batches(list(held.order_by("expires_at").values_list("msisdn", flat=True)[:limit]))


@sweep(
    "quarantine",
    operation="inventory.msisdn.end_quarantine",
    every=3600,
    queue="orders",
    split="msisdns",
)
def rested_numbers(limit: int) -> list[dict[str, Any]]:
    """Numbers that have rested long enough."""
    resting = Number.objects.filter(
        state=Number.State.QUARANTINE, quarantine_until__lte=clock.now()
    )
    found = resting.order_by("quarantine_until").values_list("msisdn", flat=True)
    return batches(list(found[:limit]))


def batches(msisdns: list[str]) -> list[dict[str, Any]]:
    """The same numbers in lists short enough for one transaction each."""
    return [{"msisdns": msisdns[at : at + BATCH]} for at in range(0, len(msisdns), BATCH)]


@sweep("pool_stock", operation="inventory.watch_pools", every=60, queue="orders")
def misjudged_pools(limit: int) -> list[dict[str, Any]]:
    """Pools that are low without an alarm, or have one without being low."""
    raised = set(PoolAlarm.objects.values_list("pool", flat=True))
    threshold = settings.BSS.number_pool_low
    pools: dict[str, Any] = {"msisdn": Number, "esim": EsimProfile}
    wrong = [
        pool
        for pool, model in pools.items()
        if (model.objects.count_up_to(threshold + 1) <= threshold) != (pool in raised)
    ]
    return [{"pools": wrong}] if wrong else []
