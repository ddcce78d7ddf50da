"""Why a card or a payment may be refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from apps.crm.models import Customer, CustomerState
from bss.core.errors import NotFound, rule
from bss.core.money import money_text
from bss.core.operations import check
from bss.core.owners import require_own as require_own

from . import rules
from .models import (
    Dispute,
    Payment,
    PaymentMethod,
    PaymentMethodState,
    PaymentState,
    Reconciliation,
)
from .queries import customer_key, payment_view, view_of_reconciliation

MAX_CARDS = 5

CUSTOMER_STATE = rule(
    "payment_method.add.customer_active_or_pending",
    "Customer {customer_id} is {state}; cards are kept for active and pending customers only.",
)
NO_TOKENIZER = rule(
    "payment_method.add.no_tokenizer",
    "Card numbers are typed at {provider}'s own page; only its token may come here.",
)
INVALID_CARD = rule("payment_method.add.invalid_card", "That is not a card number.")
CARD_EXPIRED = rule(
    "payment_method.add.card_not_expired", "The card expired in {exp_month}/{exp_year}."
)
TOO_MANY = rule(
    "payment_method.add.at_most_n_methods", "A customer may keep {limit} cards; remove one first."
)
DEFAULT_NOT_ACTIVE = rule(
    "payment_method.set_default.removed", "Card {payment_method_id} is {state}; it cannot pay."
)
ALREADY_REMOVED = rule(
    "payment_method.remove.already_removed", "Card {payment_method_id} is already {state}."
)

NO_METHOD = rule("payment.open.no_method", "Customer {customer_id} has no active card.")
METHOD_INACTIVE = rule(
    "payment.charge.method_active", "Card {payment_method_id} is {state}; it cannot be charged."
)
OTHERS_METHOD = rule(
    "payment.charge.customer_matches_method",
    "Card {payment_method_id} does not belong to customer {customer_id}.",
)
OTHER_PROVIDER = rule(
    "payment.charge.token_provider_matches_active",
    "Card {payment_method_id} is known to {provider}; payments go through {active} now.",
)
NOT_POSITIVE = rule("payment.charge.positive_amount", "An amount to charge must be above zero.")
NOT_MANUAL = rule(
    "payment.charge.purpose_manual",
    "Only manual charges are made by hand; {purpose} is charged where it is bought.",
)
NO_REASON = rule("payment.charge.requires_reason", "A manual charge needs a reason.")
OTHER_CURRENCY = rule(
    "payment.charge.operator_currency", "Charges are made in {currency}, not in {asked}."
)
NOT_CAPTURABLE = rule(
    "payment.capture.not_authorised", "{payment_id} is {state}; there is nothing to capture."
)
NOT_VOIDABLE = rule(
    "payment.void.not_authorised", "{payment_id} is {state}; there is nothing to void."
)
NOT_CAPTURED = rule("payment.refund.captured_only", "{payment_id} is {state}; no money was taken.")
REFUND_NOT_POSITIVE = rule("payment.refund.positive_amount", "A refund must be above zero.")
OVER_CAPTURED = rule(
    "payment.refund.not_over_captured", "Only {refundable} of {payment_id} can still be refunded."
)
REFUND_NO_REASON = rule("payment.refund.requires_reason", "A refund needs a reason.")

DISPUTED = rule(
    "payment.refund.disputed",
    "{disputed} of {payment_id} is in the bank's hands; only {refundable} can be refunded.",
)
DISPUTE_NOT_CAPTURED = rule(
    "dispute.open.captured_only", "{payment_id} is {state}; no money was taken."
)
DISPUTE_NOT_POSITIVE = rule("dispute.open.positive_amount", "A dispute is about more than nothing.")
DISPUTE_OVER_CAPTURED = rule(
    "dispute.open.not_over_captured",
    "Only {left} of {payment_id} was taken and neither given back nor disputed already.",
)
DISPUTE_UNEXPLAINED = rule(
    "dispute.open.requires_reference", "A dispute needs the bank's reference and its reason."
)
DISPUTE_TAKEN = rule(
    "dispute.open.reference_of_other",
    "Reference {reference} belongs to a dispute of {belongs_to} already.",
)
DISPUTE_NO_NOTE = rule("dispute.close.requires_note", "Say how the bank let it be known.")
NOT_UNKNOWN = rule(
    "payment.reconcile.not_unknown", "{payment_id} is {state}; how it ended is no question."
)
NO_NOTE = rule(
    "payment.reconcile.requires_note", "Say in a note who found out that it is {outcome}, and how."
)
NO_REFERENCE = rule(
    "payment.reconcile.requires_reference",
    "Give the reference under which the bank or the processor knows it.",
)
CANNOT_HAVE_BEEN = rule(
    "payment.reconcile.outcome_possible",
    "{payment_id} waits for a {step}; that cannot have ended as {outcome}.",
)
KNOWN_OTHERWISE = rule(
    "payment.reconcile.provider_knows_otherwise",
    "You say {outcome}, but the processor says {told}; its word counts. {why}",
)


def provider() -> str:
    """The card processor of this installation."""
    return settings.BSS.gateways["cards"]


@check("payment.remove_method")
def require_own_card(*, method_id: str) -> None:
    """Before any other check speaks of a card, it is the customer's own."""
    owner = PaymentMethod.objects.get_by_id(method_id).customer_id
    require_own(PaymentMethod.NOUN, Customer.public_id_of(owner), method_id)


