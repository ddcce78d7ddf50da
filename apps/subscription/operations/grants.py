"""Giving quantities to lines, and accounting for what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from apps.catalog import queries as catalog
from apps.subscription import rules
from apps.subscription.events import GrantRevoked
from apps.subscription.models import Bucket, Grant, Subscription
from apps.subscription.queries import accounts
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
            zone=allowance.zone_id or "",
        )
        for allowance in catalog.allowances(line.offering_id)
    }


# What is granted and the buckets that are missing for it in one statement, which answers what the
# line has then. Its line is locked, so nobody else makes or changes its buckets.
_GIVE = """
WITH wanted AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(sources)s::text[], %(totals)s::bigint[],
        %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(zones)s::text[])
        AS w(kind, source, total, valid_from, expires_at, zone)
), made AS (
    INSERT INTO subscription_bucket (subscription_id, kind, used, overshoot, overshoot_before,
        level)
    SELECT %(line)s, kind, 0, 0, 0, 0 FROM wanted WHERE kind NOT IN (
        SELECT kind FROM subscription_bucket WHERE subscription_id = %(line)s)
    RETURNING *
), given AS (
    INSERT INTO subscription_grant (source, subscription_id, kind, total, used, expired,
        transferred, revoked, valid_from, expires_at, zone)
    SELECT source, %(line)s, kind, total, 0, 0, 0, 0, valid_from, expires_at, zone FROM wanted
    WHERE total <> 0 RETURNING *
)
""" + accounts.BUCKETS.format(
    # Each part is narrowed by itself: the planner does not look into such a union.
    buckets="""(
        SELECT * FROM subscription_bucket WHERE subscription_id = %(line)s
        UNION ALL TABLE made)""",
    grants="""(
        SELECT * FROM subscription_grant
        WHERE subscription_id = %(line)s AND expires_at > %(since)s UNION ALL TABLE given)""",
)


def give(line: Subscription, granted: dict[str, Grant]) -> accounts.Held:
    """Give a locked line more of some kinds; of what is empty it only gets the bucket."""
    parameters: dict[str, Any] = {
        "kinds": list(granted),
        "sources": [grant.source for grant in granted.values()],
        "totals": [grant.total for grant in granted.values()],
        "starts": [grant.valid_from for grant in granted.values()],
        "ends": [grant.expires_at for grant in granted.values()],
        "zones": [grant.zone for grant in granted.values()],
        "line": line.pk,
        "lines": [line.pk],
        "since": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, parameters)
        return accounts.held(cursor.fetchall())


def grant(
    line: Subscription, granted: dict[str, Grant], *, new_period: bool = False
) -> dict[str, list[rules.Pool]]:
    """Give a line more of some kinds; answers what it has of each kind then."""
    return recount(give(line, granted), new_period=new_period)


def recount(held: accounts.Held, *, new_period: bool = False) -> dict[str, list[rules.Pool]]:
    """Set the level of a locked line's buckets anew; answers what it has of each kind."""
    now, changed = clock.now(), []
    for bucket, pools in held:
        before = bucket.level, bucket.overshoot_before
        bucket.level = rules.level(*rules.totals(pools, now))
        if new_period:
            bucket.overshoot_before = bucket.overshoot
        if (bucket.level, bucket.overshoot_before) != before:
            changed.append(bucket)
    if changed:
        Bucket.objects.bulk_update(changed, ["level", "overshoot_before"])
    return {bucket.kind: pools for bucket, pools in held}


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
