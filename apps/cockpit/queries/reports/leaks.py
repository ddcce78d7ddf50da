"""Where service goes out without money, and money stays without service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bss.core import clock
from bss.core.quantities import to_units, unit_of

from .declaring import Column, Report, found

# Each leak is a query of its own over a partial or BRIN index; none reads usage of before.
_LEAKS = """
SELECT 'usage_refused' AS leak, rule AS what, count(*) AS items, NULL::numeric AS quantity,
    NULL::numeric AS amount
FROM rating_usage WHERE state = 'rejected' AND received_at >= %(since)s GROUP BY rule
UNION ALL
SELECT 'used_beyond_bundle', b.kind, count(*), sum(b.overshoot - coalesce(w.quantity, 0)), NULL
FROM subscription_bucket b LEFT JOIN LATERAL (
    SELECT sum(quantity) AS quantity FROM rating_writeoff
    WHERE subscription_id = b.subscription_id AND kind = b.kind
) w ON true
WHERE b.overshoot > 0 AND b.overshoot > coalesce(w.quantity, 0) GROUP BY b.kind
UNION ALL
SELECT 'written_off', kind, count(*), sum(quantity), NULL
FROM rating_writeoff WHERE made_at >= %(since)s GROUP BY kind
UNION ALL
SELECT 'in_service_unpaid', '', count(*), NULL, sum(amount)
FROM subscription_subscription WHERE state = 'active' AND period_end <= %(now)s
HAVING count(*) > 0
UNION ALL
SELECT 'captured_not_served', purpose, count(*), NULL,
    sum(amount - refunded - refunding - disputed)
FROM payments_payment
WHERE state = 'captured' AND served_at IS NULL AND amount > refunded + refunding + disputed
GROUP BY purpose
UNION ALL
SELECT 'outcome_unknown', purpose, count(*), NULL, sum(amount)
FROM payments_payment WHERE awaiting <> '' AND state = 'unknown' GROUP BY purpose
UNION ALL
SELECT 'refunded_and_kept', p.purpose, count(*), NULL, sum(r.amount)
FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
WHERE r.state = 'succeeded' AND r.took_back = 'nothing' AND r.state_changed_at >= %(since)s
GROUP BY p.purpose
UNION ALL
SELECT 'dispute_lost', p.purpose, count(*), NULL, sum(d.amount)
FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
WHERE d.state = 'lost' AND d.closed_at >= %(since)s GROUP BY p.purpose
ORDER BY 1, 2
"""
WORDS = {
    "usage_refused": "Usage that was not rated",
    "used_beyond_bundle": "Used beyond the bundle",
    "written_off": "Written off",
    "in_service_unpaid": "In service without a paid period",
    "captured_not_served": "Paid and nothing given",
    "outcome_unknown": "Payments without an outcome",
    "refunded_and_kept": "Refunded, service kept",
    "dispute_lost": "Disputes lost",
}
LEAKAGE = Report(
    "leakage",
    "Where service or money leaks",
    (
        Column("leak", "Leak", "text"),
        Column("what", "Of what", "text"),
        Column("items", "How many", "count"),
        Column("quantity", "How much", "text"),
        Column("amount", "Money", "money"),
    ),
    series=("items",),
    summed=("items", "amount"),
)


def leakage(days: int) -> dict[str, Any]:
    """What leaks now, and what leaked in the last days."""
    now = clock.now()
    return LEAKAGE.of(
        (WORDS[leak], what, items, size(what, quantity), amount)
        for leak, what, items, quantity, amount in found(
            _LEAKS, {"now": now, "since": now - timedelta(days=days)}
        )
    )


def size(kind: str, quantity: int | None) -> str | None:
    """A quantity of a kind with its unit, in whole units begun."""
    if quantity is None:
        return None
    return f"{-to_units(kind, -int(quantity))} {unit_of(kind)}"
