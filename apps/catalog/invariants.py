"""What must always be true of the catalog."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from bss.core.invariants import Broken, invariant

_MISCOUNTED = """
SELECT p.id, p.uses, p.max_uses, count(r.id) FROM catalog_promotion p
LEFT JOIN catalog_redemption r ON r.promotion_id = p.id AND r.state <> 'released'
WHERE %(since)s::timestamptz IS NULL OR p.id IN (
    SELECT promotion_id FROM catalog_redemption WHERE state_changed_at >= %(since)s
)
GROUP BY p.id HAVING count(r.id) <> p.uses OR count(r.id) > p.max_uses
"""


@invariant(
    "catalog.promotions_within_their_cap",
    "a promotion is used as often as its counter says and never more often than it may be",
)
def promotions_within_their_cap(since: datetime | None) -> Broken:
    """Promotions whose uses are not those that were counted, or too many."""
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED, {"since": since})
        for promotion, counted, cap, uses in cursor.fetchall():
            yield {"promotion": promotion, "counted": counted, "uses": uses, "cap": cap}
