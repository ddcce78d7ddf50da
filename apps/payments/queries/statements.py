"""What a customer paid, got back and disputed in a period, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.payments.models import Dispute, Payment, Refund, RefundState
from bss.core.models import OperatorProfile
from bss.core.money import money_text

from .views import customer_key

# The sign of an entry is the customer's: what they paid is positive.
Entry = dict[str, Any]


def statement(customer_id: str, since: datetime, until: datetime) -> dict[str, Any]:
    """All movements of a customer's money in a period, by line, oldest first."""
    key = customer_key(customer_id)
    entries = sorted(
        [
            *_payments(key, since, until),
            *_refunds(key, since, until),
            *_disputes(key, since, until),
        ],
        key=lambda entry: entry["at"],
    )
    by_line: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_line[entry["subject"] or ""].append(entry)
    return {
        "customerId": customer_id,
        "from": since.isoformat(),
        "to": until.isoformat(),
        "currency": OperatorProfile.load().currency,
        "lines": [
            {"subject": subject or None, "entries": _shown(some), **_totals(some)}
            for subject, some in sorted(by_line.items())
        ],
        **_totals(entries),
    }


def _payments(key: int, since: datetime, until: datetime) -> Iterable[Entry]:
    found = Payment.objects.filter(
        customer_id=key, captured_at__gte=since, captured_at__lt=until, amount__gt=0
    )
    for payment in found.select_related("receipt"):
        yield _entry(payment, "paid", payment.captured_at, payment.amount, payment.description) | {
            "document": payment.receipt.public_id,
            "tax": payment.tax,
        }


def _refunds(key: int, since: datetime, until: datetime) -> Iterable[Entry]:
    found = Refund.objects.filter(
        payment__customer_id=key,
        state=RefundState.SUCCEEDED,
        state_changed_at__gte=since,
        state_changed_at__lt=until,
    )
    for refund in found.select_related("payment", "credit_note"):
        note = refund.credit_note
        entry = _entry(
            refund.payment, "refunded", refund.state_changed_at, -refund.amount, refund.reason
        )
        yield entry | {"document": note.public_id, "tax": -note.tax}


def _disputes(key: int, since: datetime, until: datetime) -> Iterable[Entry]:
    mine = Dispute.objects.filter(payment__customer_id=key).select_related("payment")
    for dispute in mine.filter(opened_at__gte=since, opened_at__lt=until):
        yield _entry(
            dispute.payment, "disputed", dispute.opened_at, -dispute.amount, dispute.reason
        ) | {"document": dispute.public_id}
    for dispute in mine.filter(state="won", closed_at__gte=since, closed_at__lt=until):
        yield _entry(
            dispute.payment, "dispute_ended", dispute.closed_at, dispute.amount, dispute.reason
        ) | {"document": dispute.public_id}


def _entry(payment: Payment, kind: str, at: datetime | None, amount: int, text: str) -> Entry:
    return {
        "at": at,
        "kind": kind,
        "text": text,
        "purpose": payment.purpose,
        "subject": payment.subject,
        "period": payment.key.rpartition("/")[2] if payment.purpose == "renewal" else None,
        "amount": amount,
        "tax": 0,
        "paymentId": payment.public_id,
    }


def _shown(entries: list[Entry]) -> list[Entry]:
    return [
        {
            **entry,
            "at": entry["at"].isoformat(),
            "subject": entry["subject"] or None,
            "amount": money_text(entry["amount"]),
            "tax": money_text(entry["tax"]),
        }
        for entry in entries
    ]


def _totals(entries: list[Entry]) -> dict[str, str]:
    def of(*kinds: str) -> int:
        return sum(entry["amount"] for entry in entries if entry["kind"] in kinds)

    return {
        "paid": money_text(of("paid")),
        "refunded": money_text(-of("refunded")),
        "disputed": money_text(-of("disputed", "dispute_ended")),
        "total": money_text(sum(entry["amount"] for entry in entries)),
    }
