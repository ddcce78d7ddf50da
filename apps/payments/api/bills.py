"""TMF678: receipts as bills."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.crm.api.related import of_customer, parties
from apps.crm.models import Customer
from apps.payments.models import Payment, PaymentLine, PaymentMethod, Receipt, receipt_id
from bss.core.clock import iso
from bss.core.operations import invoke
from bss.tmf.filters import Always, Amount, Filter, Id, Moment, reference
from bss.tmf.resources import ROOT, Api, Resource, each
from bss.tmf.shapes import money

BASE = "customerBillManagement/v4"


class Numbered:
    """Numbers as they are printed."""

    PREFIX = "RCPT"
    DIGITS = 6


class RateNumbered(Numbered):
    """Lines of receipts."""

    PREFIX = "RATE"


def receipts() -> QuerySet[Receipt]:
    """Receipts with the payments that they are of."""
    return Receipt.objects.select_related("payment")


def show_bill(receipt: Receipt) -> dict[str, Any]:
    """A receipt as TMF678 shows it: a bill that is settled."""
    payment, nothing = receipt.payment, money(0, receipt.currency)
    document = (
        f"{settings.BSS.base_url.rstrip('/')}{ROOT}{BASE}/customerBill/{receipt.public_id}/document"
    )
    method = PaymentMethod.public_id_of(payment.method_id)
    customer = Customer.public_id_of(payment.customer_id)
    return {
        "id": receipt.public_id,
        "billNo": receipt.public_id,
        "billDate": iso(receipt.issued_at),
        "lastUpdate": iso(receipt.issued_at),
        "category": payment.purpose,
        "state": "settled",
        "amountDue": nothing,
        "remainingAmount": nothing,
        "taxExcludedAmount": money(receipt.total - receipt.tax, receipt.currency),
        "taxIncludedAmount": money(receipt.total, receipt.currency),
        "taxItem": [{"taxAmount": money(receipt.tax, receipt.currency)}],
        "appliedPayment": [
            {
                "appliedAmount": money(receipt.total, receipt.currency),
                "payment": {"id": payment.public_id, "@referredType": "Payment"},
            }
        ],
        "billDocument": [
            {
                "id": receipt.public_id,
                "mimeType": "application/pdf",
                "url": document,
                "name": receipt.public_id,
            }
        ],
        "billingAccount": {"id": customer, "@referredType": "BillingAccount"},
        "paymentMethod": {"id": method, "@referredType": "PaymentMethod"} if method else None,
        "relatedParty": parties(payment.customer_id),
    }


BILL = Resource(
    name="customerBill",
    type_name="CustomerBill",
    reads="receipt.get",
    rows=receipts,
    show=each(show_bill),
    key=Id("pk", Numbered),
    owner="payment__customer",
    filters={
        "billNo": Id("pk", Numbered),
        "billDate": Moment("issued_at"),
        "lastUpdate": Moment("issued_at"),
        "category": Filter("payment__purpose"),
        "state": Always("settled"),
        "taxIncludedAmount.value": Amount("total"),
        "billingAccount.id": Id("payment__customer", Customer),
        "appliedPayment.payment.id": Id("payment", Payment),
        **of_customer("payment__customer"),
    },
)


def lines() -> QuerySet[PaymentLine]:
    """What stands on receipts."""
    return PaymentLine.objects.filter(payment__receipt__isnull=False).select_related(
        "payment__receipt"
    )


def show_rate(line: PaymentLine) -> dict[str, Any]:
    """A line of a receipt as TMF678 shows it."""
    payment = line.payment
    return {
        "id": f"{RateNumbered.PREFIX}-{line.pk:06d}",
        "name": line.text,
        "date": iso(payment.receipt.issued_at),
        "isBilled": True,
        "type": payment.purpose,
        "bill": {"id": receipt_id(payment.receipt.pk), "@referredType": "CustomerBill"},
        "billingAccount": {
            "id": Customer.public_id_of(payment.customer_id),
            "@referredType": "BillingAccount",
        },
        "taxExcludedAmount": money(line.net, payment.currency),
        "taxIncludedAmount": money(line.net + line.tax, payment.currency),
        "appliedTax": [
            {
                "taxAmount": money(line.tax, payment.currency),
                "taxRate": line.tax_basis_points / 100,
            }
        ],
    }


RATE = Resource(
    name="appliedCustomerBillingRate",
    type_name="AppliedCustomerBillingRate",
    reads="receipt.get",
    rows=lines,
    show=each(show_rate),
    key=Id("pk", RateNumbered),
    owner="payment__customer",
    filters={
        "name": Filter("text"),
        "date": Moment("payment__receipt__issued_at"),
        "isBilled": Always("true"),
        "type": Filter("payment__purpose"),
        "billingAccount.id": Id("payment__customer", Customer),
        **reference("bill", Numbered, "payment__receipt", "CustomerBill"),  # type: ignore[arg-type]
    },
)


def add_document(router: Router) -> None:
    """Ours: the paper itself."""
    router.add_api_operation("/customerBill/{public_id}/document", ["GET"], get_document)


def get_document(request: HttpRequest, public_id: str) -> HttpResponse:
    """A receipt as PDF."""
    return as_download(invoke("receipt.download", {"receipt_id": public_id}).result)


def as_download(file: dict[str, str]) -> HttpResponse:
    """A file that travelled in JSON, as bytes."""
    response = HttpResponse(b64decode(file["content"]), content_type=file["mediaType"])
    response["Content-Disposition"] = f'attachment; filename="{file["fileName"]}"'
    return response


BILLS = Api(number=678, base=BASE, resources=[BILL, RATE], more=add_document)
