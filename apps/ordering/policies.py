"""Every reason to refuse something to do with orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.catalog import queries as catalog
from apps.catalog.models import ProductOffering, ProductOfferingPrice
from apps.crm import queries as crm
from apps.crm.models import Customer, CustomerState
from apps.ordering import queries
from apps.ordering.models import OrderState, ProductOrder
from apps.payments import queries as payments
from bss.core.errors import rule
from bss.core.operations import check

CUSTOMER_STATE = rule(
    "order.create.customer_active", "{customer_id} is {state}; only active customers can order."
)
NOT_VERIFIED = rule(
    "order.create.requires_verified_customer",
    "The identity of {customer_id} is {kyc_status}; it must be verified before a line is sold.",
)
NOT_ON_SALE = rule("policy.offering.not_sellable_now", "{offering_id} is not on sale now.")
NO_CARD = rule("order.create.no_payment_method", "{customer_id} has no active card; add one first.")
LAPSED = rule(
    "order.submit.lapsed", "{order_id} held its price until {expires_at}; place a new order."
)
CLAIMING = rule(
    "order.submit.claim_under_way",
    "{order_id} was submitted already and waits for the loyalty engine.",
)
STARTED = rule(
    "order.cancel.forbidden_after_som_started",
    "The network is already setting up the line of {order_id}; terminate the line afterwards.",
)
NOT_STUCK = rule(
    "order.give_up.not_stuck",
    "{order_id} is not reported as stuck; only such an order may be given up by hand.",
)
OPEN_ORDERS = rule(
    "customer.close.no_open_orders",
    "{customer_id} has the open order {order_id}; wait for it or cancel it.",
)


def require_may_order(customer: Customer, at: datetime) -> None:
    """Sell only to active customers whose identity is proven now."""
    if customer.state != CustomerState.ACTIVE:
        raise CUSTOMER_STATE(customer_id=customer.public_id, state=customer.state)
    if not crm.is_verified(customer, at):
        raise NOT_VERIFIED(customer_id=customer.public_id, kyc_status=crm.kyc_status(customer, at))


def require_on_sale(offering_id: str, at: datetime) -> tuple[ProductOffering, ProductOfferingPrice]:
    """A plan that is sold at a moment and its price then, or the refusal."""
    offering = catalog.sellable_offering(offering_id, at)
    price = catalog.active_price(offering_id, at)
    if offering is None or price is None:
        ProductOffering.objects.get_by_id(offering_id)
        raise NOT_ON_SALE(offering_id=offering_id)
    return offering, price


def require_card(customer: Customer, amount: int) -> None:
    """Somebody must pay, unless there is nothing to pay."""
    if amount and payments.default_method(customer.pk) is None:
        raise NO_CARD(customer_id=customer.public_id)


def require_submittable(order: ProductOrder, at: datetime) -> None:
    """Submit an order once, and while it holds its price."""
    order.LIFECYCLE.target(order.public_id, order.state, "submit")
    if order.lapsed_at(at):
        raise LAPSED(
            order_id=order.public_id, expires_at=order.expires_at.isoformat(timespec="minutes")
        )
    if order.claimed_at:
        raise CLAIMING(order_id=order.public_id)


def require_cancellable(order: ProductOrder) -> None:
    """Call an order off only before the network works on it."""
    order.LIFECYCLE.target(order.public_id, order.state, "cancel")
    if queries.network_was_asked(order):
        raise STARTED(order_id=order.public_id)


def require_stuck(order: ProductOrder) -> None:
    """Give up by hand only what was reported as stuck."""
    order.LIFECYCLE.target(order.public_id, order.state, "fail")
    if order.stuck_at is None:
        raise NOT_STUCK(order_id=order.public_id)


@check("customer.close")
def require_no_open_orders(*, customer_id: str, **_: Any) -> None:
    """Refuse to close a customer who waits for a line."""
    # Locked, because an order may be placed at this very moment.
    customer = Customer.objects.lock(customer_id)
    waiting = (OrderState.ACKNOWLEDGED, OrderState.IN_PROGRESS)
    order = ProductOrder.objects.filter(customer=customer, state__in=waiting).first()
    if order is not None:
        raise OPEN_ORDERS(customer_id=customer.public_id, order_id=order.public_id)
