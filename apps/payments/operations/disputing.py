"""Payments that a bank takes back: withheld, then won or lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from apps.payments import policies, queries, rules
from apps.payments.events import (
    DisputeLost,
    DisputeOpened,
    DisputeWon,
)
from apps.payments.models import Dispute, LedgerEntry, Payment
from bss.core import clock
from bss.core.money import money_text, parse_money
from bss.core.operations import operation
from bss.core.paging import clamp

from .reading import MOST
from .settling import facts, tell


@operation("dispute.open", effect="charge", roles="finance supervisor", result=queries.dispute_view)
def open_dispute(
    *, payment_id: str, reference: str, reason: str, amount: Decimal | None = None
) -> Dispute:
    """Write down that a bank withholds a payment, or a part; the same reference says it once."""
    minor = None if amount is None else parse_money(amount)
    return take_up(payment_id=payment_id, reference=reference, reason=reason, minor=minor)


@operation("dispute.take_up", internal=True, effect="charge")
def take_up(
    *,
    payment_id: str,
    reference: str,
    reason: str,
    minor: int | None = None,
    refunded_too: bool = False,
) -> Dispute:
    """The dispute of a reference, opened unless it is known; nothing of it can be refunded.

    With `refunded_too` even of money that went back: banks do that, and a check tells of it.
    """
    payment: Payment = Payment.objects.lock(payment_id)
    known: Dispute | None = Dispute.objects.filter(reference=reference.strip()).first()
    if known is not None:
        policies.require_same_payment(known, payment)
        return known
    left = payment.amount - payment.disputed if refunded_too else payment.refundable
    amount = left if minor is None else minor
    policies.require_disputable(payment, amount, left, reference, reason)
    dispute = Dispute.objects.create(
        payment=payment,
        amount=amount,
        reason=reason.strip()[:200],
        reference=reference.strip()[:120],
        state="opened",
    )
    _withhold(payment, dispute, "opened", amount)
    tell(payment, DisputeOpened(**_facts(payment, dispute)), f"disputed: {dispute.reason}")
    return dispute


@operation(
    "dispute.close", effect="charge", roles="finance supervisor", result=queries.dispute_view
)
def close_dispute(*, dispute_id: str, outcome: Literal["won", "lost"], note: str) -> Dispute:
    """Write down how a bank decided: won brings the money back, lost means it is gone."""
    policies.require_note(note)
    return decide(dispute_id=dispute_id, outcome=outcome, note=note)


@operation("dispute.decide", internal=True, effect="charge")
def decide(*, dispute_id: str, outcome: Literal["won", "lost"], note: str) -> Dispute:
    """The dispute moved by the bank's decision, with its ledger entries."""
    payment_id = Dispute.objects.get_by_id(dispute_id).payment_id
    payment: Payment = Payment.objects.lock(payment_id)
    dispute: Dispute = Dispute.objects.lock(dispute_id)
    dispute.closed_at = clock.now()
    dispute.move("win" if outcome == "won" else "lose", reason=note, also=["closed_at"])
    if outcome == "won":
        _withhold(payment, dispute, "won", -dispute.amount)
        tell(payment, DisputeWon(**_facts(payment, dispute)), "dispute won")
    else:
        _post(payment, dispute, "lost", rules.lost_postings(dispute.amount))
        tell(payment, DisputeLost(**_facts(payment, dispute)), "dispute lost, the money is gone")
    return dispute


@operation("dispute.list", effect="read", roles="care supervisor finance")
def list_disputes(
    *,
    customer_id: str | None = None,
    payment_id: str | None = None,
    state: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Disputes, newest first."""
    found = queries.disputes(customer_id=customer_id, payment_id=payment_id, state=state)
    return [queries.view_of_dispute(each) for each in found[: clamp(limit, MOST)]]


def _withhold(payment: Payment, dispute: Dispute, step: str, amount: int) -> None:
    payment.disputed += amount
    payment.save(update_fields=["disputed"])
    _post(payment, dispute, step, rules.dispute_postings(amount))


def _post(payment: Payment, dispute: Dispute, step: str, postings: list[rules.Posting]) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            payment=payment,
            dispute=dispute,
            step=step,
            account=posting.account,
            amount=posting.amount,
            currency=payment.currency,
            at=clock.now(),
        )
        for posting in postings
    )


def _facts(payment: Payment, dispute: Dispute) -> dict[str, str]:
    return {
        **facts(payment),
        "amount": money_text(dispute.amount),
        "dispute_id": dispute.public_id,
        "reason": dispute.reason,
        "reference": dispute.reference,
        "served_by": payment.served_by,
    }
