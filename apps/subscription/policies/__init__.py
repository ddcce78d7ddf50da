"""Every reason to refuse something to do with lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.catalog import queries as catalog
from apps.catalog.models import ProductOfferingPrice, VasOffering
from apps.crm.models import Customer
from apps.payments.models import OPEN_STATES, Payment, PaymentMethod, PaymentState
from apps.provisioning import queries as provisioning
from apps.provisioning.models import EsimProfile
from apps.subscription.models import Attempt, Cause, DeviceChange, Subscription, TopUp
from apps.subscription.queries import has_lines, has_live_lines, lines_of, views
from bss.core.errors import rule
from bss.core.operations import check, section

State = Subscription.State

NO_CUSTOMER = rule(
    "subscription.create.requires_customer", "{customer_id} is {state}; it cannot have a new line."
)
NOT_IN_SERVICE = rule(
    "subscription.vas_purchase.not_in_service",
    "{subscription_id} is {state}; only a line that is in service or blocked can be topped up.",
)
TERMINATED = rule(
    "subscription.vas_purchase.not_if_terminated",
    "{subscription_id} is terminated; nothing can be added to it.",
)
NO_SUCH_VAS = rule(
    "subscription.vas_purchase.vas_offering_sellable", "{vas_offering_id} is not sold now."
)
NO_CARD_FOR_VAS = rule(
    "subscription.vas_purchase.requires_active_cof",
    "{customer_id} has no active card; add one first.",
)
VAS_NOT_PAID = rule(
    "subscription.vas_purchase.declined",
    "The card was declined and nothing was charged: {reason}",
)
NOT_DUE = rule(
    "subscription.renew.not_due",
    "{subscription_id} is in service and paid until {period_end}; it renews by itself then.",
)
NOT_LIVE = rule(
    "subscription.renew.only_if_active_or_blocked",
    "{subscription_id} is {state}; only a line that is active or blocked can be renewed.",
)
NO_CARD_FOR_RENEWAL = rule(
    "subscription.renew.no_payment_method", "{customer_id} has no active card; add one first."
)
RENEWAL_UNDER_WAY = rule(
    "subscription.renew.under_way",
    "The payment {payment_id} for {subscription_id} is still open; wait for its outcome.",
)
ENDING = rule(
    "subscription.renew.ending",
    "{subscription_id} ends with its period; cancel that before it is renewed.",
)
RENEWAL_UNKNOWN = rule(
    "subscription.renew.outcome_unknown",
    "Nobody knows since {since} whether {payment_id} paid for {subscription_id}; charging again"
    " could take the money twice. Finance can settle it: bss payment reconcile {payment_id}.",
)
CANNOT_TERMINATE = rule(
    "subscription.terminate.invalid_state",
    "{subscription_id} is {state}; only a line that was put into service can be terminated.",
)
HELD_BY_LAW = rule(
    "subscription.terminate.suspended_by_law",
    "{subscription_id} is suspended by law and stays as it is until that is lifted.",
)
NOT_CHANGEABLE = rule(
    "subscription.plan_change.not_eligible_state",
    "{subscription_id} is {state}; the plan can be changed only while the line is active.",
)
SAME_PLAN = rule(
    "subscription.plan_change.same_offering", "{subscription_id} has {offering_id} already."
)
ENDS_BEFORE_CHANGE = rule(
    "subscription.plan_change.line_ends",
    "{subscription_id} ends with its period and begins no other; let it go on first:"
    " bss subscription cancel-termination {subscription_id}.",
)
CHANGE_PENDING = rule(
    "subscription.plan_change.already_pending",
    "{subscription_id} changes to {offering_id} already; cancel that first.",
)
PLAN_NOT_SOLD = rule(
    "subscription.plan_change.target_not_sellable_now", "{offering_id} is not sold now."
)
PLAN_HAS_NO_PRICE = rule(
    "subscription.plan_change.target_no_active_price", "{offering_id} has no price now."
)
UNKNOWN_PRICE = rule("subscription.migrate_price.unknown_price", "There is no price {price_id}.")
PRICE_ELSEWHERE = rule(
    "subscription.migrate_price.price_not_on_offering",
    "{price_id} is a price of {belongs_to}, not of {offering_id}.",
)
HAS_LINES = rule(
    "customer.close.no_active_subscriptions",
    "{customer_id} still has lines; terminate them first.",
)
LAST_CARD = rule(
    "payment_method.remove.not_last_if_active_subscription",
    "{payment_method_id} is the last card of {customer_id}, whose lines are renewed with it.",
)


def require_customer(customer: Customer) -> None:
    """Refuse a line for somebody who may not have one."""
    if customer.state not in ("pending", "active"):
        raise NO_CUSTOMER(customer_id=customer.public_id, state=customer.state)


def require_top_up_possible(line: Subscription) -> None:
    """Refuse to sell more for a line that is not there."""
    facts = {"subscription_id": line.public_id, "state": line.state}
    if line.state == State.TERMINATED:
        raise TERMINATED(**facts)
    if not line.is_live or line.is_suspended:
        raise NOT_IN_SERVICE(**facts)


def require_vas(vas_offering_id: str, at: datetime) -> VasOffering:
    """A top-up that is sold at a moment, or the refusal."""
    vas = catalog.vas_offering(vas_offering_id, at)
    if vas is None:
        raise NO_SUCH_VAS(vas_offering_id=vas_offering_id)
    return vas


def require_renewable(line: Subscription, now: datetime) -> None:
    """Refuse to renew what is not live, and what is in service and paid for."""
    facts = {"subscription_id": line.public_id, "state": line.state}
    if not line.is_live or line.is_suspended:
        raise NOT_LIVE(**facts)
    if line.ends_with_period:
        raise ENDING(**facts)
    if line.in_service(now) and line.period_end:
        raise NOT_DUE(**facts, period_end=line.period_end.isoformat(timespec="minutes"))


def require_no_open_renewal(line: Subscription, key: str) -> None:
    """Refuse to charge a period whose payment nobody knows the end of."""
    open_ = Payment.objects.filter(key=key, state__in=OPEN_STATES).first()
    if open_ is None:
        return
    facts = {"payment_id": open_.public_id, "subscription_id": line.public_id}
    if open_.state == PaymentState.UNKNOWN:
        since = open_.state_changed_at.isoformat(timespec="minutes")
        raise RENEWAL_UNKNOWN(since=since, **facts)
    raise RENEWAL_UNDER_WAY(**facts)


def bought_line(top_up_id: str) -> dict[str, Any]:
    """The line a top-up was bought for; refused when the card was declined."""
    top_up: TopUp = TopUp.objects.with_line().get_by_id(top_up_id)
    if top_up.state == Attempt.DECLINED:
        payment = Payment.objects.get(key=top_up.key)
        facts = {"subscription_id": top_up.subscription.public_id}
        raise VAS_NOT_PAID(**facts, reason=payment.state_reason)
    return views([top_up.subscription])[0]


def require_terminable(line: Subscription) -> None:
    """Refuse to end what was never in service, and what the law wants kept."""
    if not line.is_live:
        raise CANNOT_TERMINATE(subscription_id=line.public_id, state=line.state)
    if line.is_suspended and line.state_reason == Cause.LAWFUL:
        raise HELD_BY_LAW(subscription_id=line.public_id)


def require_changeable(line: Subscription, offering_id: str) -> None:
    """Refuse a change of plan that cannot take place."""
    facts = {"subscription_id": line.public_id, "state": line.state}
    if line.state != State.ACTIVE:
        raise NOT_CHANGEABLE(**facts)
    if line.ends_with_period:
        raise ENDS_BEFORE_CHANGE(**facts)
    if line.pending_offering_id:
        raise CHANGE_PENDING(**facts, offering_id=line.pending_offering_id)
    if line.offering_id == offering_id:
        raise SAME_PLAN(**facts, offering_id=offering_id)


def require_sold(offering_id: str, at: datetime) -> ProductOfferingPrice:
    """The price of a plan that is sold at a moment, or the refusal."""
    if catalog.sellable_offering(offering_id, at) is None:
        raise PLAN_NOT_SOLD(offering_id=offering_id)
    price = catalog.active_price(offering_id, at)
    if price is None:
        raise PLAN_HAS_NO_PRICE(offering_id=offering_id)
    return price


def require_price_of(offering_id: str, price_id: str) -> ProductOfferingPrice:
    """A price of that very plan, or the refusal."""
    price: ProductOfferingPrice | None = ProductOfferingPrice.objects.filter(pk=price_id).first()
    if price is None:
        raise UNKNOWN_PRICE(price_id=price_id)
    if price.offering_id != offering_id:
        raise PRICE_ELSEWHERE(
            price_id=price_id, belongs_to=price.offering_id, offering_id=offering_id
        )
    return price


@check("customer.close")
def require_no_lines(*, customer_id: str, **_: Any) -> None:
    """Refuse to close a customer who still has lines."""
    customer = Customer.objects.get_by_id(customer_id)
    if has_lines(customer.pk):
        raise HAS_LINES(customer_id=customer.public_id)


@check("payment.remove_method")
def require_other_card(**arguments: Any) -> None:
    """Refuse to remove the only card of somebody whose lines are renewed with it."""
    method_id = arguments.get("payment_method_id") or arguments.get("method_id")
    method = PaymentMethod.objects.get_by_id(method_id)
    others = PaymentMethod.objects.active().filter(customer_id=method.customer_id)
    if others.exclude(pk=method.pk).exists() or not has_live_lines(method.customer_id):
        return
    raise LAST_CARD(
        payment_method_id=method.public_id,
        customer_id=Customer.public_id_of(method.customer_id),
    )


section("customer.get", "subscriptions")(lines_of)


DEVICE_NOT_LIVE = rule(
    "subscription.change_device.not_eligible_state",
    "{subscription_id} is {state}; only a line that is active or blocked can change its device.",
)
DEVICE_NUMBER_LOCKED = rule(
    "subscription.change_device.number_locked",
    "{msisdn} is locked to the device it is on; unlock it first.",
)
DEVICE_CHANGING = rule(
    "subscription.change_device.already_under_way",
    "{change_id} of {subscription_id} is {state}; finish or cancel it first.",
)
NOTHING_TO_CANCEL = rule(
    "subscription.cancel_device_change.nothing_pending",
    "{subscription_id} has no change of device that could still be cancelled.",
)
NOTHING_TO_ROLL_BACK = rule(
    "subscription.roll_back_device_change.too_late",
    "{subscription_id} has no change of device that could still be taken back.",
)
OLD_ESIM_GONE = rule(
    "subscription.roll_back_device_change.old_esim_deleted",
    "The old device deleted {iccid}; it cannot carry {subscription_id} again.",
)
NUMBER_NOT_REPLACEABLE = rule(
    "subscription.replace_number.not_eligible_state",
    "{subscription_id} is {state}; only a line that is active or blocked can get another number.",
)
NUMBER_HELD = rule(
    "subscription.replace_number.number_locked",
    "{msisdn} is locked to {subscription_id}; unlock it first.",
)


def require_device_changeable(line: Subscription) -> None:
    """Refuse to prepare another device for a line that is not live, or whose owner locked it."""
    facts = {"subscription_id": line.public_id, "state": line.state}
    if not line.is_live:
        raise DEVICE_NOT_LIVE(**facts)
    if provisioning.is_locked(line.msisdn):
        raise DEVICE_NUMBER_LOCKED(msisdn=line.msisdn)


def require_no_device_change(change: DeviceChange | None) -> None:
    """Refuse a second change of device while the first is under way."""
    if change is not None and change.state != change.State.SWITCHED:
        raise DEVICE_CHANGING(
            change_id=change.public_id, subscription_id=change.line_id, state=change.state
        )


def require_pending(change: DeviceChange | None, line: Subscription) -> DeviceChange:
    """The change of device that has changed nothing yet, or the refusal."""
    if change is None or not change.is_pending:
        raise NOTHING_TO_CANCEL(subscription_id=line.public_id)
    return change


def require_undoable(
    change: DeviceChange | None, line: Subscription, now: datetime
) -> DeviceChange:
    """The switch that can still be taken back, or the refusal."""
    if change is None or change.is_pending or change.over_at(now):
        raise NOTHING_TO_ROLL_BACK(subscription_id=line.public_id)
    if provisioning.esim_state_of(change.public_id) in ("", EsimProfile.State.DELETED):
        raise OLD_ESIM_GONE(iccid=change.old_iccid, subscription_id=line.public_id)
    return change


def require_number_replaceable(line: Subscription) -> None:
    """Refuse to give another number to what is not in service, or holds on to the one it has."""
    if not line.is_live:
        raise NUMBER_NOT_REPLACEABLE(subscription_id=line.public_id, state=line.state)
    if provisioning.is_locked(line.msisdn):
        raise NUMBER_HELD(msisdn=line.msisdn, subscription_id=line.public_id)
