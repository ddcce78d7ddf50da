"""Bringing in answers that did not come by themselves."""

from __future__ import annotations

from typing import Any, Literal

from django.db import connection

from apps.payments import policies, rules
from apps.payments.events import PaymentReconciled
from apps.payments.models import Payment, Reconciliation, Refund, Told
from bss.core import clock
from bss.core.answering import answer_call
from bss.core.calls import Outcome, request_call
from bss.core.context import current
from bss.core.errors import Conflict
from bss.core.events import publish
from bss.core.models import Call
from bss.core.operations import operation

from .opening import queue_of
from .refunding import refund_key
from .settling import facts

LAST_ATTEMPT = 11


@operation("payment.reconcile", effect="charge", roles="finance", result=policies.reconciled)
def reconcile(
    *,
    payment_id: str,
    outcome: Literal["captured", "authorised", "declined", "voided"] | None = None,
    note: str = "",
    reference: str = "",
) -> Reconciliation:
    """Ask the processor how a payment ended; where it cannot say, take the bank's word from you."""
    payment: Payment = Payment.objects.lock(payment_id)
    policies.require_reconcilable(payment, outcome, note, reference)
    asked = _note_question(payment, payment.awaiting, outcome, note, reference)
    _inquire(payment, asked)
    return asked


@operation("payment.reconcile_refund", effect="charge", roles="finance", result=policies.reconciled)
def reconcile_refund(
    *,
    refund_id: str,
    outcome: Literal["succeeded", "refused"] | None = None,
    note: str = "",
    reference: str = "",
) -> Reconciliation:
    """Ask the processor how a refund ended; where it cannot say, take the bank's word from you."""
    known: Refund = Refund.objects.get_by_id(refund_id)
    payment: Payment = Payment.objects.lock(known.payment_id)
    refund: Refund = Refund.objects.lock(refund_id)
    policies.require_refund_reconcilable(refund, outcome, note, reference)
    asked = _note_question(payment, "refund", outcome, note, reference, refund)
    _inquire(payment, asked)
    return asked


def _note_question(
    payment: Payment,
    step: str,
    outcome: str | None,
    note: str,
    reference: str,
    refund: Refund | None = None,
) -> Reconciliation:
    asked: Reconciliation = Reconciliation.objects.create(
        payment=payment,
        refund=refund,
        number=payment.reconciliations.count() + 1,
        step=step,
        says=outcome or "",
        note=note.strip()[:200],
        reference=reference.strip()[:120],
        asked_by=current().person,
    )
    return asked


@operation("payment.settle_inquiry", internal=True, effect="charge")
def settle_inquiry(*, reconciliation_id: str, outcome: Outcome) -> None:
    """Take the processor's word, else the person's; the call that waits then runs the settler."""
    found = Reconciliation.objects.select_related("payment", "refund")
    asked: Reconciliation = found.lock(reconciliation_id)
    asked.told = outcome.data.get("told", Told.NOTHING)
    asked.why = str(outcome.data.get("why", outcome.reason))[:200]
    asked.answered_at = clock.now()
    word = _word_of(asked, outcome)
    if word is not None and _hand_over(_key_of_question(asked), word):
        asked.decided_by = "person" if asked.told in ("nothing", "absent") else "processor"
        _tell(asked, word)
    asked.save(update_fields=["told", "why", "answered_at", "decided_by"])


@operation("payment.answer", internal=True, effect="charge")
def answer(
    *,
    payment_id: str,
    kind: Literal["succeeded", "refused"],
    reference: str = "",
    code: str = "",
    reason: str = "",
) -> Payment:
    """Hand what the processor told by another way to the call that waits for it.

    The call itself then runs the payment's settler, so a webhook, a report and an inline answer
    all end the same way and only the first of them counts.
    """
    payment: Payment = Payment.objects.get_by_id(payment_id)
    data: dict[str, Any] = {"reference": reference} if reference else {}
    outcome = Outcome(kind, data, code, reason)
    if not (payment.awaiting and _hand_over(_key_of(payment, payment.awaiting), outcome)):
        raise Conflict("payment.answer.not_waiting", f"{payment_id} waits for no answer.")
    return payment


@operation("payment.ask_again", internal=True, effect="write")
def ask_again(*, call_id: int) -> None:
    """Let a parked question to the card processor be asked once more, by look-up first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_call SET state = 'open', attempts = %s, run_at = now()"
            " WHERE id = %s AND state = 'parked' AND outcome IS NULL",
            [LAST_ATTEMPT, call_id],
        )


def _key_of(payment: Payment, step: str) -> str:
    step = "" if step in ("charge", "authorise") else step
    return rules.attempt_key(payment.key, payment.attempt_number, step)


def _key_of_question(asked: Reconciliation) -> str:
    if asked.refund:
        return refund_key(asked.payment, asked.refund)
    return _key_of(asked.payment, asked.step)


def _inquire(payment: Payment, asked: Reconciliation) -> None:
    of = _key_of_question(asked)
    sent = Call.objects.get(gateway="cards", key=of)
    request_call(
        gateway="cards",
        method="inquire",
        key=f"{of}/inquiry/{asked.number}",
        args={"of": of, "method": sent.method, "args": sent.args},
        then="payment.settle_inquiry",
        then_args={"reconciliation_id": asked.public_id},
        queue=queue_of(payment),
        about=payment.public_id,
        shown={
            "asks": asked.refund.public_id if asked.refund else payment.public_id,
            "says": asked.says,
        },
    )


def _word_of(asked: Reconciliation, outcome: Outcome) -> Outcome | None:
    """The outcome to go by, or None while nobody knows it."""
    if told := outcome.data.get("outcome"):
        return Outcome(**told)
    if not asked.says or rules.contradicts(asked.says, asked.step, asked.told):
        return None
    kind = rules.SAYABLE[asked.step, asked.says]
    code = "" if kind == "succeeded" else asked.says
    return Outcome(kind, {"reference": asked.reference}, code, asked.note)


def _hand_over(key: str, outcome: Outcome) -> bool:
    return answer_call(gateway="cards", key=key, outcome=outcome)


def _tell(asked: Reconciliation, word: Outcome) -> None:
    payment = asked.payment
    event = PaymentReconciled(
        **facts(payment),
        outcome=word.kind,
        decided_by=asked.decided_by,
        note=asked.note,
        reference=str(word.data.get("reference", "")),
    )
    who = f"{asked.asked_by} says" if asked.decided_by == "person" else "the processor says"
    what = (
        f"refund {asked.refund.public_id} of {payment.description}"
        if asked.refund
        else (f"{event.currency} {event.amount} for {payment.description}")
    )
    summary = f"{what}: {who} {word.kind}"
    publish(event, aggregate=asked, about=event.customer_id, summary=summary)
