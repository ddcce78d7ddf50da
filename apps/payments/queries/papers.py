"""What stands on receipts and credit notes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.crm.models import Customer
from apps.crm.queries import customer_view
from apps.payments import rules
from apps.payments.models import CreditNote, Receipt
from apps.payments.rules.papers import Paper
from apps.payments.rules.taxes import percent
from bss.core.errors import NotFound
from bss.core.ids import parse_id
from bss.core.models import OperatorProfile
from bss.core.money import money_text

from .days import local_day
from .exemptions import exemption_of
from .views import customer_key


def receipt(receipt_id: str) -> Receipt:
    """The receipt of a number as it is printed, or of a payment's id."""
    found = Receipt.objects.select_related("payment")
    if receipt_id.startswith("PAY-"):
        known = found.filter(payment_id=parse_id(receipt_id, "PAY", "receipt")).first()
    else:
        known = found.filter(number=parse_id(receipt_id, "RCPT", "receipt")).first()
    if known is None:
        raise NotFound("receipt", receipt_id)
    return known


def credit_note(credit_note_id: str) -> CreditNote:
    """The credit note of a number as it is printed."""
    key = parse_id(credit_note_id, "CRN", "credit_note")
    found = CreditNote.objects.select_related("receipt__payment", "refund").filter(number=key)
    known = found.first()
    if known is None:
        raise NotFound("credit_note", credit_note_id)
    return known


def receipts_of(customer_id: str) -> QuerySet[Receipt]:
    """A customer's receipts, newest first."""
    mine = Receipt.objects.filter(payment__customer_id=customer_key(customer_id))
    return mine.select_related("payment").order_by("-number")


def row_of_receipt(receipt: Receipt) -> dict[str, Any]:
    """A receipt in a list."""
    return {
        "id": receipt.public_id,
        "paymentId": receipt.payment.public_id,
        "description": receipt.payment.description,
        "subject": receipt.payment.subject or None,
        "total": money_text(receipt.total),
        "tax": money_text(receipt.tax),
        "currency": receipt.currency,
        "issuedAt": receipt.issued_at.isoformat(),
        "issuedOn": local_day(receipt.issued_at).isoformat(),
    }


def receipt_view(receipt_id: str) -> dict[str, Any]:
    """One receipt with its lines and what they hold of each tax."""
    found = receipt(receipt_id)
    lines = list(found.payment.lines.order_by("position"))
    seller = OperatorProfile.as_of(found.issued_at)
    return {
        **row_of_receipt(found),
        "seller": _seller_of(seller),
        "customer": _buyer_of(found.payment.customer_id),
        "paidWith": found.paid_with or None,
        "taxExemption": exemption_of(found.payment),
        "lines": [
            {
                "text": line.text,
                "net": money_text(line.net),
                "tax": money_text(line.tax),
                "taxRate": percent(line.tax_basis_points),
                "gross": money_text(line.net + line.tax),
            }
            for line in lines
        ],
        "taxes": [
            {
                "name": tax_name(seller),
                "rate": percent(part.basis_points),
                "net": money_text(part.net),
                "tax": money_text(part.tax),
            }
            for part in rules.by_rate(lines)
            if part.basis_points
        ],
        "creditNotes": [row_of_credit_note(note) for note in found.credit_notes.order_by("number")],
        "@type": "CustomerBill",
    }


def row_of_credit_note(note: CreditNote) -> dict[str, Any]:
    """A credit note in a list."""
    return {
        "id": note.public_id,
        "total": money_text(note.total),
        "tax": money_text(note.tax),
        "currency": note.currency,
        "issuedAt": note.issued_at.isoformat(),
        "issuedOn": local_day(note.issued_at).isoformat(),
    }


def credit_note_view(credit_note_id: str) -> dict[str, Any]:
    """One credit note with the receipt it corrects and why."""
    note = credit_note(credit_note_id)
    return {
        **row_of_credit_note(note),
        "receiptId": note.receipt.public_id,
        "refundId": note.refund.public_id,
        "reason": note.refund.reason,
        "tookBack": note.refund.took_back or None,
        "seller": _seller_of(OperatorProfile.as_of(note.issued_at)),
        "customer": _buyer_of(note.receipt.payment.customer_id),
        "paidWith": note.receipt.paid_with or None,
    }


def paper_of_receipt(receipt_id: str) -> Paper:
    """A receipt as it is printed."""
    shown = receipt_view(receipt_id)
    return Paper(
        title=f"Receipt {shown['id']}",
        seller=_address(shown["seller"]),
        buyer=_person(shown["customer"]),
        facts=_facts(
            shown,
            ("Paid with", shown["paidWith"]),
            ("Payment", shown["paymentId"]),
            ("Tax exempt", shown["taxExemption"]),
        ),
        head=("", "Net", "Tax", "Total"),
        rows=[
            (line["text"], line["net"], f"{line['taxRate']} %", line["gross"])
            for line in shown["lines"]
        ],
        sums=[
            *(
                (f"{tax['name']} {tax['rate']} % on {tax['net']}", tax["tax"])
                for tax in shown["taxes"]
            ),
            (f"Total {shown['currency']}", shown["total"]),
        ],
    )


def paper_of_credit_note(credit_note_id: str) -> Paper:
    """A credit note as it is printed."""
    shown = credit_note_view(credit_note_id)
    return Paper(
        title=f"Credit note {shown['id']}",
        seller=_address(shown["seller"]),
        buyer=_person(shown["customer"]),
        facts=_facts(
            shown, ("For receipt", shown["receiptId"]), ("Given back to", shown["paidWith"])
        ),
        head=("", "Tax", "Total"),
        rows=[(shown["reason"], shown["tax"], f"-{shown['total']}")],
        sums=[(f"Given back {shown['currency']}", shown["total"])],
    )


def tax_name(seller: OperatorProfile) -> str:
    """What the sales tax is called where the operator sells."""
    return rules.Seller(seller.country, bool(seller.tax_id)).regime.name


def _seller_of(seller: OperatorProfile) -> dict[str, Any]:
    return {
        "legalName": seller.legal_name,
        "taxId": seller.tax_id or None,
        "address": seller.address or None,
        "country": seller.country,
    }


def _buyer_of(customer_key: int) -> dict[str, Any]:
    shown = customer_view(str(Customer.public_id_of(customer_key)))
    person = shown.get("individual") or {}
    name = f"{person.get('givenName') or ''} {person.get('familyName') or ''}".strip()
    return {"id": shown["id"], "name": name}


def _address(seller: dict[str, Any]) -> list[str]:
    tax = f"Tax number {seller['taxId']}" if seller["taxId"] else "Not registered for sales tax"
    address = (seller["address"] or "").splitlines()
    return [seller["legalName"], *address, seller["country"], tax]


def _person(buyer: dict[str, Any]) -> list[str]:
    return [one for one in (buyer["name"], buyer["id"]) if one]


def _facts(shown: dict[str, Any], *more: tuple[str, str | None]) -> list[tuple[str, str]]:
    facts = [("Date", shown["issuedOn"]), *more]
    return [(name, value) for name, value in facts if value]
