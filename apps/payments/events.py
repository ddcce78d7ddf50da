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
class PaymentRefunded(PaymentEvent):
    """Money went back to the card; `amount` is what went back."""

    name: ClassVar[str] = "payment.refunded"
    refund_id: str
    reason: str
    took_back: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefundRefused(PaymentEvent):
    """The processor refused to give money back; a person must see to it."""

    name: ClassVar[str] = "payment.refund_refused"
    refund_id: str
    reason: str


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
