"""Every reason to refuse something to do with orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.catalog import queries as catalog
from apps.catalog.models import ProductOffering, ProductOfferingPrice
from apps.crm import queries as crm
from apps.crm.models import Customer, CustomerState
from apps.ordering import queries
from apps.ordering.models import OrderState, PortRequest, ProductOrder
from apps.payments import queries as payments
from apps.provisioning import queries as network
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
TOO_LATE_TO_WISH = rule(
    "order.create.completion_date_past", "{done_by} is past; wish for a moment that is to come."
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


def require_time_left(done_by: datetime | None, now: datetime) -> None:
    """An order can be wished done only by a moment that is to come."""
    if done_by is not None and done_by <= now:
        raise TOO_LATE_TO_WISH(done_by=done_by.isoformat())


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


NO_LINE_TO_LEAVE = rule(
    "port_request.create.target_sub_required_for_port_out",
    "Name the line that {msisdn} leaves with target_subscription_id.",
)
PORT_PENDING = rule(
    "port_request.create.donor_msisdn_unique_among_pending",
    "{port_request_id} about {msisdn} is {state}; finish or reject it first.",
)
NUMBER_ELSEWHERE = rule(
    "port_request.create.number_of_line",
    "{msisdn} is not the number of {subscription_id}, or that line is not in service.",
)
NUMBER_LOCKED = rule(
    "port_request.submit.number_locked",
    "{msisdn} is locked to its line; its owner must have it unlocked before it can leave.",
)
NUMBER_OURS = rule(
    "port_request.create.number_is_ours", "{msisdn} is a number of ours already; it cannot come."
)
TARGET_OVER = rule(
    "port_request.create.target_in_use",
    "{subscription_id} is {state}; a number can only be brought to a line in use.",
)
PIN_MISSING = rule(
    "port_request.submit.pin_required",
    "{donor_carrier} lets {msisdn} go only with the PIN it gave its customer.",
)
REASON_MISSING = rule(
    "port_request.reject.requires_reason", "Say why {port_request_id} will not take place."
)
RELEASED = rule(
    "port_request.reject.already_released",
    "{donor_carrier} has let go of {msisdn} already; approve {port_request_id} instead.",
)
OBSTRUCTED = rule("port_request.approve.obstructed", "{port_request_id}: {obstacle}")


def require_portable(request: PortRequest) -> None:
    """Refuse a port that cannot take place as it stands."""
    if request.comes_in:
        require_comeable(request)
    else:
        require_leavable(request)


def require_comeable(request: PortRequest) -> None:
    """Refuse to bring a number of ours, or to bring one to a line that is over."""
    if queries.is_ours(request.donor_msisdn):
        raise NUMBER_OURS(msisdn=request.donor_msisdn)
    line = request.target
    if line is not None and not queries.is_in_use(line):
        raise TARGET_OVER(subscription_id=line.public_id, state=line.state)


def require_leavable(request: PortRequest) -> None:
    """Refuse to let a number go that is not on the line named."""
    line = request.target
    if line is None:
        raise NO_LINE_TO_LEAVE(msisdn=request.donor_msisdn)
    if not line.is_live or line.msisdn != request.donor_msisdn:
        raise NUMBER_ELSEWHERE(msisdn=request.donor_msisdn, subscription_id=line.public_id)


def require_no_other_port(msisdn: str) -> None:
    """Refuse a second request about a number while the first is open."""
    other = PortRequest.objects.open().filter(donor_msisdn=msisdn).first()
    if other is not None:
        raise PORT_PENDING(port_request_id=other.public_id, msisdn=msisdn, state=other.state)


def require_sendable(request: PortRequest) -> None:
    """Refuse to send what the other operator, or our own customer, would not accept."""
    request.LIFECYCLE.target(request.public_id, request.state, "submit")
    require_portable(request)
    msisdn = request.donor_msisdn
    if request.comes_in and not request.pin:
        raise PIN_MISSING(donor_carrier=request.donor_carrier, msisdn=msisdn)
    if not request.comes_in and network.is_locked(msisdn):
        raise NUMBER_LOCKED(msisdn=msisdn)


def require_rejectable(request: PortRequest, reason: str) -> None:
    """Refuse to stop what has happened, and to stop anything without a word."""
    if not reason:
        raise REASON_MISSING(port_request_id=request.public_id)
    request.LIFECYCLE.target(request.public_id, request.state, "reject")
    if request.released_at is not None:
        raise RELEASED(
            donor_carrier=request.donor_carrier,
            msisdn=request.donor_msisdn,
            port_request_id=request.public_id,
        )


def require_completable(request: PortRequest) -> None:
    """Refuse to complete by hand what cannot be completed."""
    request.LIFECYCLE.target(request.public_id, request.state, "complete")
    if obstacle := queries.obstacle_to(request):
        raise OBSTRUCTED(port_request_id=request.public_id, obstacle=obstacle)
    if not request.comes_in and network.is_locked(request.donor_msisdn):
        raise NUMBER_LOCKED(msisdn=request.donor_msisdn)
