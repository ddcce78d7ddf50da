"""What may be seen of cards and payments, in the words of the outside."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from apps.crm.models import Customer
from apps.payments.models import (
    Dispute,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    PaymentMethodState,
    PaymentState,
    Purpose,
    Reconciliation,
    Refund,
    RefundState,
)
from apps.payments.rules.taxes import percent
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import NotFound
from bss.core.ids import parse_id
from bss.core.money import money_text

# The words clients of the older system know; `state` tells the whole truth.
STATUS = {
    PaymentState.REQUESTED: "pending",
    PaymentState.UNKNOWN: "pending",
    PaymentState.AUTHORISED: "approved",
    PaymentState.CAPTURED: "approved",
    PaymentState.DECLINED: "declined",
    PaymentState.VOIDED: "voided",
}
SHOWN_METHODS = (
    PaymentMethodState.ACTIVE,
    PaymentMethodState.PENDING,
    PaymentMethodState.EXPIRED,
)


def customer_key(customer_id: str) -> int:
    """The key behind a customer's public id."""
    return parse_id(customer_id, Customer.PREFIX, "customer")


def method_key(method_id: str) -> int:
    """The key behind a card's public id."""
    return parse_id(method_id, PaymentMethod.PREFIX, PaymentMethod.NOUN)


def default_method(customer_id: str | int) -> PaymentMethod | None:
    """The card that pays when none is named."""
    key = customer_id if isinstance(customer_id, int) else customer_key(customer_id)
    return PaymentMethod.objects.filter(customer_id=key, is_default=True).first()


def is_last_card(method_id: str) -> bool:
    """True when removing the card would leave its customer without an active one."""
    method = PaymentMethod.objects.get_by_id(method_id)
    others = PaymentMethod.objects.active().filter(customer_id=method.customer_id)
    return not others.exclude(pk=method.pk).exists()


def methods_of(customer_id: str) -> QuerySet[PaymentMethod]:
    """A customer's cards, oldest first, without those removed or refused."""
    mine = PaymentMethod.objects.filter(customer_id=customer_key(customer_id))
    return mine.filter(state__in=SHOWN_METHODS).order_by("pk")


def cards_of_other_processors() -> QuerySet[PaymentMethod]:
    """Cards in use that the processor of this installation does not know."""
    return PaymentMethod.objects.active().exclude(provider=settings.BSS.gateways["cards"])


def payments(
    *, customer_id: str | None = None, state: str | None = None, subject: str | None = None
) -> QuerySet[Payment]:
    """Payments, newest first."""
    found = Payment.objects.order_by("-pk")
    if customer_id:
        found = found.filter(customer_id=customer_key(customer_id))
    if state:
        found = found.filter(state=state)
    return found.filter(subject=subject) if subject else found


def attempts(
    *, customer_id: str | None = None, payment_method_id: str | None = None
) -> QuerySet[PaymentAttempt]:
    """Attempts, newest first."""
    found = PaymentAttempt.objects.select_related("payment").order_by("-pk")
    if customer_id:
        found = found.filter(payment__customer_id=customer_key(customer_id))
    if payment_method_id:
        found = found.filter(method_id=method_key(payment_method_id))
    return found


def attempt(attempt_id: str) -> PaymentAttempt:
    """The attempt `PAY-000012-2`; a payment's id alone means its latest one."""
    payment_id, _, number = attempt_id.partition("-")[2].partition("-")
    key = parse_id(f"{Payment.PREFIX}-{payment_id}", Payment.PREFIX, "payment_attempt")
    found = PaymentAttempt.objects.select_related("payment").filter(payment_id=key)
    if number:
        found = found.filter(number=int(number) if re.fullmatch(r"\d{1,4}", number) else -1)
    latest = found.order_by("-number").first()
    if latest is None:
        raise NotFound("payment_attempt", attempt_id)
    return latest


