"""How people become customers, and what they buy besides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bss.core import clock

from .declaring import Column, Report, found, share
from .spans import Spans

# Each stage counts those who reached it and all before it.
_JOURNEYS = """
WITH stages AS (
    SELECT c.kyc_status = 'verified' AS verified,
        EXISTS (SELECT FROM payments_paymentmethod m WHERE m.customer_id = c.id
            AND m.state IN ('active', 'expired', 'removed')) AS card,
        j.placed, j.submitted, j.accepted, j.served
    FROM crm_customer c LEFT JOIN LATERAL (
        SELECT true AS placed, bool_or(o.payment_id IS NOT NULL) AS submitted,
            bool_or(p.state IN ('authorised', 'captured', 'voided')) AS accepted,
            bool_or(o.state = 'completed') AS served
        FROM ordering_productorder o LEFT JOIN payments_payment p ON p.id = o.payment_id
        WHERE o.customer_id = c.id HAVING count(*) > 0
    ) j ON true
    WHERE c.customer_since >= %(since)s
)
SELECT count(*), count(*) FILTER (WHERE verified), count(*) FILTER (WHERE verified AND card),
    count(*) FILTER (WHERE verified AND card AND placed),
    count(*) FILTER (WHERE verified AND card AND submitted),
    count(*) FILTER (WHERE verified AND card AND submitted AND accepted),
    count(*) FILTER (WHERE verified AND card AND submitted AND accepted AND served)
FROM stages
"""
STAGES = (
    "Registered",
    "Identity verified",
    "Card on file",
    "Order placed",
    "Order submitted",
    "Card accepted",
    "In service",
)
_TOP_UPS = """
SELECT width_bucket(bought_at, %(edges)s::timestamptz[]), count(*) FILTER (WHERE kept),
    count(*) FILTER (WHERE kept AND automatic), count(*) FILTER (WHERE state = 'declined'),
    count(*) FILTER (WHERE state = 'refunded'),
    count(DISTINCT subscription_id) FILTER (WHERE kept),
    coalesce(sum(amount) FILTER (WHERE kept), 0)
FROM (SELECT *, state = 'granted' AS kept FROM subscription_topup
    WHERE bought_at >= %(first)s) t GROUP BY 1
"""
FUNNEL = Report(
    "funnel",
    "From registration to service",
    (
        Column("stage", "Stage", "text"),
        Column("customers", "Customers", "count"),
        Column("of_all", "Of all", "percent"),
        Column("of_previous", "Of the stage before", "percent"),
        Column("lost", "Lost here", "count"),
    ),
    series=("customers",),
)
TOP_UPS = Report(
    "topups",
    "Top-ups bought",
    (
        Column("from", "From", "date"),
        Column("bought", "Bought", "count"),
        Column("automatic", "Of these by themselves", "count"),
        Column("lines", "Lines", "count"),
        Column("revenue", "Paid, with tax", "money"),
        Column("declined", "Declined", "count"),
        Column("refunded", "Could not be served", "count"),
    ),
    series=("revenue",),
    summed=("bought", "automatic", "revenue", "declined", "refunded"),
)


def funnel(days: int) -> dict[str, Any]:
    """How far those came who registered in the last days."""
    counts = found(_JOURNEYS, {"since": clock.now() - timedelta(days=days)})[0]
    before = (counts[0], *counts)
    return FUNNEL.of(
        (stage, count, share(count, counts[0]), share(count, last), last - count)
        for stage, count, last in zip(STAGES, counts, before, strict=False)
    )


def topups(spans: Spans) -> dict[str, Any]:
    """What was bought for lines besides their plans."""
    parameters = {"edges": spans.edges, "first": spans.edges[0]}
    sold = {place: row for place, *row in found(_TOP_UPS, parameters)}
    return TOP_UPS.of(
        (day, bought, automatic, lines, revenue, declined, refunded)
        for place, day in enumerate(spans.days, 1)
        for bought, automatic, declined, refunded, lines, revenue in [sold.get(place, [0] * 6)]
    )
