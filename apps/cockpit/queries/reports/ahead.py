"""What the coming days bring in, if every card pays."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from apps.catalog.models import Discounted
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.models import OperatorProfile

from .declaring import Column, Report, found

# Lines that will be charged alike are counted together, so a hundred thousand are a few hundred
# rows; what a discount leaves is then worked out as a renewal does.
_DUE = """
SELECT (s.period_end AT TIME ZONE %(zone)s)::date, pending.amount, s.amount, s.promotion_id,
    s.discount_type, s.discount_value, s.discount_periods <> 0, m.customer_id IS NOT NULL,
    count(*)
FROM subscription_subscription s
LEFT JOIN catalog_productofferingprice pending
    ON pending.id = s.pending_price_id AND s.pending_effective_at <= s.period_end
LEFT JOIN payments_paymentmethod m
    ON m.customer_id = s.customer_id AND m.is_default AND m.provider = %(provider)s
WHERE s.state IN ('active', 'blocked', 'suspended') AND s.renewal_due_at IS NOT NULL
    AND s.period_end > %(now)s AND s.period_end <= %(until)s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
AHEAD = Report(
    "renewals-ahead",
    "Renewals ahead",
    (
        Column("day", "Day", "date"),
        Column("lines", "Lines due", "count"),
        Column("expected", "Expected", "money"),
        Column("free", "Free of charge", "count"),
        Column("without_card", "Without a card", "count"),
        Column("at_risk", "Of it at risk", "money"),
    ),
    series=("expected",),
    summed=("lines", "expected", "free", "without_card", "at_risk"),
)


def renewals_ahead(days: int) -> dict[str, Any]:
    """What is due on each of the coming days."""
    now, zone = clock.now(), OperatorProfile.load().zone
    parameters = {
        "now": now,
        "until": now + timedelta(days=days),
        "zone": zone,
        "provider": settings.BSS.gateways["cards"],
    }
    sums: dict[date, list[int]] = defaultdict(lambda: [0] * 5)
    for day, *charge, payable, count in found(_DUE, parameters):
        price = expected(*charge)
        missing = bool(price) and not payable
        for place, value in enumerate(
            (count, price * count, not price and count, missing and count, missing * price * count)
        ):
            sums[day][place] += value
    today = now.astimezone(ZoneInfo(zone)).date()
    coming = (today + timedelta(days=ahead) for ahead in range(days + 1))
    return AHEAD.of((day, *sums[day]) for day in coming)


def expected(
    pending: int | None, amount: int, promotion: str | None, type: str, value: int, runs: bool
) -> int:
    """What a renewal will charge: another price ends the discount."""
    if pending is not None:
        return pending
    line: Discounted = Subscription(
        amount=amount,
        promotion_id=promotion,
        discount_type=type,
        discount_value=value,
        discount_periods=int(runs),
    )
    return amount - line.discount_amount
