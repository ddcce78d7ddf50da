"""What outcomes do to a payment: its state, the ledger, the receipt."""

from __future__ import annotations

from typing import Any

from django.db import connection

from apps.crm.models import Customer
from apps.payments import policies, rules
from apps.payments.events import (
    PaymentCaptured,
    PaymentDeclined,
    PaymentEvent,
    PaymentUnknown,
    PaymentVoided,
)
from apps.payments.models import Payment, PaymentAttempt, PaymentState, receipt_id
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.errors import Conflict
from bss.core.events import publish
from bss.core.models import note_moves
from bss.core.money import money_text
from bss.core.operations import operation

from .opening import gateway_of, queue_of
from .settlers import settler_of

# All of a capture in one statement: payment, attempt, ledger, receipt. The row of the counter stays
# locked until the commit: that is what keeps numbers without gaps.
POST = """
WITH captured AS (
    UPDATE payments_payment SET state = %(state)s, state_reason = %(state_reason)s,
        state_changed_at = %(now)s, awaiting = '', reference = %(reference)s,
        captured_at = %(now)s, served_by = %(served_by)s, served_at = %(served_at)s
    WHERE id = %(payment)s
), noted AS (
    UPDATE payments_paymentattempt SET state = 'captured', reference = %(reference)s, code = '',
        reason = '', answered_at = %(now)s
    WHERE payment_id = %(payment)s AND number = %(attempt)s
), posted AS (
    INSERT INTO payments_ledgerentry (payment_id, account, amount, currency, at)
    SELECT %(payment)s, e.account, e.amount, %(currency)s, %(now)s
    FROM unnest(%(accounts)s::text[], %(amounts)s::bigint[]) AS e(account, amount)
), counter AS (
    INSERT INTO payments_receiptcounter AS c (id, last) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET last = c.last + 1 RETURNING last
)
INSERT INTO payments_receipt (number, payment_id, total, tax, currency, paid_with, issued_at)
SELECT last, %(payment)s, %(total)s, %(tax)s, %(currency)s, %(paid_with)s, %(now)s FROM counter
RETURNING number
"""


@operation("payment.record_outcome", internal=True, effect="charge")
def record_outcome(*, payment_id: str, outcome: Outcome, served_by: str = "") -> Payment | None:
    """The payment moved by an outcome, or None when the outcome tells nothing new.

    For settlers only, after they locked what they serve. At capture it posts ledger and receipt.
    `served_by` names what a capture pays for, if it can be given now; else the settler either
    uses `mark_served` or gives the money back with `refund_unserved`.
    """
    payment: Payment = Payment.objects.lock(payment_id)
    if not payment.awaiting:
        return None
    trigger = rules.trigger_of(payment.awaiting, outcome.kind, outcome.code)  # type: ignore[arg-type]
    if trigger == "lose" and payment.state == PaymentState.UNKNOWN:
        return None
    if trigger == "lose":
        return _lose(payment, outcome)
    if trigger == "capture":
        return _capture(payment, outcome, served_by)
    _take(payment, outcome, trigger)
    _note_attempt(payment, outcome)
    if trigger == "decline":
        _declined(payment, outcome)
    elif trigger == "void":
        tell(payment, PaymentVoided(**facts(payment), reason=payment.state_reason), "given back")
    return payment


@operation("payment.mark_served", internal=True, effect="write")
def mark_served(*, payment_id: str, by: str) -> Payment:
    """Note what a captured payment was used for; a payment is used once."""
    payment: Payment = Payment.objects.lock(payment_id)
    if payment.served_by == by:
        return payment
    spent = payment.served_by or payment.refunded or payment.refunding
    if payment.state != PaymentState.CAPTURED or spent:
        raise Conflict(
            "payment.serve.not_servable",
            f"{payment_id} is {payment.state} and cannot pay for {by}.",
        )
    payment.served_by, payment.served_at = by, clock.now()
    payment.save(update_fields=["served_by", "served_at"])
    return payment


@operation("payment.capture", internal=True, effect="charge")
def capture(*, payment_id: str) -> Payment:
    """Ask for the money of an authorised payment; its settler hears how it went."""
    payment: Payment = Payment.objects.lock(payment_id)
    if payment.state == PaymentState.CAPTURED or payment.awaiting == "capture":
        return payment
    if payment.state != PaymentState.AUTHORISED or payment.awaiting:
        raise policies.NOT_CAPTURABLE(payment_id=payment_id, state=payment.state)
    return _request_step(payment, "capture")


