"""A line's life: prepared for an order, activated, given up or terminated."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from psycopg.types.range import TimestamptzRange

from apps.catalog import operations as catalog
from apps.catalog.models import ProductOfferingPrice
from apps.catalog.rules import Discount
from apps.crm.models import Customer
from apps.provisioning import operations as provisioning
from apps.subscription import policies, queries, rules
from apps.subscription.events import (
    SubscriptionAbandoned,
    SubscriptionActivated,
    SubscriptionPrepared,
    SubscriptionTerminated,
)
from apps.subscription.models import Grant, NumberAssignment, Subscription, Suspension
from bss.core import clock
from bss.core.money import money_text
from bss.core.operations import operation

from .facts import announce
from .grants import give, period_grants, revoke
from .service import remove_from_network

State = Subscription.State
# Why owners leave, for those who count.
EndCode = Literal[
    "not_needed",
    "too_expensive",
    "coverage",
    "moved_away",
    "other_operator",
    "ported_out",
    "deceased",
    "fraud",
    "other",
]
BEGUN = (
    *("activated_at", "anchor_at", "period_start", "period_end", "renewal_due_at"),
    "discount_periods",
)


@operation("subscription.prepare", internal=True, result=queries.subscription_view)
def prepare(
    *,
    customer_id: str,
    offering_id: str,
    price_id: str,
    order_id: str,
    msisdn: str | None = None,
    discount: Discount | None = None,
) -> Subscription:
    """Set up a pending line for an order; it owns its number and eSIM from here on.

    The same order gets the same line. A number that the customer holds is taken over.
    """
    known: Subscription | None = Subscription.objects.filter(order_id=order_id).first()
    if known is not None:
        return known
    customer = Customer.objects.get_by_id(customer_id)
    policies.require_customer(customer)
    line = Subscription(
        customer=customer, offering_id=offering_id, order_id=order_id, **snapshot(price_id)
    )
    line.promise(discount)
    line.save()
    equip(line, msisdn)
    announce(
        line,
        SubscriptionPrepared,
        f"is set up for {order_id}",
        in_log=False,  # the order says so itself
        order_id=order_id,
        iccid=line.iccid,
    )
    return line


def snapshot(price_id: str) -> dict[str, object]:
    """What a line keeps of the price it is sold at."""
    price: ProductOfferingPrice = ProductOfferingPrice.objects.get_by_id(price_id)
    return {
        "price": price,
        "amount": price.amount,
        "currency": price.currency,
        "period_length": price.period_length,
        "period_type": price.period_type,
    }


def equip(line: Subscription, msisdn: str | None) -> None:
    """Reserve a number and an eSIM for a line that was just created."""
    owner = line.public_id
    number = provisioning.hold_number(
        owner=owner, msisdn=msisdn, from_hold=line.owner, new_owner=True
    )
    esim = provisioning.reserve_esim(owner=owner, msisdn=number.msisdn, new_owner=True)
    line.follow_up(msisdn=number.msisdn, iccid=esim.iccid)


@operation("subscription.activate", internal=True, result=queries.subscription_view)
def activate(*, subscription_id: str, payment_id: str) -> Subscription:
    """Put a prepared and paid line into service; its first period begins now."""
    line: Subscription = Subscription.objects.select_related("offering").lock(subscription_id)
    if line.is_live:
        return line
    now = clock.now()
    charged = line.amount - line.discount_amount
    period = rules.period_number(now, line.terms, queries.zone_for(line.terms), 0)
    begin(line, period)
    give(line, period_grants(line, period, valid_from=now))
    NumberAssignment.objects.create(
        msisdn=line.msisdn, subscription=line, valid=TimestamptzRange(now, None)
    )
    if line.promotion_id:
        catalog.consume(owner=line.order_id)
    provisioning.assign_number(owner=line.public_id, msisdn=line.msisdn)
    provisioning.assign_esim(owner=line.public_id, msisdn=line.msisdn)
    announce_activation(line, payment_id, charged)
    return line


def begin(line: Subscription, period: rules.Period) -> None:
    """Move a line into its first period."""
    line.activated_at = line.anchor_at = line.period_start = period.start
    line.period_end = line.renewal_due_at = period.end
    line.count_discounted_period()
    line.move("activate", also=BEGUN)


def announce_activation(line: Subscription, payment_id: str, charged: int) -> None:
    """Tell that a line is in service."""
    announce(
        line,
        SubscriptionActivated,
        "is active",
        plan=line.offering.name,
        order_id=line.order_id,
        iccid=line.iccid,
        payment_id=payment_id,
        amount_charged=money_text(charged),
        currency=line.currency,
        period_start=line.period_start.isoformat(),  # type: ignore[union-attr]
        period_end=line.period_end.isoformat(),  # type: ignore[union-attr]
    )


@operation("subscription.abandon", internal=True, result=queries.subscription_view)
def abandon(*, subscription_id: str, reason: str, deprovision: bool = False) -> Subscription:
    """Give up a prepared line: its number returns to its hold, its eSIM to the pool.

    `deprovision` also asks the network to undo what it did for the line already.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    if line.state == State.ABANDONED:
        return line
    line.move("abandon", reason=reason)
    if line.promotion_id:
        catalog.release(owner=line.order_id, reason=reason)
    if deprovision:
        remove_from_network(line)
    provisioning.release_number(owner=line.public_id, msisdn=line.msisdn, reason=reason)
    provisioning.release_esim(owner=line.public_id)
    announce(
        line, SubscriptionAbandoned, f"was given up: {reason}", order_id=line.order_id,
        reason=reason,
    )  # fmt: skip
    return line


@operation(
    "subscription.terminate",
    effect="destructive",
    roles="care supervisor",
    result=queries.subscription_view,
)
def terminate(
    *, subscription_id: str, reason: str | None = None, code: EndCode = "other"
) -> Subscription:
    """End a line for good, take it off the network and give back its number and eSIM."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    policies.require_terminable(line)
    why = reason or "requested"
    line.end_code = code
    end(line, clock.now(), why)
    revoke(line, list(Grant.objects.filter(subscription=line, closed_at=None)), why)
    remove_from_network(line)
    provisioning.quarantine_number(owner=line.public_id, msisdn=line.msisdn, reason=why)
    provisioning.recycle_esim(owner=line.public_id)
    announce(
        line, SubscriptionTerminated, f"was terminated: {why}", iccid=line.iccid, reason=why,
        code=code,
    )  # fmt: skip
    return line


def end(line: Subscription, now: datetime, reason: str) -> None:
    """Move a line to its end, and with it the stretch of time it held its number."""
    line.terminated_at = now
    line.pending_offering = line.pending_price = line.pending_effective_at = None
    line.move(
        "terminate",
        reason=reason,
        also=(
            *("terminated_at", "end_code"),
            *("pending_offering", "pending_price", "pending_effective_at"),
        ),
    )
    Suspension.objects.of(line).update(ended_at=now)
    give_up_number(line, now)


def give_up_number(line: Subscription, now: datetime) -> None:
    """End the stretch of time a line held its number."""
    for holding in NumberAssignment.objects.filter(subscription=line, valid__upper_inf=True):
        holding.valid = TimestamptzRange(holding.valid.lower, max(now, holding.valid.lower))
        holding.save(update_fields=["valid"])
