"""How an amount of money came about: the price row, and what a promotion takes off it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.catalog.models import Discounted, ProductOfferingPrice
from apps.catalog.rules import Discount
from apps.ordering.models import ProductOrderItem
from apps.payments.models import Payment
from apps.subscription.models import Renewal, TopUp
from bss.core.clock import iso
from bss.core.money import money_text

from .figures import Figure, Part, money


@dataclass(frozen=True, slots=True)
class Sold:
    """What a payment is for: a plan's period, or a top-up; neither for a charge by hand."""

    payment: Payment
    order: ProductOrderItem | None = None
    renewal: Renewal | None = None
    top_up: TopUp | None = None
    # Where the promotion is kept that the line was sold with.
    promised: Discounted | None = None

    @property
    def price(self) -> ProductOfferingPrice | None:
        """The row of the catalog that says what a period costs."""
        found = self.renewal or self.order
        return found.price if found else None

    def figures(self) -> Iterator[Figure]:
        """What the amount must be the sum of."""
        if parts := list(self.parts()):
            yield money(f"{self.payment.public_id} amount", self.payment.amount, parts)
        if self.renewal and self.renewal.discount:
            name = f"{self.payment.public_id} discount of the period"
            yield money(name, self.renewal.discount, self.off(self.renewal.price.amount))
        if self.renewal and self.renewal.state == "granted":
            name = f"{self.payment.public_id} as the renewal has it"
            was = Part(self.renewal.key, self.renewal.amount, f"renewal {self.renewal.pk}")
            yield money(name, self.payment.amount, [was])

    def parts(self) -> Iterator[Part]:
        """The price, and what is taken off."""
        if self.top_up:
            vas = self.top_up.offering
            yield Part(f"{vas.name}, one of {vas.pk}", vas.amount, vas.pk)
        if self.price:
            plan = self.price.offering_id
            yield Part(f"{plan} for a period", self.price.amount, self.price.pk)
        if self.renewal and self.renewal.discount:
            yield Part(self.words, -self.renewal.discount, self.promotion)
        elif self.order and not self.renewal:
            yield from (Part(one.text, -one.value, one.of) for one in self.off(self.order.amount))

    def off(self, price: int) -> Iterator[Part]:
        """What the promotion takes off a price by its own rule."""
        promised = self.promised
        if promised and promised.promotion_id:
            # Its periods are counted down; what it took off follows from type and value alone.
            discount = Discount(
                promised.promotion_id,
                promised.discount_code,
                promised.discount_type,
                promised.discount_value,
                periods=1,
            )
            yield Part(discount.words, discount.off(price), discount.promotion_id)

    @property
    def words(self) -> str:
        """How the discount is called."""
        return next((part.text for part in self.off(0)), "Discount")

    @property
    def promotion(self) -> str:
        """The promotion's id."""
        return next((part.of for part in self.off(0)), "")

    def told(self) -> dict[str, Any]:
        """The tariff version and the promotion behind an amount."""
        price, promised = self.price, self.promised
        discounted = bool(self.renewal.discount if self.renewal else self.order)
        shown = promised.promotion if promised and discounted else None
        return {
            "soldAs": self.top_up.offering_id if self.top_up else price and price.offering_id,
            "price": price and price_told(price),
            "promotion": promotion_told(shown, promised) if shown and promised else None,
        }


def price_told(price: ProductOfferingPrice) -> dict[str, Any]:
    """A price row with its window."""
    return {
        "id": price.pk,
        "offeringId": price.offering_id,
        "amount": money_text(price.amount),
        "currency": price.currency,
        "periodLength": price.period_length,
        "periodType": price.period_type,
        "validFrom": iso(price.valid_from),
        "validTo": iso(price.valid_to),
    }


def promotion_told(promotion: Any, promised: Discounted) -> dict[str, Any]:
    """A promotion as it was promised."""
    return {
        "id": promotion.pk,
        "code": promised.discount_code or None,
        "discountType": promised.discount_type,
        "discountValue": money_text(promised.discount_value),
        "periods": promised.discount_periods,
    }


def money_kept(payment: Payment) -> Figure:
    """What the processor owes us for a payment, by the ledger."""
    captured = payment.amount if payment.state == "captured" else 0
    stated = captured - payment.refunded - payment.disputed
    entries = [one for one in payment.entries.all() if one.account == "cards_receivable"]
    parts = [Part(step_of(entry), entry.amount, f"entry {entry.pk}") for entry in entries]
    return money(f"{payment.public_id} kept, by the ledger", stated, parts)


def step_of(entry: Any) -> str:
    """Which step of a payment's life an entry belongs to."""
    if entry.dispute_id:
        return f"dispute {entry.step}"
    return "refunded" if entry.refund_id else "captured"
