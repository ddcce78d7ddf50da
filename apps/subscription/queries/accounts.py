"""Reads and locks of what lines were given and have used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from apps.subscription.models import Bucket
from apps.subscription.rules import Account, Pool


def array_of(values: Iterable[Any]) -> str:
    """Numbers, flags and moments as PostgreSQL writes arrays, at a fraction of the driver's price.

    None of them can contain a character that would need quotes.
    """
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


_POOLS = """
SELECT subscription_id, kind, id, total, used, transferred + revoked, valid_from::text,
    expires_at::text, zone
FROM subscription_grant
WHERE subscription_id = ANY(%s::bigint[]) AND expires_at > %s AND kind = ANY(%s)
ORDER BY subscription_id, expires_at, id
"""


def pools_of(
    keys: Collection[int], since: datetime, kinds: Collection[str]
) -> dict[tuple[int, str], list[Pool]]:
    """The grants of lines that were good at a moment or later, those that expire first first."""
    found: dict[tuple[int, str], list[Pool]] = defaultdict(list)
    moment = datetime.fromisoformat
    with connection.cursor() as cursor:
        cursor.execute(_POOLS, [array_of(keys), since, list(kinds)])
        for key, kind, grant, total, used, gone, starts, ends, zone in cursor.fetchall():
            pool = Pool(grant, total, used, gone, moment(starts), moment(ends), zone)
            found[key, kind].append(pool)
    return found


# Buckets with the grants that are good at a moment or later, those that expire first first.
BUCKETS = """
SELECT b.id, b.subscription_id, b.kind, b.used, b.overshoot, b.overshoot_before, b.level,
    g.id, g.total, g.used, g.transferred + g.revoked, g.valid_from::text, g.expires_at::text,
    g.zone
FROM {buckets} b LEFT JOIN {grants} g
    ON g.subscription_id = b.subscription_id AND g.kind = b.kind AND g.expires_at > %(since)s
WHERE b.subscription_id = ANY(%(lines)s)
ORDER BY b.subscription_id, b.id, g.expires_at, g.id
"""
_BUCKETS = BUCKETS.format(buckets="subscription_bucket", grants="subscription_grant")
_COLUMNS = ("id", "subscription_id", "kind", "used", "overshoot", "overshoot_before", "level")
Held = list[tuple[Bucket, list[Pool]]]


def buckets_of(keys: list[int], since: datetime) -> Held:
    """The buckets of lines, each with its grants."""
    with connection.cursor() as cursor:
        cursor.execute(_BUCKETS, {"lines": keys, "since": since})
        return held(cursor.fetchall())


def held(rows: Iterable[tuple[Any, ...]]) -> Held:
    """Buckets and grants out of the rows of such a query."""
    found: dict[int, tuple[Bucket, list[Pool]]] = {}
    moment = datetime.fromisoformat
    for row in rows:
        key, (grant, total, used, gone, starts, ends, zone) = row[0], row[7:]
        if key not in found:
            found[key] = Bucket.from_db("default", _COLUMNS, row[:7]), []
        if grant is not None:
            pool = Pool(grant, total, used, gone, moment(starts), moment(ends), zone)
            found[key][1].append(pool)
    return list(found.values())


_LOCK_LINES = """
SELECT id, CASE WHEN state <> 'active' THEN state_changed_at END FROM subscription_subscription
WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_BUCKETS = """
SELECT subscription_id, kind, id, level FROM subscription_bucket
WHERE subscription_id = ANY(%s::bigint[]) AND kind = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(slots=True)
class Locked:
    """Lines whose rows are locked: their accounts, and the id and level of each bucket."""

    accounts: dict[int, Account]
    buckets: dict[tuple[int, str], tuple[int, int]]


def lock_accounts(keys: Collection[int], kinds: Collection[str], since: datetime) -> Locked:
    """Lock lines, then their buckets of some kinds, in the order of ids; then read their grants.

    Three statements, because a snapshot taken before the locks would overfill a grant.
    """
    keys, kinds = sorted(keys), sorted(kinds)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_LINES, [array_of(keys)])
        accounts = {key: Account(key, stopped_at) for key, stopped_at in cursor.fetchall()}
        cursor.execute(_LOCK_BUCKETS, [array_of(keys), kinds])
        buckets = {(key, kind): (bucket, level) for key, kind, bucket, level in cursor.fetchall()}
    pools = pools_of(keys, since, kinds)
    for key, kind in buckets:
        accounts[key].pools[kind] = pools.get((key, kind), [])
    return Locked(accounts, buckets)
