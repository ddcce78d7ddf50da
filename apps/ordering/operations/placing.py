"""From a wish to an order under way."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from apps.crm.models import Customer
from apps.ordering import policies, queries, rules
from apps.ordering.events import OrderAcknowledged, OrderInProgress
from apps.ordering.models import ProductOrder, ProductOrderItem
from apps.payments import operations as payments
from apps.payments.rules import Line
from apps.subscription import operations as subscription
from bss.core import clock
from bss.core.money import money_text
from bss.core.operations import operation

from .facts import announce
from .holding import hold_preference, let_go_of_preference

SELLERS = "care supervisor"
Msisdn = Annotated[str, StringConstraints(pattern=r"^\d{4,15}$")]
Notes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


@operation("order.place", roles=SELLERS, result=queries.order_view)
def place(
    *,
    customer_id: str,
    offering_id: str,
    msisdn_preference: Msisdn | None = None,
    notes: Notes | None = None,
) -> ProductOrder:
    """Take an order at the price of now and keep the number wished for; nothing is charged yet.

    Locks the customer. Price and number are held for a day; then the order must be submitted.
    """
    item = take(customer_id, offering_id, msisdn_preference, notes)
    item.save()
    hold_preference(item.order)
    return item.order


def take(
    customer_id: str, offering_id: str, msisdn_preference: str | None, notes: str | None
) -> ProductOrderItem:
    """The item, not saved yet, of a new order with the price as it is now."""
    now = clock.now()
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_may_order(customer, now)
    offering, price = policies.require_on_sale(offering_id, now)
    policies.require_card(customer, price.amount)
    order = ProductOrder.objects.create(
        customer=customer,
        placed_at=now,
        expires_at=now + rules.VALID_FOR,
        msisdn_preference=msisdn_preference or "",
        notes=notes or "",
    )
    item = ProductOrderItem(
        order=order, offering=offering, price=price, amount=price.amount, currency=price.currency
    )
    announce(
        item,
        OrderAcknowledged,
        f"for {offering.name} was placed",
        **price_of(item),
        msisdn_preference=order.msisdn_preference,
    )
    return item


def price_of(item: ProductOrderItem) -> dict[str, str]:
    """The price that an order holds, as its events tell it."""
    amount = money_text(item.amount)
    return {"price_id": item.price_id, "amount": amount, "currency": item.currency}


@operation("order.submit", effect="charge", roles=SELLERS, result=queries.order_view)
def submit(*, order_id: str) -> ProductOrder:
    """Set an order going: its line is set up and its price reserved on the default card."""
    now = clock.now()
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    policies.require_submittable(order, now)
    policies.require_may_order(order.customer, now)
    item = order.items.select_related("offering").get()
    let_go_of_preference(order)
    start(item)
    return order


def start(item: ProductOrderItem) -> None:
    """Set up the pending line of an order, ask for its payment and move it on."""
    order = item.order
    item.subscription = subscription.prepare(
        customer_id=order.owner,
        offering_id=item.offering_id,
        price_id=item.price_id,
        order_id=order.public_id,
        msisdn=order.msisdn_preference or None,
    )
    item.save()
    order.payment = payments.open_payment(
        purpose="activation",
        key=f"activation/{order.public_id}",
        customer_id=order.owner,
        lines=[receipt_line(item)],
        capture="later",
        subject=order.public_id,
    )
    order.move("submit", also=["payment"])
    announce(
        item,
        OrderInProgress,
        f"is in progress: line {item.subscription.msisdn} is being set up",
        **price_of(item),
        msisdn=item.subscription.msisdn,
        payment_id=order.payment.public_id,
    )


def receipt_line(item: ProductOrderItem) -> Line:
    """What the receipt says."""
    text = f"{item.offering.name} for {item.subscription.msisdn}"  # type: ignore[union-attr]
    return Line(text=text, offering_id=item.offering_id, tax_class="", net=item.amount, tax=0)


@operation(
    "order.create",
    effect="charge",
    roles=SELLERS,
    result=queries.order_view,
    keys_of="order.place",
)
def create(
    *,
    customer_id: str,
    offering_id: str,
    msisdn_preference: Msisdn | None = None,
    notes: Notes | None = None,
) -> ProductOrder:
    """Place an order and submit it at once."""
    item = take(customer_id, offering_id, msisdn_preference, notes)
    start(item)
    return item.order
