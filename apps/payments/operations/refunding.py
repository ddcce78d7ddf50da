"""Money on its way back."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection

from apps.payments import policies, queries, rules
from apps.payments.events import PaymentRefunded, PaymentRefundRefused
from apps.payments.models import CreditNote, LedgerEntry, Payment, PaymentState, Refund
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.errors import Conflict
from bss.core.events import publish
from bss.core.money import money_text, parse_money
from bss.core.operations import operation

from .opening import gateway_of, queue_of
from .settling import facts

NEXT_CREDIT_NOTE = """
INSERT INTO payments_creditnotecounter AS c (id, last) VALUES (1, 1)
ON CONFLICT (id) DO UPDATE SET last = c.last + 1 RETURNING last
"""


@operation(
    "payment.refund",
    effect="charge",
    roles="finance supervisor",
    result=queries.payment_view,
)
def refund(
    *,
    payment_id: str,
    reason: str,
    amount: Decimal | None = None,
    took_back: str = "nothing",
) -> Payment:
    """Give all that is left of a captured payment, or a part, back to the card it came from."""
    payment: Payment = Payment.objects.lock(payment_id)
    minor = payment.refundable if amount is None else parse_money(amount)
    policies.require_refundable(payment, minor, reason)
    return _request(payment, minor, reason, took_back if payment.served_by else "")


@operation("payment.refund_unserved", internal=True, effect="charge")
def refund_unserved(*, payment_id: str, reason: str) -> Payment:
    """Give back all of a captured payment that bought nothing; does nothing a second time."""
    payment: Payment = Payment.objects.lock(payment_id)
    if payment.state != PaymentState.CAPTURED or payment.served_by:
        raise Conflict(
            "payment.refund_unserved.served",
            f"{payment_id} is {payment.state}, served {payment.served_by or 'nobody'}.",
        )
    return _request(payment, payment.refundable, reason, "") if payment.refundable else payment


@operation("payment.settle_refund", internal=True, effect="charge")
def settle_refund(*, refund_id: str, payment_id: str, outcome: Outcome) -> Refund | None:
    """The refund moved by what the processor said, with its ledger entries; None if final."""
    payment: Payment = Payment.objects.lock(payment_id)
    refund: Refund = Refund.objects.lock(refund_id)
    if outcome.unknown:
        return refund.move("lose", reason=outcome.reason) if refund.can("lose") else None
    if not refund.can("succeed"):
        return None
    payment.refunding -= refund.amount
    if outcome.succeeded:
        _succeeded(payment, refund, outcome)
    else:
        _refused(payment, refund, outcome)
    return refund


@operation("payment.take_in_refund", internal=True, effect="charge")
def take_in(*, payment_id: str, total: int, reference: str) -> str:
    """Write down a refund that somebody made at the processor; what came of it in one sentence."""
    payment: Payment = Payment.objects.lock(payment_id)
    more = min(total - payment.refunded - payment.refunding, payment.refundable)
    if payment.state != PaymentState.CAPTURED or more <= 0:
        return f"{payment_id}: every refund of it is known"
    took_back = "nothing" if payment.served_by else ""
    refund = _write_down(payment, more, "Refunded at the processor", took_back)
    payment.refunding -= more
    _succeeded(payment, refund, Outcome("succeeded", {"reference": reference}))
    return f"{refund.public_id} was made at the processor"


def _request(payment: Payment, amount: int, reason: str, took_back: str) -> Payment:
    refund = _write_down(payment, amount, reason, took_back)
    request_call(
        gateway=gateway_of(payment),
        method="refund",
        key=refund_key(payment, refund),
        args={
            "reference": payment.reference,
            "amount": amount,
            "currency": payment.currency,
            "payment": payment.public_id,
        },
        then="payment.settle_refund",
        then_args={"refund_id": refund.public_id, "payment_id": payment.public_id},
        queue=queue_of(payment),
        about=payment.public_id,
        shown={"refund": amount, "currency": payment.currency, "to": payment.paid_with},
    )
    return payment


def refund_key(payment: Payment, refund: Refund) -> str:
    """The key under which the processor knows a refund."""
    return rules.attempt_key(payment.key, payment.attempt_number, "refund", refund.number)


def _write_down(payment: Payment, amount: int, reason: str, took_back: str) -> Refund:
    payment.refunding += amount
    payment.save(update_fields=["refunding"])
    refund: Refund = Refund.objects.create(
        payment=payment,
        number=Refund.objects.filter(payment=payment).count() + 1,
        amount=amount,
        reason=reason[:200],
        took_back=took_back[:200],
    )
    return refund


def _succeeded(payment: Payment, refund: Refund, outcome: Outcome) -> None:
    before = payment.refunded
    payment.refunded += refund.amount
    payment.save(update_fields=["refunding", "refunded"])
    refund.reference = str(outcome.data.get("reference", ""))
    refund.move("succeed", also=["reference"])
    tax = _tax_of(payment, refund, before)
    _post(payment, refund, tax)
    event = PaymentRefunded(
        **_facts(payment, refund),
        reason=refund.reason,
        took_back=refund.took_back,
        credit_note=_issue_credit_note(payment, refund, tax),
    )
    _tell(payment, event, f"given back to {payment.paid_with}: {refund.reason}")


def _refused(payment: Payment, refund: Refund, outcome: Outcome) -> None:
    payment.save(update_fields=["refunding"])
    refund.move("refuse", reason=outcome.reason)
    event = PaymentRefundRefused(**_facts(payment, refund), reason=outcome.reason)
    _tell(payment, event, f"could not be given back: {outcome.reason}")


def _tax_of(payment: Payment, refund: Refund, before: int) -> int:
    after = before + refund.amount
    return rules.tax_within(after, payment.amount, payment.tax) - rules.tax_within(
        before, payment.amount, payment.tax
    )


def _issue_credit_note(payment: Payment, refund: Refund, tax: int) -> str:
    """The number of the document of a refund; its counter is locked last, until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_CREDIT_NOTE)
        number = cursor.fetchone()[0]
    note = CreditNote.objects.create(
        number=number,
        receipt=payment.receipt,
        refund=refund,
        total=refund.amount,
        tax=tax,
        currency=payment.currency,
    )
    return note.public_id


def _post(payment: Payment, refund: Refund, tax: int) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            payment=payment,
            refund=refund,
            account=posting.account,
            amount=posting.amount,
            currency=payment.currency,
            at=clock.now(),
        )
        for posting in rules.refund_postings(refund.amount, tax)
    )


def _facts(payment: Payment, refund: Refund) -> dict[str, str]:
    return {
        **facts(payment),
        "amount": money_text(refund.amount),
        "refund_id": refund.public_id,
    }


def _tell(payment: Payment, event: PaymentRefunded | PaymentRefundRefused, what: str) -> None:
    summary = f"{event.currency} {event.amount} {what}"
    publish(event, aggregate=payment, about=event.customer_id, summary=summary)
