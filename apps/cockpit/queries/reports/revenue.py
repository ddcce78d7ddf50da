"""What lines bring in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from bss.core.models import OperatorProfile

from .declaring import Column, Report, found
from .lives import lives
from .spans import Spans, running

# Every paid period with what it is worth in thirty days or a month. The first one is the order's,
# the others are renewals; what was refunded is not paid. Lines end their periods with themselves.
_PERIODS = """
WITH paid AS (
    SELECT s.activated_at AS begins, s.terminated_at, p.amount - p.refunded AS amount,
        r.period_length AS length, r.period_type AS unit,
        CASE r.period_type WHEN 'day' THEN s.activated_at + make_interval(days => r.period_length)
        ELSE (s.activated_at AT TIME ZONE %(zone)s + make_interval(months => r.period_length))
            AT TIME ZONE %(zone)s END AS ends
    FROM ordering_productorderitem i
    JOIN subscription_subscription s ON s.id = i.subscription_id AND s.activated_at IS NOT NULL
    JOIN ordering_productorder o ON o.id = i.order_id
    JOIN payments_payment p ON p.id = o.payment_id AND p.state = 'captured'
    JOIN catalog_productofferingprice r ON r.id = i.price_id
    UNION ALL
    SELECT n.period_start, s.terminated_at, p.amount - p.refunded, r.period_length, r.period_type,
        n.period_end
    FROM subscription_renewal n
    JOIN subscription_subscription s ON s.id = n.subscription_id
    JOIN payments_payment p ON p.key = n.key
    JOIN catalog_productofferingprice r ON r.id = n.price_id
    WHERE n.state = 'granted' AND n.period_end > %(first)s
), worth AS (
    SELECT begins, least(ends, terminated_at) AS ends,
        CASE unit WHEN 'day' THEN amount * 30.0 / length ELSE amount::numeric / length END AS worth
    FROM paid WHERE amount > 0
)
SELECT width_bucket(begins, %(points)s::timestamptz[]),
    width_bucket(ends, %(points)s::timestamptz[]), count(*), sum(worth)
FROM worth WHERE ends > %(first)s AND ends > begins GROUP BY 1, 2
"""
_EARNED = """
SELECT width_bucket(at, %(edges)s::timestamptz[]), -sum(amount) FROM payments_ledgerentry
WHERE account IN ('sales', 'refunds', 'chargebacks') AND at >= %(first)s AND at < %(last)s
GROUP BY 1
"""
MRR = Report(
    "mrr",
    "Monthly recurring revenue",
    (
        Column("from", "From", "date"),
        Column("paying", "Paying lines", "count"),
        Column("mrr", "MRR at its end", "money"),
        Column("change", "Change", "money"),
    ),
    series=("mrr",),
)
ARPU = Report(
    "arpu",
    "Average revenue per line",
    (
        Column("from", "From", "date"),
        Column("revenue", "Revenue without tax", "money"),
        Column("before", "Lines before", "count"),
        Column("after", "Lines after", "count"),
        Column("arpu", "ARPU", "money"),
    ),
    series=("arpu",),
    summed=("revenue",),
)


def mrr(spans: Spans) -> dict[str, Any]:
    """What the periods that are paid at the end of each span bring in a month."""
    points = spans.points
    rows = found(
        _PERIODS,
        {"points": points, "first": points[0], "zone": OperatorProfile.load().zone},
    )
    paying = running(signed((begun, over, count) for begun, over, count, _ in rows), len(points))
    worth = running(signed((begun, over, worth) for begun, over, _, worth in rows), len(points))
    sums = [round(value) for value in worth]
    changes = [None, *(after - before for before, after in zip(sums, sums[1:], strict=False))]
    return MRR.of(zip(spans.days, paying, sums, changes, strict=True))


def signed(rows: Iterable[tuple[int, int, Any]]) -> Iterable[tuple[int, Any]]:
    """What comes where something begins, and goes where it is over."""
    for begun, over, value in rows:
        yield begun, value
        yield over, -value


def arpu(spans: Spans) -> dict[str, Any]:
    """What the ledger earned in each span, for each line that was ours on average."""
    ours = lives(spans).ours
    parameters = {"edges": spans.edges, "first": spans.edges[0], "last": spans.edges[-1]}
    earned = defaultdict(int, found(_EARNED, parameters))
    return ARPU.of(
        (day, earned[place], before, after, per_line(int(earned[place]), before, after))
        for place, (day, before, after) in enumerate(
            zip(spans.days, ours, ours[1:], strict=False), 1
        )
    )


def per_line(revenue: int, before: int, after: int) -> int | None:
    """Minor units for each of the lines there were on average; nothing when there were none."""
    return round(2 * revenue / (before + after)) if before + after else None
