"""Receipts and credit notes: read, printed, mailed."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from apps.crm.models import Customer, Notification
from apps.crm.operations import notify
from apps.crm.queries import notification_view
from apps.payments import policies, queries
from apps.payments.models import Payment
from apps.payments.rules.papers import Paper, printed
from bss.core import clock
from bss.core.context import current
from bss.core.operations import operation
from bss.core.paging import clamp

from .reading import MOST

READERS = "care supervisor finance customer"


@operation("receipt.list", effect="read", roles=READERS)
def list_receipts(*, customer_id: str, limit: int = 50) -> list[dict[str, Any]]:
    """A customer's receipts, newest first."""
    policies.require_own("customer", customer_id, customer_id)
    found = queries.receipts_of(customer_id)[: clamp(limit, MOST)]
    return [queries.row_of_receipt(receipt) for receipt in found]


@operation("receipt.get", effect="read", roles=READERS)
def get_receipt(*, receipt_id: str) -> dict[str, Any]:
    """One receipt with its tax; the id of its payment will do."""
    _require_own("receipt", queries.receipt(receipt_id).payment, receipt_id)
    return queries.receipt_view(receipt_id)


@operation("receipt.download", effect="read", roles=READERS)
def download_receipt(*, receipt_id: str) -> dict[str, str]:
    """One receipt as a PDF, in base64."""
    receipt = queries.receipt(receipt_id)
    _require_own("receipt", receipt.payment, receipt_id)
    return file_of_receipt(receipt.public_id)


@operation("receipt.send", effect="write", roles=READERS, result=notification_view)
def send_receipt(*, receipt_id: str) -> Notification:
    """Mail a receipt to its customer; the same one at most once a day."""
    receipt = queries.receipt(receipt_id)
    _require_own("receipt", receipt.payment, receipt_id)
    return notify(
        customer_id=Customer.public_id_of(receipt.payment.customer_id) or "",
        template="receipt",
        key=f"receipt/{receipt.public_id}/{queries.local_day(clock.now())}",
        values={"receipt": queries.receipt_view(receipt.public_id)},
        attached=[file_of_receipt(receipt.public_id)],
    )


@operation("credit_note.get", effect="read", roles=READERS)
def get_credit_note(*, credit_note_id: str) -> dict[str, Any]:
    """One credit note with the receipt it corrects, and why."""
    _require_own("credit_note", queries.credit_note(credit_note_id).receipt.payment, credit_note_id)
    return queries.credit_note_view(credit_note_id)


@operation("credit_note.download", effect="read", roles=READERS)
def download_credit_note(*, credit_note_id: str) -> dict[str, str]:
    """One credit note as a PDF, in base64."""
    note = queries.credit_note(credit_note_id)
    _require_own("credit_note", note.receipt.payment, credit_note_id)
    return file_of_credit_note(note.public_id)


def file_of_receipt(receipt_id: str) -> dict[str, str]:
    """A receipt as a file; the id of its payment will do."""
    number = queries.receipt(receipt_id).public_id
    return _as_file(number, queries.paper_of_receipt(number))


def file_of_credit_note(credit_note_id: str) -> dict[str, str]:
    """A credit note as a file."""
    return _as_file(credit_note_id, queries.paper_of_credit_note(credit_note_id))


def _as_file(name: str, paper: Paper) -> dict[str, str]:
    """A paper as a file that travels in JSON."""
    return {
        "fileName": f"{name}.pdf",
        "mediaType": "application/pdf",
        "content": b64encode(printed(paper)).decode(),
    }


def _require_own(noun: str, payment: Payment, asked: str) -> None:
    if current().customer_id:
        owner = Customer.public_id_of(payment.customer_id) or ""
        policies.require_own(noun, owner, asked)
