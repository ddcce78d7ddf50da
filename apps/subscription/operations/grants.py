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


def grant_period(line: Subscription, period: rules.Period, *, valid_from: datetime) -> None:
    """Give a line what its plan grants for one period."""
    allowances = catalog.allowances(line.offering_id)
    open_buckets(line, [allowance.kind for allowance in allowances])
    Grant.objects.bulk_create(
        Grant(
            source=f"period/{line.public_id}/{period.start:%Y-%m-%dT%H:%M:%S}/{allowance.kind}",
            subscription=line,
            kind=allowance.kind,
            total=allowance.amount,
            valid_from=valid_from,
            expires_at=period.end,
        )
        for allowance in allowances
        if allowance.amount
    )


def grant_top_up(
    line: Subscription, source: str, kind: str, quantity: int, expires_at: datetime
) -> Grant:
    """Give a line what was bought for it."""
    open_buckets(line, [kind])
    return Grant.objects.create(
        source=source,
        subscription=line,
        kind=kind,
        total=quantity,
        valid_from=clock.now(),
        expires_at=expires_at,
    )


def open_buckets(line: Subscription, kinds: Iterable[str]) -> None:
    """Make the buckets of those kinds that the line has none of."""
    Bucket.objects.bulk_create(
        [Bucket(subscription=line, kind=kind) for kind in kinds], ignore_conflicts=True
    )


def recount(line: Subscription, *, new_period: bool = False) -> dict[str, list[rules.Pool]]:
    """Set each bucket's level anew after something was granted; answers what is granted now."""
    now = clock.now()
    buckets = list(Bucket.objects.locking().filter(subscription=line).order_by("pk"))
    pools = queries.pools_of([line.pk], now)
    for bucket in buckets:
        bucket.level = rules.level(*rules.totals(pools[line.pk, bucket.kind], now))
        if new_period:
            bucket.overshoot_before = bucket.overshoot
    Bucket.objects.bulk_update(buckets, ["level", "overshoot_before"])
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
