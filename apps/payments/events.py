"""What happens to cards and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(Event):
    """What every event of a payment tells."""

    payment_id: str
    customer_id: str
    purpose: str
    subject: str
    amount: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured(PaymentEvent):
    """The money is ours; a receipt exists."""

    name: ClassVar[str] = "payment.captured"
    paid_with: str
    receipt: str


@dataclass(frozen=True, kw_only=True)
class PaymentCharged(PaymentEvent):
    """A charge made by hand went through; the customer gets a receipt."""

    name: ClassVar[str] = "payment.charged"
    paid_with: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentDeclined(PaymentEvent):
    """The attempt is finally over without money."""

    name: ClassVar[str] = "payment.declined"
    code: str
    reason: str
    # `hard`, `soft`, or `authentication`: only the cardholder can make it pass.
    decline_class: str = "soft"


@dataclass(frozen=True, kw_only=True)
class PaymentVoided(PaymentEvent):
    """A reservation on the card was given back."""

    name: ClassVar[str] = "payment.voided"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentUnknown(PaymentEvent):
    """The processor has not told how it ended; nothing is resent under another key."""

    name: ClassVar[str] = "payment.unknown"
    step: str


@dataclass(frozen=True, kw_only=True)
class PaymentReconciled(PaymentEvent):
    """How a payment ended became known because a person asked or found out."""

    name: ClassVar[str] = "payment.reconciled"
    outcome: str
    decided_by: str
    note: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class PaymentStateDrifted(PaymentEvent):
    """The processor tells another end than the one that was taken; a person must compare."""

    name: ClassVar[str] = "payment.attempt_state_drift"
    state: str
    told: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(PaymentEvent):
    """Money went back to the card; `amount` is what went back."""

    name: ClassVar[str] = "payment.refunded"
    refund_id: str
    reason: str
    took_back: str
    credit_note: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentRefundRefused(PaymentEvent):
    """The processor refused to give money back; a person must see to it."""

    name: ClassVar[str] = "payment.refund_refused"
    refund_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DisputeEvent(PaymentEvent):
    """What every event of a dispute tells; `amount` is what is disputed."""

    name: ClassVar[str] = ""
    dispute_id: str
    reason: str
    reference: str
    # What the payment had bought, in the words of the app that gave it.
    served_by: str


@dataclass(frozen=True, kw_only=True)
class DisputeOpened(DisputeEvent):
    """A bank withholds money until it has decided; whoever gave service for it may stop it."""

    name: ClassVar[str] = "payment.dispute_opened"


@dataclass(frozen=True, kw_only=True)
class DisputeWon(DisputeEvent):
    """The withheld money is ours again."""

    name: ClassVar[str] = "payment.dispute_won"


@dataclass(frozen=True, kw_only=True)
class DisputeLost(DisputeEvent):
    """The withheld money is gone for good."""

    name: ClassVar[str] = "payment.dispute_lost"


@dataclass(frozen=True, kw_only=True)
class TaxExemptionEvent(Event):
    """What every event of an exemption tells."""

    customer_id: str
    exemption_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TaxExemptionGranted(TaxExemptionEvent):
    """A customer pays no sales tax from now on."""

    name: ClassVar[str] = "tax_exemption.granted"
    agreed: ClassVar[frozenset[str]] = frozenset({"reason"})


@dataclass(frozen=True, kw_only=True)
class TaxExemptionEnded(TaxExemptionEvent):
    """A customer pays sales tax again."""

    name: ClassVar[str] = "tax_exemption.ended"


@dataclass(frozen=True, kw_only=True)
class PaymentMethodEvent(Event):
    """What every event of a card tells."""

    payment_method_id: str
    customer_id: str
    brand: str
    last4: str


@dataclass(frozen=True, kw_only=True)
class PaymentMethodAdded(PaymentMethodEvent):
    """A card may be charged from now on."""

    name: ClassVar[str] = "payment_method.added"
    is_default: bool


@dataclass(frozen=True, kw_only=True)
class PaymentMethodRefused(PaymentMethodEvent):
    """The processor would not keep the card."""

    name: ClassVar[str] = "payment_method.refused"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentMethodDefaultChanged(PaymentMethodEvent):
    """Another card pays from now on."""

    name: ClassVar[str] = "payment_method.default_changed"


@dataclass(frozen=True, kw_only=True)
class PaymentMethodRemoved(PaymentMethodEvent):
    """The card is never charged again."""

    name: ClassVar[str] = "payment_method.removed"


@dataclass(frozen=True, kw_only=True)
class PaymentMethodCutoverInvalidated(PaymentMethodEvent):
    """Payments go through another processor now, which does not know the card."""

    name: ClassVar[str] = "payment_method.cutover_invalidated"
    # The processor that knows it.
    processor: str


@dataclass(frozen=True, kw_only=True)
class PaymentMethodExpiring(PaymentMethodEvent):
    """The card will soon be over; its owner should add another."""

    name: ClassVar[str] = "payment_method.expiring"
    exp_month: int
    exp_year: int
