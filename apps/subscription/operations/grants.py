"""Giving quantities to lines, and accounting for what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from apps.catalog import queries as catalog
from apps.subscription import queries, rules
from apps.subscription.events import GrantRevoked
from apps.subscription.models import Bucket, Grant, Subscription
from bss.core import clock
from bss.core.operations import operation

from .facts import announce

LEFT = F("total") - F("used") - F("expired") - F("transferred") - F("revoked")
LIMITED = Q(total__gte=0)


def period_grants(
    line: Subscription, period: rules.Period, *, valid_from: datetime
) -> dict[str, Grant]:
    """What a line's plan grants for one period, by kind; not written yet."""
    return {
        allowance.kind: Grant(
            source=f"period/{line.public_id}/{period.start:%Y-%m-%dT%H:%M:%S}/{allowance.kind}",
            subscription=line,
            kind=allowance.kind,
            total=allowance.amount,
            valid_from=valid_from,
            expires_at=period.end,
        )
        for allowance in catalog.allowances(line.offering_id)
    }


def grant_first(line: Subscription, granted: dict[str, Grant]) -> None:
    """Give a line that never had anything its first period."""
    Bucket.objects.bulk_create(Bucket(subscription=line, kind=kind) for kind in granted)
    write_grants(granted)


def write_grants(granted: dict[str, Grant]) -> None:
    """Write the grants that are not empty; of the others the line only has the bucket."""
    Grant.objects.bulk_create(grant for grant in granted.values() if grant.total)


def grant(
    line: Subscription, granted: dict[str, Grant], *, new_period: bool = False
) -> dict[str, list[rules.Pool]]:
    """Give a line more of some kinds; answers what it has of each kind then."""
    buckets = lock_buckets(line, granted)
    write_grants(granted)
    return recount(line, buckets, new_period=new_period)


def lock_buckets(line: Subscription, kinds: Iterable[str] = ()) -> list[Bucket]:
    """A line's buckets, locked in the order of ids; those of the kinds are made if missing."""
    found = list(Bucket.objects.locking().filter(subscription=line).order_by("pk"))
    known = {bucket.kind for bucket in found}
    missing = [Bucket(subscription=line, kind=kind) for kind in kinds if kind not in known]
    return found + Bucket.objects.bulk_create(missing)


def recount(
    line: Subscription, buckets: Sequence[Bucket], *, new_period: bool = False
) -> dict[str, list[rules.Pool]]:
    """Set the level of locked buckets anew; answers what the line has of each kind."""
    now = clock.now()
    pools = queries.pools_of([line.pk], now)
    changed = []
    for bucket in buckets:
        before = bucket.level, bucket.overshoot_before
        bucket.level = rules.level(*rules.totals(pools[line.pk, bucket.kind], now))
        if new_period:
            bucket.overshoot_before = bucket.overshoot
        if (bucket.level, bucket.overshoot_before) != before:
            changed.append(bucket)
    if changed:
        Bucket.objects.bulk_update(changed, ["level", "overshoot_before"])
    return {kind: found for (_, kind), found in pools.items()}


def revoke(line: Subscription, grants: Sequence[Grant], reason: str) -> None:
    """Take back what is left of some grants."""
    now = clock.now()
    chosen = Grant.objects.filter(pk__in=[grant.pk for grant in grants], closed_at=None)
    chosen.filter(LIMITED).update(revoked=F("revoked") + LEFT, closed_at=now)
    # Of something unlimited only the time can be taken.
    instant = F("valid_from") + timedelta(microseconds=1)
    chosen.exclude(LIMITED).update(
        expires_at=Greatest(Least(F("expires_at"), now), instant), closed_at=now
    )
    for grant in grants:
        if grant.left:
            announce(
                line,
                GrantRevoked,
                f"lost what was left of its {grant.kind}",
                source=grant.source,
                kind=grant.kind,
                quantity=grant.left,
                reason=reason,
            )


@operation("subscription.close_grants", internal=True)
def close_grants(*, subscription_ids: list[int]) -> int:
    """Account for what expired unused; late events may still be counted against it."""
    lines = Subscription.objects.lock_all(subscription_ids)
    over = Grant.objects.filter(subscription__in=lines, closed_at=None, expires_at__lte=clock.now())
    closed = over.filter(LIMITED).update(expired=F("expired") + LEFT, closed_at=clock.now())
    return closed + over.exclude(LIMITED).update(closed_at=clock.now())