def unknown_for(hours: int = 24) -> QuerySet[Payment]:
    """Payments whose outcome nobody has told us for so long; a person's work list."""
    long_ago = clock.now() - timedelta(hours=hours)
    waiting = Payment.objects.exclude(awaiting="").filter(state_changed_at__lte=long_ago)
    return waiting.order_by("state_changed_at")


def refunds_unknown_for(hours: int = 24) -> QuerySet[Refund]:
    """Refunds whose outcome nobody has told us for so long."""
    long_ago = clock.now() - timedelta(hours=hours)
    waiting = Refund.objects.filter(state=RefundState.UNKNOWN, state_changed_at__lte=long_ago)
    return waiting.select_related("payment").order_by("state_changed_at")


def unknown_renewal(subject: str) -> dict[str, Any] | None:
    """The oldest renewal of a line whose payment nobody knows the end of."""
    waiting = Payment.objects.filter(
        subject=subject, purpose=Purpose.RENEWAL, state=PaymentState.UNKNOWN
    )
    payment = waiting.order_by("pk").first()
    if payment is None:
        return None
    return {
        "paymentId": payment.public_id,
        "renewalOf": payment.key.rpartition("/")[2],
        "amount": money_text(payment.amount),
        "currency": payment.currency,
        "since": payment.state_changed_at.isoformat(),
    }


def method_view(method_id: str) -> dict[str, Any]:
    """One card as PM."""
    return view_of_method(PaymentMethod.objects.get_by_id(method_id))


def view_of_method(method: PaymentMethod) -> dict[str, Any]:
    """A card as PM: never its number, the token only as far as it is recognised."""
    return {
        "id": method.public_id,
        "href": f"/tmf-api/paymentMethod/v4/paymentMethod/{method.public_id}",
        "customerId": Customer.public_id_of(method.customer_id),
        "type": method.kind,
        "tokenizationProvider": method.provider,
        "providerToken": masked(method.token),
        "cardSummary": {
            "brand": method.brand,
            "last4": method.last4,
            "expMonth": method.exp_month,
            "expYear": method.exp_year,
            "country": method.country or None,
        },
        "isDefault": method.is_default,
        "status": method.state,
        "createdAt": method.created_at.isoformat(),
        "@type": "PaymentMethod",
    }


def masked(token: str) -> str:
    """A token as people may see it: enough to compare, too little to charge."""
    return f"{token[:4]}…{token[-4:]}"


def payment_view(payment_id: str) -> dict[str, Any]:
    """One payment with its lines, attempts, refunds and receipt."""
    payment = Payment.objects.select_related("receipt").get_by_id(payment_id)
    return {
        **view_of_payment(payment),
        "lines": [
            {
                "text": line.text,
                "offeringId": line.offering_id or None,
                "taxClass": line.tax_class or None,
                "taxRate": percent(line.tax_basis_points),
                "net": money_text(line.net),
                "tax": money_text(line.tax),
            }
            for line in payment.lines.order_by("position")
        ],
        "attempts": [_attempt_of(payment, each) for each in payment.attempts.order_by("number")],
        "refunds": [view_of_refund(each) for each in payment.refunds.order_by("number")],
        "disputes": [view_of_dispute(each) for each in payment.disputes.order_by("pk")],
        "reconciliations": [
            view_of_reconciliation(each) for each in payment.reconciliations.order_by("number")
        ],
        "receipt": _receipt_of(payment),
    }


def view_of_payment(payment: Payment) -> dict[str, Any]:
    """A payment as PAY, and what it is for."""
    failed = payment.state == PaymentState.DECLINED
    return {
        "id": payment.public_id,
        "href": f"/tmf-api/payment/v4/payment/{payment.public_id}",
        "customerId": Customer.public_id_of(payment.customer_id),
        "paymentMethodId": PaymentMethod.public_id_of(payment.method_id),
        "amount": money_text(payment.amount),
        "currency": payment.currency,
        "purpose": payment.purpose,
        "status": STATUS[PaymentState(payment.state)],
        "gatewayRef": payment.reference or None,
        "declineReason": payment.state_reason if failed else None,
        "attemptedAt": payment.created_at.isoformat(),
        "state": payment.state,
        "subject": payment.subject or None,
        "description": payment.description,
        "paidWith": payment.paid_with or None,
        "tax": money_text(payment.tax),
        "refundedAmount": money_text(payment.refunded),
        "refundingAmount": money_text(payment.refunding),
        "disputedAmount": money_text(payment.disputed),
        "servedBy": payment.served_by or None,
        "capturedAt": iso(payment.captured_at),
        "@type": "Payment",
    }