def require_may_keep_card(customer: Customer) -> None:
    """The customer is neither suspended nor closed."""
    if customer.state not in (CustomerState.ACTIVE, CustomerState.PENDING):
        raise CUSTOMER_STATE(customer_id=customer.public_id, state=customer.state)


def require_card(
    number: str, exp_month: int | None, exp_year: int | None, today: date
) -> rules.Card:
    """The typed number is a card we may keep a token of."""
    if provider() != "mock":
        raise NO_TOKENIZER(provider=provider())
    card = rules.read_card(number, exp_month, exp_year, today)
    if card is None or not 1 <= card.exp_month <= 12:
        raise INVALID_CARD()
    if card.expired(today):
        raise CARD_EXPIRED(exp_month=card.exp_month, exp_year=card.exp_year)
    return card


def require_room(kept: int) -> None:
    """One more card is allowed."""
    if kept >= MAX_CARDS:
        raise TOO_MANY(limit=MAX_CARDS)


def require_can_pay(method: PaymentMethod) -> None:
    """The card may become the default."""
    if method.state != PaymentMethodState.ACTIVE:
        raise DEFAULT_NOT_ACTIVE(payment_method_id=method.public_id, state=method.state)


def require_removable(method: PaymentMethod) -> None:
    """The card is still on file."""
    if not method.can("remove"):
        raise ALREADY_REMOVED(payment_method_id=method.public_id, state=method.state)


def require_chargeable(method: PaymentMethod, customer_id: str) -> None:
    """The card is active, the payer's own, and known to the processor in use."""
    facts = {"payment_method_id": method.public_id, "customer_id": customer_id}
    if Customer.public_id_of(method.customer_id) != customer_id:
        raise OTHERS_METHOD(**facts)
    if method.state != PaymentMethodState.ACTIVE:
        raise METHOD_INACTIVE(state=method.state, **facts)
    if method.provider != provider():
        raise OTHER_PROVIDER(provider=method.provider, active=provider(), **facts)


def require_method(
    wanted: rules.Wanted,
    named: dict[str, PaymentMethod],
    defaults: dict[int, PaymentMethod],
) -> PaymentMethod | None:
    """The card that pays: the named one, else the payer's default; none when nothing is due."""
    if wanted.amount == 0:
        return None
    if wanted.method_id is None:
        method = defaults.get(customer_key(wanted.customer_id))
        if method is None:
            raise NO_METHOD(customer_id=wanted.customer_id)
    elif wanted.method_id not in named:
        raise NotFound(PaymentMethod.NOUN, wanted.method_id)
    else:
        method = named[wanted.method_id]
    require_chargeable(method, wanted.customer_id)
    return method


