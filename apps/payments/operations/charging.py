"""Charges a person makes by hand."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Literal

from apps.payments import policies, queries
from apps.payments.events import PaymentCharged
from apps.payments.models import Payment, PaymentState
from apps.payments.rules import Line, with_tax_added
from bss.core.calls import Outcome
from bss.core.events import publish
from bss.core.money import parse_money
from bss.core.operations import operation

from .opening import open_payment, regime_today
from .settlers import settles
from .settling import facts, record_outcome


@operation(
    "payment.charge",
    effect="charge",
    roles="finance supervisor",
    result=queries.payment_view,
)
def charge(
    *,
    customer_id: str,
    payment_method_id: str,
    amount: Decimal,
    purpose: str = "manual",
    currency: str | None = None,
    reason: str | None = None,
    tax: Literal["included", "added", "exempt"] = "included",
) -> Payment:
    """Charge a card for something that is not sold here; the reason becomes the receipt's line."""
    minor = parse_money(amount)
    policies.require_manual(purpose, minor, reason)
    tax_class = "exempt" if tax == "exempt" else "standard"
    line = Line(
        text=(reason or "").strip()[:200], offering_id="", tax_class=tax_class, net=minor, tax=0
    )
    if tax == "added":
        line = with_tax_added(line, *regime_today())
    payment: Payment = open_payment(
        purpose=purpose,
        key=f"manual/{uuid.uuid4().hex}",
        customer_id=customer_id,
        method_id=payment_method_id,
        lines=[line],
        capture="now",
    )
    policies.require_currency(currency, payment.currency)
    return payment


@settles("manual")
@operation("payment.settle_manual", internal=True, effect="charge")
def settle_manual(*, payment_id: str, outcome: Outcome) -> None:
    """The receipt of a charge by hand is all that it buys."""
    payment = record_outcome(payment_id=payment_id, outcome=outcome, served_by=payment_id)
    if payment is not None and payment.state == PaymentState.CAPTURED:
        event = PaymentCharged(
            **facts(payment), paid_with=payment.paid_with, reason=payment.description
        )
        publish(event, aggregate=payment)