def view_of_attempt(attempt: PaymentAttempt) -> dict[str, Any]:
    """An attempt as PAY."""
    return _attempt_of(attempt.payment, attempt)


def _attempt_of(payment: Payment, attempt: PaymentAttempt) -> dict[str, Any]:
    return {
        "id": f"{payment.public_id}-{attempt.number}",
        "customerId": Customer.public_id_of(payment.customer_id),
        "paymentMethodId": PaymentMethod.public_id_of(attempt.method_id),
        "amount": money_text(attempt.amount),
        "currency": payment.currency,
        "purpose": payment.purpose,
        "status": STATUS[PaymentState(attempt.state)],
        "gatewayRef": attempt.reference or None,
        "declineReason": attempt.reason or None,
        "attemptedAt": attempt.requested_at.isoformat(),
        "paymentId": payment.public_id,
        "number": attempt.number,
        "state": attempt.state,
        "declineCode": attempt.code or None,
        "declineClass": attempt.decline_class or None,
        "nextAction": attempt.next_action,
    }


def view_of_refund(refund: Refund) -> dict[str, Any]:
    """Money on its way back."""
    return {
        "id": refund.public_id,
        "amount": money_text(refund.amount),
        "state": refund.state,
        "reason": refund.reason,
        "tookBack": refund.took_back or None,
        "createdAt": refund.created_at.isoformat(),
    }


def view_of_dispute(dispute: Dispute) -> dict[str, Any]:
    """An amount that a bank withholds, or whose it turned out to be."""
    return {
        "id": dispute.public_id,
        "paymentId": Payment.public_id_of(dispute.payment_id),
        "amount": money_text(dispute.amount),
        "state": dispute.state,
        "reason": dispute.reason,
        "reference": dispute.reference,
        "note": dispute.state_reason or None,
        "openedAt": dispute.opened_at.isoformat(),
        "closedAt": iso(dispute.closed_at),
    }


def dispute_view(dispute_id: str) -> dict[str, Any]:
    """One dispute."""
    return view_of_dispute(Dispute.objects.get_by_id(dispute_id))


def disputes(
    *, customer_id: str | None = None, payment_id: str | None = None, state: str | None = None
) -> QuerySet[Dispute]:
    """Disputes, newest first."""
    found = Dispute.objects.order_by("-pk")
    if customer_id:
        found = found.filter(payment__customer_id=customer_key(customer_id))
    if payment_id:
        found = found.filter(payment_id=parse_id(payment_id, Payment.PREFIX, "payment"))
    return found.filter(state=state) if state else found


def view_of_reconciliation(asked: Reconciliation) -> dict[str, Any]:
    """What was asked about a payment, what the processor told, and whose word was taken."""
    return {
        "id": asked.public_id,
        "askedBy": asked.asked_by,
        "says": asked.says or None,
        "note": asked.note or None,
        "reference": asked.reference or None,
        "told": asked.told or None,
        "why": asked.why or None,
        "decidedBy": asked.decided_by or None,
        "at": asked.created_at.isoformat(),
    }


def _receipt_of(payment: Payment) -> dict[str, Any] | None:
    receipt = getattr(payment, "receipt", None)
    if receipt is None:
        return None
    return {
        "number": receipt.public_id,
        "total": money_text(receipt.total),
        "tax": money_text(receipt.tax),
        "currency": receipt.currency,
        "issuedAt": receipt.issued_at.isoformat(),
    }
