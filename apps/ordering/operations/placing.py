"""From a wish to an order under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from apps.catalog import operations as catalog
from apps.catalog import queries as promotions
from apps.crm.models import Customer
from apps.ordering import policies, queries, rules
from apps.ordering.events import OrderAcknowledged, OrderInProgress, PromotionNotApplied
from apps.ordering.models import ProductOrder, ProductOrderItem
from apps.payments import operations as payments
from apps.subscription import operations as subscription
from apps.subscription.rules import receipt_lines
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.money import money_text
from bss.core.operations import operation

from .facts import announce
from .holding import hold_preference, let_go_of_preference

SELLERS = "care supervisor"
Msisdn = Annotated[str, StringConstraints(pattern=r"^\d{4,15}$")]
Notes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
PromoCode = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=40)]


@operation("order.place", roles=SELLERS, result=queries.order_view)
def place(
    *,
    customer_id: str,
    offering_id: str,
    msisdn_preference: Msisdn | None = None,
    notes: Notes | None = None,
    discount_code: PromoCode | None = None,
    skip_assigned_offer: bool = False,
    requested_completion_date: AwareDatetime | None = None,
) -> ProductOrder:
    """Take an order at the price of now and keep the number wished for; nothing is charged yet.

    Price, discount and number are held for a day; then the order must be submitted. Without a
    code the best promotion that the customer was chosen for counts. Locks the customer.
    """
    wishes = Wishes(msisdn_preference or "", notes or "", requested_completion_date)
    item = take(customer_id, offering_id, wishes)
    reserve_discount(item, discount_code, skip_assigned_offer)
    item.save()
    hold_preference(item.order)
    return item.order


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a customer would like an order."""

    msisdn: str
    notes: str
    done_by: datetime | None


def take(customer_id: str, offering_id: str, wishes: Wishes) -> ProductOrderItem:
    """The item, not saved yet, of a new order with the price as it is now."""
    now = clock.now()
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_may_order(customer, now)
    offering, price = policies.require_on_sale(offering_id, now)
    policies.require_card(customer, price.amount)
    policies.require_time_left(wishes.done_by, now)
    order = ProductOrder.objects.create(
        customer=customer,
        placed_at=now,
        expires_at=now + rules.VALID_FOR,
        msisdn_preference=wishes.msisdn,
        notes=wishes.notes,
        wanted_by=wishes.done_by,
    )
    return ProductOrderItem(
        order=order, offering=offering, price=price, amount=price.amount, currency=price.currency
    )


def reserve_discount(item: ProductOrderItem, code: str | None, skip_assigned: bool) -> None:
    """Hold what makes a new order cheaper, and tell that the order was placed."""
    order = item.order
    item.promise(
        catalog.reserve(
            customer_id=order.owner,
            offering_id=item.offering_id,
            amount=item.amount,
            owner=order.public_id,
            code=code,
            skip_assigned=skip_assigned,
        )
    )
    announce(
        item,
        OrderAcknowledged,
        f"for {item.offering.name} was placed",
        **price_of(item),
        msisdn_preference=order.msisdn_preference,
    )


def price_of(item: ProductOrderItem) -> dict[str, str]:
    """The price and the discount that an order holds, as its events tell them."""
    return {
        "price_id": item.price_id,
        "amount": money_text(item.amount),
        "discount": money_text(item.discount_amount),
        "currency": item.currency,
    }


@operation("order.submit", effect="charge", roles=SELLERS, result=queries.order_view)
def submit(*, order_id: str) -> ProductOrder:
    """Set an order going: its line is set up and its price reserved on the default card."""
    now = clock.now()
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    policies.require_submittable(order, now)
    policies.require_may_order(order.customer, now)
    item = order.items.select_related("offering").get()
    if not claims(item):
        let_go_of_preference(order)
        start(item)
    return order


def claims(item: ProductOrderItem) -> bool:
    """Ask the loyalty engine first where there is one; true when the order waits for it."""
    if item.promotion_id is None or not promotions.has_engine():
        return False
    order = item.order
    order.claimed_at = clock.now()
    order.save(update_fields=["claimed_at"])
    catalog.claim(owner=order.public_id, then="order.settle_claim")
    return True


@operation("order.settle_claim", internal=True, effect="charge")
def settle_claim(*, order_id: str, outcome: Outcome) -> None:
    """Set an order going as the loyalty engine answered: cheaper, or at the full price."""
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    granted = catalog.settle_claim(owner=order_id, outcome=outcome)
    if order.state != ProductOrder.State.ACKNOWLEDGED:
        return
    item = order.items.select_related("offering").get()
    if not granted:
        charge_in_full(item, outcome)
    let_go_of_preference(order)
    start(item)


def charge_in_full(item: ProductOrderItem, outcome: Outcome) -> None:
    """Let an order go on without its promotion, and tell so."""
    promised = item.discount
    reason = outcome.reason or outcome.code
    catalog.release(owner=item.order.public_id, reason=reason[:200])
    item.promise(None)
    announce(
        item,
        PromotionNotApplied,
        f"goes on at the full price: {reason}",
        promotion_id=promised.promotion_id if promised else "",
        code=promised.code if promised else "",
        reason=reason,
    )


def start(item: ProductOrderItem) -> None:
    """Set up the pending line of an order, ask for its payment and move it on."""
    order = item.order
    item.subscription = subscription.prepare(
        customer_id=order.owner,
        offering_id=item.offering_id,
        price_id=item.price_id,
        order_id=order.public_id,
        msisdn=order.msisdn_preference or None,
        discount=item.discount,
    )
    item.save()
    order.payment = payments.open_payment(
        purpose="activation",
        key=f"activation/{order.public_id}",
        customer_id=order.owner,
        lines=receipt_lines(text_of(item), item.offering_id, item.amount, item.discount),
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


def text_of(item: ProductOrderItem) -> str:
    """What the receipt says."""
    return f"{item.offering.name} for {item.subscription.msisdn}"  # type: ignore[union-attr]


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
    discount_code: PromoCode | None = None,
    skip_assigned_offer: bool = False,
    requested_completion_date: AwareDatetime | None = None,
) -> ProductOrder:
    """Place an order and submit it at once.

    A code that cannot be used refuses the order before anything is charged. Without one the best
    promotion that the customer was chosen for counts, unless it is skipped.
    """
    wishes = Wishes(msisdn_preference or "", notes or "", requested_completion_date)
    item = take(customer_id, offering_id, wishes)
    reserve_discount(item, discount_code, skip_assigned_offer)
    if item.promotion_id and promotions.has_engine():
        item.save()
        hold_preference(item.order)
        claims(item)
    else:
        start(item)
    return item.order
