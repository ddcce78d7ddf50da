"""The next period: charged in batches when it is due, opened when it is paid."""

from __future__ import annotations

from apps.payments import operations as payments
from apps.payments.operations import settles
from apps.payments.rules import Wanted
from apps.subscription import policies, queries
from apps.subscription.events import RenewalReminded
from apps.subscription.models import Attempt, Renewal, Subscription
from apps.subscription.rules import receipt_lines
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.money import money_text
from bss.core.operations import operation

from .facts import announce
from .opening import fail_period, open_period
from .selling import Sale, next_sale

BATCH = 50
NO_CARD = "There is no active card."


@operation("subscription.open_renewals", internal=True, effect="charge")
def open_renewals(*, subscription_ids: list[str]) -> list[str]:
    """Charge the next period of up to fifty lines that are due; answers those it took.

    Lines that somebody else is working on are left to the next sweep.
    """
    now = clock.now()
    lines = Subscription.objects.lock_due(subscription_ids[:BATCH], now)
    charge([next_sale(line, now) for line in lines])
    return [line.public_id for line in lines]


def charge(sales: list[Sale]) -> None:
    """Open the payments of some sales; a line that no card pays for is blocked at once.

    The sweep looks at each line again when the period it now pays for is over.
    """
    write_down(sales)
    payable = [sale for sale in sales if sale.payable]
    for sale in payable:
        sale.line.renewal_due_at = sale.period.end
    payments.open_payments(wanted=[wanted_by(sale) for sale in payable])
    Subscription.objects.bulk_update([sale.line for sale in payable], ["renewal_due_at"])
    for sale in sales:
        if not sale.payable:
            fail_period(sale.line, Renewal.objects.get(key=sale.key), NO_CARD)


def write_down(sales: list[Sale]) -> None:
    """Keep what is sold now; a period that was tried before may have become another offer."""
    Renewal.objects.bulk_create(
        [
            Renewal(
                subscription=sale.line,
                key=sale.key,
                period_start=sale.period.start,
                period_end=sale.period.end,
                offering_id=sale.offering_id,
                price_id=sale.price_id,
                amount=sale.amount,
                discount=sale.off,
            )
            for sale in sales
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["period_end", "offering", "price", "amount", "discount"],
    )


def wanted_by(sale: Sale) -> Wanted:
    """The payment of a period."""
    return Wanted(
        purpose="renewal",
        key=sale.key,
        customer_id=sale.line.owner,
        lines=receipt_lines(text_of(sale), sale.offering_id, sale.amount + sale.off, sale.discount),
        capture="now",
        subject=sale.line.public_id,
    )


def text_of(sale: Sale) -> str:
    """What the receipt prints."""
    first, last = sale.period.start.date(), sale.period.end.date()
    return f"{sale.plan} for {sale.line.msisdn}, {first} to {last}"


@settles("renewal")
@operation("subscription.settle_renewal", internal=True, effect="charge")
def settle_renewal(*, payment_id: str, outcome: Outcome) -> None:
    """Open the period when its payment is captured; block the line when it was declined.

    Nothing is given while the outcome is unknown.
    """
    renewal: Renewal = Renewal.objects.lock_paid_by(payment_id)
    line = renewal.subscription
    servable = line.is_live and not renewal.over
    payment = payments.record_outcome(
        payment_id=payment_id, outcome=outcome, served_by=renewal.key if servable else ""
    )
    if payment is None:
        return
    if payment.state == "captured" and servable:
        open_period(line, renewal, payment)
    elif payment.state == "captured":
        renewal.settle(Attempt.REFUNDED)
        payments.refund_unserved(payment_id=payment_id, reason="The period could not be served.")
    elif payment.state in ("declined", "voided"):
        fail_period(line, renewal, payment.state_reason)


@operation(
    "subscription.renew_now",
    effect="charge",
    roles="care supervisor finance",
    result=queries.subscription_view,
)
def renew_now(*, subscription_id: str) -> Subscription:
    """Charge the next period of a line that is due or out of service, and open it."""
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    policies.require_renewable(line, clock.now())
    sale = next_sale(line, clock.now())
    policies.require_no_open_renewal(line, sale.key)
    if not sale.payable:
        raise policies.NO_CARD_FOR_RENEWAL(customer_id=line.owner)
    charge([sale])
    return line


@operation("subscription.tick_renewals_now", effect="charge", roles="supervisor engineer finance")
def tick_renewals_now() -> dict[str, str]:
    """Renew every line that is due, without waiting for the next sweep."""
    due = queries.due_lines(limit=10_000)
    for first in range(0, len(due), BATCH):
        open_renewals(subscription_ids=due[first : first + BATCH])
    return {"status": "ok"}


@operation("subscription.remind", internal=True)
def remind(*, subscription_ids: list[str]) -> None:
    """Tell the owners of lines that the next charge is near, once per period."""
    now = clock.now()
    for line in Subscription.objects.for_sale().lock_all(subscription_ids):
        told = line.reminded_for == line.period_end
        if told or not line.in_service(now) or line.renewal_due_at is None:
            continue
        line.follow_up(reminded_for=line.period_end)
        sale = next_sale(line, now)
        announce(
            line,
            RenewalReminded,
            "will be renewed soon",
            plan=sale.plan,
            amount=money_text(sale.amount),
            currency=line.currency,
            due_at=queries.iso(line.period_end) or "",
        )
