"""Saying that a pool runs low, once until it is filled up again."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from apps.provisioning.events import EsimPoolLow, NumberPoolLow
from apps.provisioning.models import EsimProfile, Number, PoolAlarm
from bss.core import clock
from bss.core.administration.sandbox import require_sandbox
from bss.core.events import publish
from bss.core.operations import operation

POOLS: dict[str, tuple[Any, Any]] = {
    "msisdn": (Number, NumberPoolLow),
    "esim": (EsimProfile, EsimPoolLow),
}


def warn_if_low(pool: str) -> None:
    """Raise the alarm when few are left and it is not raised yet."""
    model, low = POOLS[pool]
    threshold = settings.BSS.number_pool_low
    available = model.objects.count_up_to(threshold + 1)
    if available > threshold:
        return
    _, crossed = PoolAlarm.objects.get_or_create(pool=pool)
    if crossed:
        publish(
            low(available=available, threshold=threshold),
            aggregate=f"POOL-{pool}",
            summary=f"Only {available} left in the {pool} pool",
        )


def calm_if_filled(pool: str) -> None:
    """End the alarm when there are enough again."""
    threshold = settings.BSS.number_pool_low
    if POOLS[pool][0].objects.count_up_to(threshold + 1) > threshold:
        PoolAlarm.objects.filter(pool=pool).delete()


@operation("inventory.set_aside", internal=True, effect="destructive")
def set_aside(*, pool: Literal["msisdn", "esim"], leave: int) -> int:
    """Leave only a few free rows in a pool of a sandbox until it is reset; how many went."""
    require_sandbox("inventory.set_aside")
    model = POOLS[pool][0]
    free = model.objects.available()
    surplus = free.order_by(model.CODE).values("pk")[leave:]
    gone: int = free.filter(pk__in=surplus).update(
        state=model.State.RESERVED,
        state_changed_at=clock.now(),
        owner=Concat(Value("ASIDE-"), Cast("pk", CharField())),
    )
    return gone


@operation("inventory.watch_pools", internal=True)
def watch_pools(*, pools: list[str]) -> list[str]:
    """Raise or end the alarms of pools whose stock changed unnoticed."""
    for pool in pools:
        calm_if_filled(pool)
        warn_if_low(pool)
    return pools
