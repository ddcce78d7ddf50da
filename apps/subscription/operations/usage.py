"""Taking rated usage from lines: set-based, exact, and told only where something changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection

from apps.subscription import rules
from apps.subscription.events import SubscriptionExhausted, UsageThresholdReached
from apps.subscription.models import BlockReason, Subscription
from apps.subscription.queries import accounts
from apps.subscription.queries.accounts import Locked
from apps.subscription.rules import Charge, Charged
from bss.core import clock
from bss.core.operations import operation

from .facts import announce
from .service import block

FULL = 100

# An event that is late takes from what had already been written off as expired.
_TAKE = """
UPDATE subscription_grant g SET used = g.used + d.taken,
    expired = CASE WHEN g.closed_at IS NULL THEN g.expired ELSE greatest(g.expired - d.taken, 0) END
FROM unnest(%s::bigint[], %s::bigint[]) AS d(id, taken) WHERE g.id = d.id
"""
_COUNT = """
UPDATE subscription_bucket b SET used = b.used + d.used, overshoot = b.overshoot + d.overshoot,
    level = d.level
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[])
    AS d(id, used, overshoot, level) WHERE b.id = d.id
"""


@operation("subscription.consume", internal=True)
def consume(*, batch: list[Charge]) -> list[Charged]:
    """Take a batch of rated usage from its lines and answer, in the same order, what came of it.

    Everything is counted: what nothing covers is overshoot. Locks the lines, then their buckets,
    each in the order of ids.
    """
    if not batch:
        return []
    now = clock.now()
    oldest = min(min(charge.at for charge in batch), now)
    lines, kinds = {one.subscription for one in batch}, {one.kind for one in batch}
    locked = accounts.lock_accounts(lines, kinds, oldest)
    in_service = {key for key, one in locked.accounts.items() if one.stopped_at is None}
    charged = rules.charge_all(locked.accounts, batch, now)
    levels = dict(levels_of(locked, now))
    write(locked, levels)
    follow_up(locked, levels, in_service)
    return charged


def levels_of(locked: Locked, now: datetime) -> Iterator[tuple[tuple[int, str], int]]:
    """The level that each bucket in use has reached."""
    for key, account in locked.accounts.items():
        for kind in account.used:
            yield (key, kind), rules.level(*rules.totals(account.pools[kind], now))


def write(locked: Locked, levels: dict[tuple[int, str], int]) -> None:
    """Write what was taken from grants and counted in buckets, a statement each."""
    accounts = locked.accounts
    taken = [
        (pool.id, pool.taken)
        for account in accounts.values()
        for kind in account.used
        for pool in account.pools[kind]
        if pool.taken
    ]
    counted = [
        (
            locked.buckets[key, kind][0],
            accounts[key].used[kind],
            accounts[key].overshoot[kind],
            level,
        )
        for (key, kind), level in levels.items()
    ]
    with connection.cursor() as cursor:
        if taken:
            cursor.execute(_TAKE, columns(taken))
        if counted:
            cursor.execute(_COUNT, columns(counted))


def columns(rows: Sequence[tuple[int, ...]]) -> list[str]:
    """Rows turned into one array per column, as unnest takes them."""
    return [accounts.array_of(column) for column in zip(*rows, strict=True)]


def follow_up(locked: Locked, levels: dict[tuple[int, str], int], in_service: set[int]) -> None:
    """Tell which thresholds were crossed, and block the lines that ran out."""
    crossed = {
        (key, kind): level
        for (key, kind), level in levels.items()
        if level > locked.buckets[key, kind][1] and key in in_service
    }
    stopped = {key for key in in_service if locked.accounts[key].stopped_at is not None}
    concerned = stopped | {key for key, _ in crossed}
    if not concerned:
        return
    for line in Subscription.objects.filter(pk__in=concerned).order_by("pk"):
        for kind in rules.KINDS:
            if (line.pk, kind) in crossed:
                tell_level(line, kind, crossed[line.pk, kind])
        if line.pk in stopped:
            block(line, BlockReason.EXHAUSTED)


def tell_level(line: Subscription, kind: str, level: int) -> None:
    """Tell that much, or everything, of a kind is used."""
    if level >= FULL:
        announce(line, SubscriptionExhausted, f"has no {kind} left", kind=kind)
    else:
        announce(
            line, UsageThresholdReached, f"has used {level} % of its {kind}", kind=kind,
            percent=level,
        )  # fmt: skip
