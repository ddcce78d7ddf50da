"""Buying more for a line."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.catalog.models import VasOffering
from apps.payments import operations as payments
from apps.payments.models import Payment
from apps.payments.operations import settles
from apps.payments.rules import Line
from apps.subscription import policies, queries, rules
from apps.subscription.events import (
    VasPurchased,
    VasPurchaseFailed,
)
from apps.subscription.events.changes import (
    AutoTopUpStopped,
)
from apps.subscription.models import Attempt, AutoTopUp, BlockReason, Grant, Subscription, TopUp
from apps.subscription.queries import accounts
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.money import money_text
from bss.core.operations import operation
from bss.core.quantities import to_units, unit_of

from .facts import announce
from .grants import grant, recount, revoke
from .service import unblock


@operation(
    "subscription.purchase_vas",
    effect="charge",
    roles="care supervisor",
    result=policies.bought_line,
)
def purchase_vas(*, subscription_id: str, vas_offering_id: str) -> TopUp:
    """Charge a top-up to the customer's card and add it to the line once it is paid."""
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    policies.require_top_up_possible(line)
    vas = policies.require_vas(vas_offering_id, clock.now())
    if not line.has_card and vas.amount:
        raise policies.NO_CARD_FOR_VAS(customer_id=line.owner)
    top_up = sell(line, vas)
    ask_for_money(line, top_up)
    return top_up


def ask_for_money(line: Subscription, top_up: TopUp) -> None:
    """Open the payment of a purchase."""
    payments.open_payment(
        purpose="topup",
        key=top_up.key,
        customer_id=line.owner,
        lines=[Line(top_up.name, top_up.offering_id, "", top_up.amount, 0)],
        capture="now",
        subject=line.public_id,
    )


def sell(line: Subscription, vas: VasOffering, *, automatic: bool = False) -> TopUp:
    """Write down what is sold, as the catalog has it now."""
    sold: TopUp = TopUp.objects.create(
        subscription=line,
        offering_id=vas.id,
        name=vas.name,
        kind=vas.kind,
        quantity=vas.quantity,
        lasts_hours=vas.expiry_hours,
        amount=vas.amount,
        zone=vas.zone_id or "",
        automatic=automatic,
    )
    return sold


@settles("topup")
@operation("subscription.settle_topup", internal=True, effect="charge")
def settle_topup(*, payment_id: str, outcome: Outcome) -> None:
    """Give what was bought when its payment is captured; tell when it was declined."""
    top_up: TopUp = TopUp.objects.lock_paid_by(payment_id)
    line = top_up.subscription
    payment = payments.record_outcome(
        payment_id=payment_id, outcome=outcome, served_by=top_up.key if line.is_live else ""
    )
    if payment is None:
        return
    if payment.state == "captured" and line.is_live:
        give(line, top_up, payment)
    elif payment.state == "captured":
        keep(top_up, Attempt.REFUNDED, None)
        payments.refund_unserved(payment_id=payment_id, reason="The line had ended.")
    elif payment.state in ("declined", "voided"):
        fail(line, top_up, payment.state_reason)


def give(line: Subscription, top_up: TopUp, payment: Payment) -> None:
    """Add what was paid to a line."""
    expires_at = expiry_of(line, top_up)
    keep(top_up, Attempt.GRANTED, expires_at)
    was_stopped = line.state == Subscription.State.BLOCKED
    bring_back(line, grant(line, {top_up.kind: grant_of(top_up, expires_at)}))
    brought_back = was_stopped and line.state == Subscription.State.ACTIVE
    announce_purchase(line, top_up, payment, brought_back=brought_back)


def grant_of(top_up: TopUp, expires_at: datetime) -> Grant:
    """What was bought, not written yet."""
    return Grant(
        source=top_up.key,
        subscription=top_up.subscription,
        kind=top_up.kind,
        total=top_up.quantity,
        valid_from=clock.now(),
        expires_at=expires_at,
        zone=top_up.zone,
    )


def keep(top_up: TopUp, state: Attempt, expires_at: datetime | None) -> None:
    """Write down what became of a purchase."""
    top_up.state, top_up.expires_at = state, expires_at
    top_up.save(update_fields=["state", "expires_at"])


def expiry_of(line: Subscription, top_up: TopUp) -> datetime:
    """When a top-up is over: after its own hours, else with the period that holds now."""
    if top_up.lasts_hours:
        return clock.now() + timedelta(hours=top_up.lasts_hours)
    return end_of_period(line)


def end_of_period(line: Subscription) -> datetime:
    """When the period is over that holds now, paid for or not."""
    now = clock.now()
    if line.period_end and line.period_end > now:
        return line.period_end
    anchor = line.anchor_at or now
    return rules.period_holding(anchor, line.terms, queries.zone_for(line.terms), now).end


def bring_back(line: Subscription, granted: dict[str, list[rules.Pool]]) -> None:
    """Put an exhausted line back into service if all it needs is there again.

    Another kind does not help it, and neither does anything while a period is unpaid.
    """
    now = clock.now()
    if line.state_reason != BlockReason.EXHAUSTED or now >= (line.period_end or now):
        return
    if not any(rules.exhausted(granted.get(kind, []), now) for kind in rules.STOPPING):
        unblock(line, "top-up")


def announce_purchase(
    line: Subscription, top_up: TopUp, payment: Payment, *, brought_back: bool
) -> None:
    """Tell that a top-up can be used."""
    announce(
        line,
        VasPurchased,
        f"was topped up with {top_up.name}",
        top_up_id=top_up.public_id,
        vas_offering_id=top_up.offering_id,
        vas_name=top_up.name,
        kind=top_up.kind,
        quantity=to_units(top_up.kind, top_up.quantity),
        unit=unit_of(top_up.kind),
        payment_id=payment.public_id,
        amount_charged=money_text(payment.amount),
        currency=payment.currency,
        expires_at=queries.iso(top_up.expires_at) or "",
        brought_back=brought_back,
    )


def fail(line: Subscription, top_up: TopUp, reason: str) -> None:
    """Tell that nothing was given because nothing was paid."""
    keep(top_up, Attempt.DECLINED, None)
    announce(
        line,
        VasPurchaseFailed,
        f"was not topped up: {reason}",
        top_up_id=top_up.public_id,
        vas_offering_id=top_up.offering_id,
        vas_name=top_up.name,
        reason=reason,
    )
    if top_up.automatic and AutoTopUp.objects.stop(line, reason):
        announce(
            line,
            AutoTopUpStopped,
            f"is not topped up by itself any more: {reason}",
            vas_name=top_up.name,
            reason=reason,
        )


@operation("subscription.take_back", internal=True)
def take_back(*, payment_id: str, reason: str) -> None:
    """Take back what is left of a top-up whose money was given back."""
    payment: Payment = Payment.objects.get_by_id(payment_id)
    line: Subscription = Subscription.objects.lock(payment.subject)
    grants = list(Grant.objects.filter(source=payment.key, subscription=line, closed_at=None))
    if grants:
        revoke(line, grants, reason)
        recount(accounts.buckets_of([line.pk], clock.now()))