def require_manual(purpose: str, amount: int, reason: str | None) -> None:
    """A charge by hand says why, and is not a purchase in disguise."""
    if purpose != "manual":
        raise NOT_MANUAL(purpose=purpose)
    if amount <= 0:
        raise NOT_POSITIVE(amount=amount)
    if not (reason or "").strip():
        raise NO_REASON()


def require_currency(asked: str | None, currency: str) -> None:
    """There is one currency per installation."""
    if asked and asked.upper() != currency:
        raise OTHER_CURRENCY(asked=asked, currency=currency)


def require_reconcilable(payment: Payment, outcome: str | None, note: str, reference: str) -> None:
    """Nobody knows how it ended, and whoever says so tells where they have it from."""
    facts = {"payment_id": payment.public_id, "outcome": outcome}
    if payment.state != PaymentState.UNKNOWN:
        raise NOT_UNKNOWN(state=payment.state, **facts)
    if not outcome:
        return
    if (payment.awaiting, outcome) not in rules.SAYABLE:
        raise CANNOT_HAVE_BEEN(step=payment.awaiting, **facts)
    if not note.strip():
        raise NO_NOTE(**facts)
    if not reference.strip():
        raise NO_REFERENCE(**facts)


def reconciled(reconciliation_id: str) -> dict[str, Any]:
    """The payment that was asked about; refused where the processor contradicts the person."""
    asked: Reconciliation = Reconciliation.objects.select_related("payment").get_by_id(
        reconciliation_id
    )
    if rules.contradicts(asked.says, asked.step, asked.told):
        raise KNOWN_OTHERWISE(outcome=asked.says, told=asked.told, why=asked.why)
    return {
        **payment_view(asked.payment.public_id),
        "reconciliation": view_of_reconciliation(asked),
    }


def require_refundable(payment: Payment, amount: int, reason: str) -> None:
    """Money was taken and not more is given back than that."""
    if payment.state != PaymentState.CAPTURED:
        raise NOT_CAPTURED(payment_id=payment.public_id, state=payment.state)
    if not reason.strip():
        raise REFUND_NO_REASON()
    facts = {"payment_id": payment.public_id, "refundable": money_text(payment.refundable)}
    if payment.disputed and (amount > payment.refundable or not payment.refundable):
        raise DISPUTED(disputed=money_text(payment.disputed), **facts)
    if amount > payment.refundable:
        raise OVER_CAPTURED(**facts)
    if amount <= 0:
        raise REFUND_NOT_POSITIVE(amount=amount)


def require_disputable(
    payment: Payment, amount: int, left: int, reference: str, reason: str
) -> None:
    """Money was taken, and the bank says how it knows the dispute."""
    facts = {"payment_id": payment.public_id, "state": payment.state}
    if payment.state != PaymentState.CAPTURED:
        raise DISPUTE_NOT_CAPTURED(**facts)
    if not (reference.strip() and reason.strip()):
        raise DISPUTE_UNEXPLAINED(**facts)
    if amount > left:
        raise DISPUTE_OVER_CAPTURED(left=money_text(left), **facts)
    if amount <= 0:
        raise DISPUTE_NOT_POSITIVE(**facts)


def require_same_payment(known: Dispute, payment: Payment) -> None:
    """A reference means one dispute of one payment."""
    if known.payment_id != payment.pk:
        belongs_to = Payment.public_id_of(known.payment_id)
        raise DISPUTE_TAKEN(reference=known.reference, belongs_to=belongs_to)


def require_note(note: str) -> None:
    """Whoever closes a dispute says where they have it from."""
    if not note.strip():
        raise DISPUTE_NO_NOTE()
