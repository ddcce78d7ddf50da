from datetime import datetime
from typing import Any

from apps.catalog import policies, queries, rules
from apps.catalog.events import PriceAdded
from apps.catalog.models import ProductOffering, ProductOfferingPrice
from apps.catalog.operations.offerings import Amount, Code
from bss.core import clock
from bss.core.events import publish
from bss.core.money import money_text, parse_money
from bss.core.operations import operation

EVERYONE = "care supervisor engineer finance catalog_manager customer"


@operation("catalog.get_active_price", effect="read", roles=EVERYONE)
def get_active_price(*, offering_id: str, at: datetime | None = None) -> dict[str, Any]:
    """Show the price that holds for a plan, now or at a moment: the lowest one on offer."""
    ProductOffering.objects.get_by_id(offering_id)
    price = policies.price_that_holds(offering_id, rules.utc(at) or clock.now())
    return queries.price_shape(price)


@operation(
    "catalog.add_price", effect="write", roles="catalog_manager", result=queries.added_price_view
)
def add_price(
    *,
    offering_id: str,
    price_id: Code,
    amount: Amount,
    currency: str | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    retire_current: bool = False,
) -> ProductOfferingPrice:
    """Add a price to a plan, beside the others or in place of those without an end.

    Lines keep the price they were sold at. Where several hold at once the lowest counts; the
    answer warns of that.
    """
    opens, closes = rules.utc(valid_from), rules.utc(valid_to)
    policies.require_window(opens, closes)
    offering = ProductOffering.objects.lock(offering_id)
    policies.require_new_price(price_id)
    others = list(offering.prices.order_by("id"))
    ended = _end_open_prices(others, opens or clock.now()) if retire_current else []
    price = ProductOfferingPrice.objects.create(
        id=price_id,
        offering=offering,
        amount=parse_money(amount),
        currency=policies.own_currency(currency),
        valid_from=opens,
        valid_to=closes,
        **_period_like(others),
    )
    publish(
        PriceAdded(
            offering_id=offering.id,
            price_id=price.id,
            amount=price.amount,
            currency=price.currency,
            retired_price_ids=" ".join(row.id for row in ended),
        ),
        aggregate=offering,
        summary=told(offering, price, others),
        before={"ended": {row.id: None for row in ended}},
        after={
            "ended": {row.id: row.valid_to for row in ended},
            "price": queries.price_shape(price),
        },
    )
    return price


def told(
    offering: ProductOffering, price: ProductOfferingPrice, others: list[ProductOfferingPrice]
) -> str:
    """What the log says of a new price, its overlaps with others included."""
    also = ", ".join(other.id for other in others if rules.overlaps(price, other))
    overlap = f"; for a time {also} holds too and the lowest counts" if also else ""
    return f"{offering.name}: new price {price.currency} {money_text(price.amount)}{overlap}"


def _end_open_prices(
    prices: list[ProductOfferingPrice], at: datetime
) -> list[ProductOfferingPrice]:
    open_ended = [price for price in prices if price.valid_to is None]
    for price in open_ended:
        price.valid_to = rules.cut_off(price, at)
    ProductOfferingPrice.objects.bulk_update(open_ended, ["valid_to"])
    return open_ended


def _period_like(others: list[ProductOfferingPrice]) -> dict[str, Any]:
    # A plan keeps its rhythm when only its price changes.
    if not others:
        return {}
    return {"period_length": others[0].period_length, "period_type": others[0].period_type}
