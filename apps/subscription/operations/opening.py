"""What a renewal does to its line: the paid period opens, or the line is blocked."""

from __future__ import annotations

from datetime import datetime

from apps.payments.models import Payment
from apps.subscription import rules
from apps.subscription.events import (
    DiscountEnded,
    PlanChanged,
    PlanChangePaymentFailed,
    PriceMigrated,
    RenewalFailed,
    SubscriptionRenewed,
)
from apps.subscription.models import Attempt, BlockReason, Renewal, Subscription
from bss.core import clock
from bss.core.money import money_text

from .facts import announce
from .grants import grant, period_grants
from .service import block, unblock

CHANGED = (
    *("offering", "price", "amount", "currency", "period_length", "period_type", "anchor_at"),
    *("pending_offering", "pending_price", "pending_effective_at"),
    *("period_start", "period_end", "renewal_due_at"),
    *("promotion", "discount_code", "discount_type", "discount_value", "discount_periods"),
)


def open_period(line: Subscription, renewal: Renewal, payment: Payment) -> None:
    """Give a line the period that was paid; one brought forward can be used at once."""
    now = clock.now()
    begins = min(renewal.period_start, now)
    was = line.offering_id, line.price_id
    if renewal.discount:
        line.count_discounted_period()
    change_plan(line, renewal)
    line.period_start, line.period_end = begins, renewal.period_end
    line.renewal_due_at = looked_at(line, renewal.period_end)
    line.save(update_fields=CHANGED)
    renewal.settle(Attempt.GRANTED)
    period = rules.Period(renewal.period_start, renewal.period_end)
    grant(line, period_grants(line, period, valid_from=begins), new_period=True)
    unblock(line, "renewal")
    announce_renewal(line, renewal.offering.name, payment, *was)


def looked_at(line: Subscription, boundary: datetime | None) -> datetime | None:
    """When the sweep looks at a line next; a line that is not to be renewed stays so."""
    return boundary if line.renewal_due_at else None


def change_plan(line: Subscription, renewal: Renewal) -> None:
    """Put a line on what the period was sold at, if that is something else."""
    if (line.offering_id, line.price_id) == (renewal.offering_id, renewal.price_id):
        return
    price = renewal.price
    line.offering_id, line.price, line.amount = renewal.offering_id, price, renewal.amount
    line.currency = price.currency
    end_discount(line)
    if line.terms != (terms := rules.Terms(price.period_length, price.period_type)):
        line.period_length, line.period_type = terms.length, terms.unit
        line.anchor_at = renewal.period_start
    if line.pending_price_id == renewal.price_id:
        line.pending_offering = line.pending_price = line.pending_effective_at = None


def end_discount(line: Subscription) -> None:
    """Let a line pay in full from now on."""
    if line.discount:
        announce(line, DiscountEnded, "pays in full now", promotion_id=line.discount.promotion_id)
    line.promise(None)


def announce_renewal(
    line: Subscription, plan: str, payment: Payment, old_offering_id: str, old_price_id: str
) -> None:
    """Tell that the next period is open, and what changed with it."""
    announce(
        line,
        SubscriptionRenewed,
        "was renewed",
        plan=plan,
        payment_id=payment.public_id,
        amount_charged=money_text(payment.amount),
        currency=payment.currency,
        period_start=line.period_start.isoformat(),  # type: ignore[union-attr]
        period_end=line.period_end.isoformat(),  # type: ignore[union-attr]
    )
    if old_offering_id != line.offering_id:
        announce(
            line, PlanChanged, f"changed to {line.offering_id}", old_offering_id=old_offering_id,
            price_id=line.price_id,
        )  # fmt: skip
    elif old_price_id != line.price_id:
        announce(
            line, PriceMigrated, f"costs {money_text(line.amount)} now",
            old_price_id=old_price_id, price_id=line.price_id,
        )  # fmt: skip


def fail_period(line: Subscription, renewal: Renewal, reason: str) -> None:
    """Block a line whose renewal was not paid; one that is paid for stays as it is.

    The sweep tries once more when the next period begins; until then its owner can renew.
    """
    if not line.is_live:
        renewal.settle(Attempt.DECLINED)
        return
    now = clock.now()
    owed = now >= (line.period_end or now)
    boundary = renewal.period_end if owed else line.period_end
    line.follow_up(renewal_due_at=looked_at(line, boundary))
    renewal.settle(Attempt.DECLINED)
    announce(
        line,
        RenewalFailed,
        f"was not renewed: {reason}",
        reason=reason,
        amount=money_text(renewal.amount),
        currency=line.currency,
        period_start=renewal.period_start.isoformat(),
    )
    if renewal.offering_id != line.offering_id:
        announce(
            line, PlanChangePaymentFailed, f"was not changed: {reason}",
            new_offering_id=renewal.offering_id, reason=reason,
        )  # fmt: skip
    if owed:
        block(line, BlockReason.PAYMENT_FAILED)