@operation("payment.void", internal=True, effect="charge")
def void(*, payment_id: str, reason: str) -> Payment:
    """Give an authorised amount back to the card; its settler hears how it went."""
    payment: Payment = Payment.objects.lock(payment_id)
    if payment.state == PaymentState.VOIDED or payment.awaiting == "void":
        return payment
    if payment.state != PaymentState.AUTHORISED or payment.awaiting:
        raise policies.NOT_VOIDABLE(payment_id=payment_id, state=payment.state)
    payment.state_reason = reason[:200]
    return _request_step(payment, "void")


def _request_step(payment: Payment, step: str) -> Payment:
    payment.awaiting = step
    payment.save(update_fields=["awaiting", "state_reason"])
    request_call(
        gateway=gateway_of(payment),
        method=step,
        key=rules.attempt_key(payment.key, payment.attempt_number, step),
        args={"reference": payment.reference, "payment": payment.public_id},
        then=settler_of(payment.purpose),
        then_args={"payment_id": payment.public_id},
        queue=queue_of(payment),
        about=payment.public_id,
        # Not "amount": whoever is shown what an order costs has seen it at the authorisation.
        shown={step: payment.amount, "currency": payment.currency, "to": payment.paid_with},
    )
    return payment


def _take(payment: Payment, outcome: Outcome, trigger: str) -> None:
    asked_for = trigger == "void" and payment.awaiting == "void"
    reason = payment.state_reason if asked_for else outcome.reason
    payment.awaiting = ""
    payment.reference = _reference(payment, outcome)
    payment.move(trigger, reason=reason, also=["awaiting", "reference"])


def _reference(payment: Payment, outcome: Outcome) -> str:
    return str(outcome.data.get("reference", "")) or payment.reference


def _note_attempt(payment: Payment, outcome: Outcome) -> None:
    PaymentAttempt.objects.filter(payment=payment, number=payment.attempt_number).update(
        state=payment.state,
        reference=payment.reference,
        code=outcome.code[:60],
        reason=outcome.reason[:200],
        next_action=outcome.data.get("next_action"),
        answered_at=clock.now(),
    )


def _lose(payment: Payment, outcome: Outcome) -> Payment:
    payment.move("lose", reason=outcome.reason)
    _note_attempt(payment, outcome)
    event = PaymentUnknown(**facts(payment), step=payment.awaiting)
    tell(payment, event, "has no answer yet")
    return payment


def _capture(payment: Payment, outcome: Outcome, served_by: str) -> Payment:
    was, now = payment.state, clock.now()
    payment.state = payment.LIFECYCLE.target(payment.public_id, was, "capture")
    payment.state_reason, payment.state_changed_at = outcome.reason[:200], now
    payment.awaiting, payment.reference = "", _reference(payment, outcome)
    payment.captured_at = now
    payment.served_by, payment.served_at = served_by, now if served_by else None
    note_moves([payment], "capture", was, reason=outcome.reason)
    receipt = _post(payment)
    event = PaymentCaptured(**facts(payment), paid_with=payment.paid_with, receipt=receipt)
    tell(payment, event, f"paid, receipt {receipt}")
    return payment


def _post(payment: Payment) -> str:
    postings = rules.capture_postings(payment.amount - payment.tax, payment.tax)
    parameters: dict[str, Any] = {
        "payment": payment.pk,
        "state": payment.state,
        "state_reason": payment.state_reason,
        "served_by": payment.served_by,
        "served_at": payment.served_at,
        "attempt": payment.attempt_number,
        "reference": payment.reference,
        "accounts": [posting.account for posting in postings],
        "amounts": [posting.amount for posting in postings],
        "currency": payment.currency,
        "total": payment.amount,
        "tax": payment.tax,
        "paid_with": payment.paid_with,
        "now": payment.captured_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(POST, parameters)
        return receipt_id(cursor.fetchone()[0])


def _declined(payment: Payment, outcome: Outcome) -> None:
    event = PaymentDeclined(
        **facts(payment),
        code=outcome.code,
        reason=outcome.reason,
        decline_class=rules.decline_class(outcome.code),
    )
    tell(payment, event, f"declined: {outcome.reason or outcome.code}")


def facts(payment: Payment) -> dict[str, Any]:
    """What every event of a payment tells."""
    return {
        "payment_id": payment.public_id,
        "customer_id": Customer.public_id_of(payment.customer_id),
        "purpose": payment.purpose,
        "subject": payment.subject,
        "amount": money_text(payment.amount),
        "currency": payment.currency,
    }


def tell(payment: Payment, event: PaymentEvent, what: str) -> None:
    """Publish what happened to a payment, in words with its amount."""
    summary = f"{event.currency} {event.amount} for {payment.description}: {what}"
    publish(event, aggregate=payment, about=event.customer_id, summary=summary)
