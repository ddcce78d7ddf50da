"""What must always be true of usage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from bss.core.invariants import invariant

_SUMS = """
WITH touched AS (
    SELECT DISTINCT subscription_id FROM rating_usage
    WHERE subscription_id IS NOT NULL
        AND (%(since)s::timestamptz IS NULL OR received_at >= %(since)s)
), numbers AS (
    SELECT n.subscription_id, n.msisdn FROM subscription_numberassignment n
    JOIN touched USING (subscription_id)
), counted AS (
    SELECT u.subscription_id, u.kind, sum(u.quantity) AS used, sum(u.overshoot) AS overshoot
    FROM rating_usage u JOIN numbers n
        ON n.msisdn = u.msisdn AND n.subscription_id = u.subscription_id
    WHERE u.state = 'rated' GROUP BY u.subscription_id, u.kind
)
SELECT b.subscription_id AS subscription, b.kind, b.used, coalesce(c.used, 0) AS counted,
    b.overshoot, coalesce(c.overshoot, 0) AS counted_overshoot
FROM subscription_bucket b JOIN touched USING (subscription_id)
LEFT JOIN counted c USING (subscription_id, kind)
WHERE b.used <> coalesce(c.used, 0) OR b.overshoot <> coalesce(c.overshoot, 0)
"""


def rows(sql: str, since: datetime | None) -> Iterable[dict[str, Any]]:
    """What a query finds, as dictionaries: since a moment, or ever."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": since})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@invariant("rating.usage_is_counted", "each bucket has counted exactly the usage of its line")
def usage_is_counted(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Buckets whose sums differ from those of the events behind them."""
    return rows(_SUMS, since)


_WRITTEN = """
SELECT w.subscription_id AS subscription, w.kind, sum(w.quantity) AS written_off,
    coalesce(max(b.overshoot), 0) AS overshoot
FROM rating_writeoff w LEFT JOIN subscription_bucket b USING (subscription_id, kind)
WHERE %(since)s::timestamptz IS NULL OR w.subscription_id IN (
    SELECT subscription_id FROM rating_writeoff WHERE made_at >= %(since)s)
GROUP BY w.subscription_id, w.kind HAVING sum(w.quantity) > coalesce(max(b.overshoot), 0)
"""


@invariant("rating.written_off_was_used", "no more is written off than was used beyond the bundle")
def written_off_was_used(since: datetime | None) -> Iterable[dict[str, Any]]:
    """Line and kind of which more was written off than overshot."""
    return rows(_WRITTEN, since)
