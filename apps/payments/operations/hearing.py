"""Taking in what a card processor tells by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

from apps.payments import rules
from apps.payments.events import PaymentStateDrifted
from apps.payments.models import (
    OVER_WITHOUT_MONEY,
    Dispute,
    HookState,
    Payment,
    PaymentState,
    ProcessorEvent,
)
from bss.core import clock
from bss.core.answering import answer_call
from bss.core.calls import Outcome, refused, succeeded
from bss.core.events import publish
from bss.core.operations import operation

from .disputing import decide, take_up
from .refunding import take_in
from .settling import facts as facts_of

PATIENCE = timedelta(minutes=5)
ATTEMPTS = 12

Facts = dict[str, Any]


class NotYet(Exception):
    """The message is about something that is not here, perhaps because it came too early."""


@operation("processor_event.receive", internal=True, effect="charge")
def receive(*, provider: str, event_id: str, kind: str, facts: Facts) -> bool:
    """Keep and apply a message of a card processor; False when it was known already."""
    message, is_new = ProcessorEvent.objects.get_or_create(
        provider=provider, event_id=event_id, defaults={"kind": kind, "facts": facts}
    )
    if is_new:
        _apply(message)
    return is_new


@operation("processor_event.apply", internal=True, effect="charge")
def apply_message(*, message_id: int) -> None:
    """Apply a message that came before what it is about."""
    message = ProcessorEvent.objects.select_for_update(no_key=True).get(pk=message_id)
    if message.state == HookState.WAITING:
        _apply(message)


def _apply(message: ProcessorEvent) -> None:
    listener = LISTENERS.get(message.kind)
    try:
        message.note = listener(message.facts) if listener else "does not concern us"
        message.state = HookState.APPLIED if listener else HookState.IGNORED
    except NotYet as why:
        message.attempts += 1
        message.run_at = clock.real() + PATIENCE * message.attempts
        message.note = str(why)
        message.state = HookState.IGNORED if message.attempts >= ATTEMPTS else HookState.WAITING
    message.save(update_fields=["state", "note", "attempts", "run_at"])


def _payment_of(facts: Facts) -> Payment:
    if facts.get("bss_payment"):
        key = facts["bss_payment"].removeprefix(f"{Payment.PREFIX}-")
        found = Payment.objects.filter(pk=int(key) if key.isdigit() else 0)
    else:
        reference = facts.get("payment_intent") or facts.get("id", "")
        found = Payment.objects.exclude(reference="").filter(reference=reference)
    known: Payment | None = found.first()
    if known is None:
        raise NotYet("no payment of ours")
    return known


def _hand_over(facts: Facts, steps: dict[str, Outcome], never: tuple[str, ...] = ()) -> str:
    """Answer the step that a payment waits for; `never` are ends the message contradicts."""
    payment = _payment_of(facts)
    step, first = payment.awaiting, rules.attempt_key(payment.key, payment.attempt_number)
    if facts.get("bss_key", first) != first:
        return "about an attempt that is over"
    if step in steps:
        key = first if step in ("charge", "authorise") else f"{first}/{step}"
        answered = answer_call(gateway="cards", key=key, outcome=steps[step])
        return f"{payment.public_id}: {step} {'answered' if answered else 'was answered before'}"
    if payment.state in never:
        _tell_drift(payment, facts, next(iter(steps.values())))
        return f"{payment.public_id} is {payment.state}; that is not what is told"
    return f"{payment.public_id} is {payment.state} and waits for nothing of it"


def _tell_drift(payment: Payment, told: Facts, outcome: Outcome) -> None:
    Payment.objects.lock(payment.public_id)
    event = PaymentStateDrifted(
        **facts_of(payment), state=payment.state, told=outcome.kind, reference=told["id"]
    )
    summary = f"{payment.public_id} is {payment.state}, but the processor says {outcome.kind}"
    publish(event, aggregate=payment, about=event.customer_id, summary=summary)


def paid(facts: Facts) -> str:
    done = succeeded(reference=facts["id"])
    return _hand_over(facts, {"charge": done, "capture": done}, never=OVER_WITHOUT_MONEY)


def reserved(facts: Facts) -> str:
    return _hand_over(facts, {"authorise": succeeded(reference=facts["id"])})


def failed(facts: Facts) -> str:
    no = refused(facts.get("code", "card_declined"), "The bank refused.", reference=facts["id"])
    return _hand_over(facts, {"charge": no, "authorise": no}, never=(PaymentState.CAPTURED,))


def cancelled(facts: Facts) -> str:
    gone = refused(rules.VOIDED, "The reservation was given back.", reference=facts["id"])
    return _hand_over(facts, {"void": succeeded(reference=facts["id"]), "capture": gone})


def refunded(facts: Facts) -> str:
    payment = _payment_of(facts)
    return take_in(
        payment_id=payment.public_id,
        total=facts["amount_refunded"],
        reference=facts["id"],
    )


def refund_ended(facts: Facts) -> str:
    if not facts.get("bss_key"):
        return "not a refund of ours"
    if facts["status"] not in ("succeeded", "failed", "canceled"):
        return "not decided"
    outcome = succeeded(reference=facts["id"], amount=facts["amount"])
    if facts["status"] != "succeeded":
        reason = facts.get("failure_reason") or facts["status"]
        outcome = refused("refund_failed", reason, reference=facts["id"])
    answered = answer_call(gateway="cards", key=facts["bss_key"], outcome=outcome)
    return "refund answered" if answered else "refund was answered before"


def dispute_opened(facts: Facts) -> str:
    payment = _payment_of({"payment_intent": facts.get("payment_intent")})
    dispute = take_up(
        payment_id=payment.public_id,
        reference=facts["id"],
        reason=facts.get("reason", "not told"),
        minor=facts.get("amount"),
        refunded_too=True,
    )
    return f"{dispute.public_id} of {payment.public_id}"


def dispute_closed(facts: Facts) -> str:
    dispute = Dispute.objects.filter(reference=facts["id"]).first()
    if dispute is None:
        raise NotYet("no dispute of ours")
    if not dispute.can("win"):
        return f"{dispute.public_id} is {dispute.state} already"
    outcome: Literal["won", "lost"] = "lost" if facts.get("status") == "lost" else "won"
    decide(dispute_id=dispute.public_id, outcome=outcome, note=f"The bank says {facts['status']}.")
    return f"{dispute.public_id} {outcome}"


LISTENERS: dict[str, Callable[[Facts], str]] = {
    "payment_intent.succeeded": paid,
    "payment_intent.amount_capturable_updated": reserved,
    "payment_intent.payment_failed": failed,
    "payment_intent.canceled": cancelled,
    "charge.refunded": refunded,
    "charge.refund.updated": refund_ended,
    "refund.updated": refund_ended,
    "refund.failed": refund_ended,
    "charge.dispute.created": dispute_opened,
    "charge.dispute.closed": dispute_closed,
}
