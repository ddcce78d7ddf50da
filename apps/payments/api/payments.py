"""TMF676: payments and refunds."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.crm.api.related import parties
from apps.crm.models import Customer
from apps.payments.models import Payment, PaymentMethod, Refund
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Amount, Filter, Id, Moment, Words, reference
from bss.tmf.resources import Api, Create, Resource, Step, each
from bss.tmf.shapes import Extras, Loose, Money, Reference, Text, money

PAYMENT_STATUS = {
    "requested": "Initiated",
    "authorised": "Authorized",
    "captured": "Captured",
    "declined": "Declined",
    "voided": "Cancelled",
    "unknown": "Pending",
}
REFUND_STATUS = {
    "requested": "Initiated",
    "unknown": "Pending",
    "succeeded": "Completed",
    "refused": "Declined",
}


class Method(Loose):
    id: Text = ""


class PaymentIn(Loose):
    account: Reference
    payment_method: Method
    total_amount: Money
    description: Text = ""


class PaymentExtras(Extras):
    correlator_id: Text = ""
    name: Text = ""
    authorization_code: Text = ""
    channel: Reference | None = None


def method_of(payment: Payment) -> dict[str, Any]:
    """With what a payment is paid."""
    method = PaymentMethod.public_id_of(payment.method_id)
    return {"id": method or "none", "name": payment.paid_with or None, "@type": "tokenizedCard"}


def account_of(payment: Payment) -> dict[str, Any]:
    """Whose money it is."""
    return {"id": Customer.public_id_of(payment.customer_id), "@referredType": "PartyAccount"}


def show_payment(payment: Payment) -> dict[str, Any]:
    """A payment as TMF676 shows it."""
    net = money(payment.amount - payment.tax, payment.currency)
    subject = payment.subject
    return {
        "id": payment.public_id,
        "description": payment.description,
        "status": PAYMENT_STATUS[payment.state],
        "statusDate": iso(payment.state_changed_at),
        "paymentDate": iso(payment.captured_at or payment.created_at),
        "authorizationCode": payment.reference or None,
        "account": account_of(payment),
        "paymentMethod": method_of(payment),
        "amount": net,
        "taxAmount": money(payment.tax, payment.currency),
        "totalAmount": money(payment.amount, payment.currency),
        "payer": parties(payment.customer_id)[0],
        "paymentItem": [{"id": "1", "item": {"id": subject}}] if subject else [],
    }


def charge(body: PaymentIn) -> list[Step]:
    """A charge by hand, with a reason on its receipt."""
    if not body.description:
        raise InvalidArguments("description: say what is paid for; the receipt prints it.")
    args = {
        "customer_id": body.account.id,
        "payment_method_id": body.payment_method.id,
        "amount": str(body.total_amount.value),
        "currency": body.total_amount.unit or None,
        "reason": body.description,
    }
    return [Step("payment.charge", args)]


PAYMENT = Resource(
    name="payment",
    type_name="Payment",
    reads="payment.get",
    rows=Payment.objects.all,
    show=each(show_payment),
    key=Id("pk", Payment),
    owner="customer",
    filters={
        "description": Filter("description"),
        "status": Words("state", PAYMENT_STATUS),
        "statusDate": Moment("state_changed_at"),
        "paymentDate": Moment("captured_at"),
        "authorizationCode": Filter("reference"),
        "totalAmount.value": Amount("amount"),
        "totalAmount.unit": Filter("currency"),
        "paymentItem.item.id": Filter("subject"),
        "payer.id": Id("customer", Customer),
        **reference("account", Customer, "customer", "PartyAccount"),
        "paymentMethod.id": Id("method", PaymentMethod),
    },
    create=Create(PaymentIn, charge),
    extras=PaymentExtras,
)


class RefundIn(Loose):
    account: Reference
    payment_method: Method
    total_amount: Money
    payment: Reference
    description: Text = ""


class RefundExtras(Extras):
    correlator_id: Text = ""
    name: Text = ""
    channel: Reference | None = None


def refunds() -> QuerySet[Refund]:
    """Refunds with the payments that they give back."""
    return Refund.objects.select_related("payment")


def show_refund(refund: Refund) -> dict[str, Any]:
    """A refund as TMF676 shows it."""
    payment = refund.payment
    total = money(refund.amount, payment.currency)
    return {
        "id": refund.public_id,
        "description": refund.reason,
        "status": REFUND_STATUS[refund.state],
        "statusDate": iso(refund.state_changed_at),
        "refundDate": iso(refund.created_at),
        "authorizationCode": refund.reference or None,
        "account": account_of(payment),
        "paymentMethod": method_of(payment),
        "amount": total,
        "totalAmount": total,
        "payment": {"id": payment.public_id, "@referredType": "Payment"},
        "requestor": parties(payment.customer_id)[0],
    }


def refund(body: RefundIn) -> list[Step]:
    """Money goes back to the card it came from."""
    args = {
        "payment_id": body.payment.id,
        "reason": body.description or "asked by another system",
        "amount": str(body.total_amount.value),
    }
    return [Step("payment.refund", args)]


def newest_refund(payment: Payment) -> str:
    """The refund that was just asked for; its payment is locked."""
    return str(payment.refunds.latest("number").public_id)


REFUND = Resource(
    name="refund",
    type_name="Refund",
    reads="payment.get",
    rows=refunds,
    show=each(show_refund),
    key=Id("pk", Refund),
    owner="payment__customer",
    filters={
        "description": Filter("reason"),
        "status": Words("state", REFUND_STATUS),
        "statusDate": Moment("state_changed_at"),
        "refundDate": Moment("created_at"),
        "totalAmount.value": Amount("amount"),
        **reference("payment", Payment, "payment", "Payment"),
        **reference("account", Customer, "payment__customer", "PartyAccount"),
    },
    create=Create(RefundIn, refund, made=newest_refund),
    extras=RefundExtras,
)

PAYMENTS = Api(
    number=676,
    base="payment/v4",
    aliases=["paymentManagement/v4"],
    resources=[PAYMENT, REFUND],
    events={
        "payment.opened": "PaymentCreateEvent",
        "payment.captured": "PaymentStateChangeEvent",
        "payment.declined": "PaymentStateChangeEvent",
        "payment.refunded": "RefundStateChangeEvent",
    },
)
