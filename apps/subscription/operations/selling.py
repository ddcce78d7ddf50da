"""What the next period of a line is, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.catalog.models import ProductOfferingPrice
from apps.catalog.rules import Discount
from apps.subscription import queries, rules
from apps.subscription.models import Subscription


@dataclass(frozen=True, slots=True)
class Sale:
    """The period a renewal pays for, and what it is sold at."""

    line: Subscription
    period: rules.Period
    offering_id: str
    plan: str
    price_id: str
    # What the line's discount leaves of the price.
    amount: int
    discount: Discount | None = None
    # What it takes off.
    off: int = 0

    @property
    def payable(self) -> bool:
        """True when a card can pay for it, or none need."""
        return not self.amount or self.line.has_card

    @property
    def key(self) -> str:
        """The key of its payment: no second charge for the same period can have it."""
        return f"renewal/{self.line.public_id}/{self.period.start.date().isoformat()}"


def next_sale(line: Subscription, now: datetime) -> Sale:
    """The sale of a line's next period; a change that is due by then takes effect with it.

    A change of plan or price ends the line's discount.
    """
    assert line.anchor_at is not None
    assert line.period_end is not None
    zone = queries.zone_for(line.terms)
    period = rules.period_to_open(line.anchor_at, line.terms, zone, line.period_end, now)
    price = pending_price(line, max(period.start, now))
    if price is None:
        plan, off = line.offering, line.discount_amount
        return Sale(
            line, period, plan.pk, plan.name, line.price_id, line.amount - off, line.discount, off
        )
    period = first_period(price, period.start, max(period.start, now))
    plan = price.offering
    return Sale(line, period, plan.pk, plan.name, price.pk, price.amount)


def pending_price(line: Subscription, at: datetime) -> ProductOfferingPrice | None:
    """The price a line changes to, once that is due."""
    if line.pending_effective_at is None or line.pending_effective_at > at:
        return None
    return line.pending_price


def first_period(price: ProductOfferingPrice, start: datetime, now: datetime) -> rules.Period:
    """The first period under a new price; from its start the boundaries are counted anew."""
    terms = rules.Terms(price.period_length, price.period_type)
    return rules.period_holding(start, terms, queries.zone_for(terms), now)
