"""What must hold of money at every moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, Sum

from bss.core.invariants import invariant

from .models import (
    CreditNote,
    CreditNoteCounter,
    Dispute,
    DisputeState,
    LedgerEntry,
    Payment,
    PaymentState,
    Receipt,
    ReceiptCounter,
    Refund,
)

# What was touched since a moment, by the moments at which rows were really written.
RECEIPTED = "SELECT payment_id FROM payments_receipt WHERE recorded_at >= %(since)s"
POSTED = "SELECT payment_id FROM payments_ledgerentry WHERE recorded_at >= %(since)s"
UNPOSTED = """
SELECT p.id, p.amount, p.refunded, p.disputed, coalesce(l.owed, 0) FROM payments_payment p
LEFT JOIN LATERAL (SELECT sum(amount) AS owed FROM payments_ledgerentry
    WHERE payment_id = p.id AND account = 'cards_receivable') l ON true
WHERE p.state = 'captured' AND coalesce(l.owed, 0) <> p.amount - p.refunded - p.disputed
"""
RECEIPTLESS = """
SELECT p.id FROM payments_payment p LEFT JOIN payments_receipt r ON r.payment_id = p.id
WHERE (p.state = 'captured') <> (r.number IS NOT NULL)
"""
GAPS = """
SELECT r.number FROM payments_receipt r WHERE r.number > 1
    AND NOT EXISTS (SELECT 1 FROM payments_receipt b WHERE b.number = r.number - 1)
"""
NOTELESS = """
SELECT f.id FROM payments_refund f JOIN payments_payment p ON p.id = f.payment_id
LEFT JOIN payments_creditnote n ON n.refund_id = f.id
WHERE (f.state = 'succeeded') <> (n.number IS NOT NULL)
"""
NOTE_GAPS = """
SELECT n.number FROM payments_creditnote n WHERE n.number > 1
    AND NOT EXISTS (SELECT 1 FROM payments_creditnote b WHERE b.number = n.number - 1)
"""


@invariant(
    "payments.captured_is_served_once",
    "Every captured payment is served once or refunded in full.",
)
def captured_is_served(since: datetime | None) -> Iterable[dict[str, Any]]:
    # The partial index holds the few that are not served, so there is no need to look by time.
    idle = Payment.objects.filter(
        state=PaymentState.CAPTURED,
        served_at=None,
        amount__gt=F("refunded") + F("refunding") + F("disputed"),
    )
    for payment in idle.order_by("pk"):
        yield {"payment": payment.public_id, "why": "captured, neither served nor refunded"}
    silent = Refund.objects.filter(payment__served_at__isnull=False, took_back="")
    for refund in silent.order_by("pk"):
        yield {"refund": refund.public_id, "why": "does not name what it took back"}


@invariant("payments.ledger_balances", "Every posting, and so the ledger, sums to zero.")
def ledger_balances(since: datetime | None) -> Iterable[dict[str, Any]]:
    entries = LedgerEntry.objects.filter(Q(recorded_at__gte=since) if since else Q())
    sums = entries.values("payment", "refund").annotate(total=Sum("amount")).exclude(total=0)
    for row in sums.order_by("payment", "refund"):
        yield {"payment": Payment.public_id_of(row["payment"]), "sum": row["total"]}


@invariant(
    "payments.money_is_posted", "The ledger holds what was captured, less refunds and disputes."
)
def money_is_posted(since: datetime | None) -> Iterable[dict[str, Any]]:
    for key, amount, refunded, disputed, owed in _rows(
        UNPOSTED, f"p.id IN ({RECEIPTED} UNION {POSTED})", since
    ):
        yield {
            "payment": Payment.public_id_of(key),
            "captured": amount,
            "refunded": refunded,
            "disputed": disputed,
            "ledger": int(owed),
        }


@invariant("payments.receipts_gapless", "Receipts are numbered without gaps, one for each capture.")
def receipts_gapless(since: datetime | None) -> Iterable[dict[str, Any]]:
    for (key,) in _rows(RECEIPTLESS, f"p.id IN ({POSTED})", since):
        yield {"payment": Payment.public_id_of(key), "why": "receipt and capture do not match"}
    gaps = _rows(GAPS, "r.recorded_at >= %(since)s", since)
    yield from _misnumbered("receipt", gaps, Receipt, ReceiptCounter)


@invariant(
    "payments.credit_notes_gapless",
    "Credit notes are numbered without gaps, one for each refund that succeeded.",
)
def credit_notes_gapless(since: datetime | None) -> Iterable[dict[str, Any]]:
    for (key,) in _rows(NOTELESS, f"p.id IN ({POSTED})", since):
        yield {"refund": Refund.public_id_of(key), "why": "credit note and refund do not match"}
    gaps = _rows(NOTE_GAPS, "n.recorded_at >= %(since)s", since)
    yield from _misnumbered("credit note", gaps, CreditNote, CreditNoteCounter)


@invariant(
    "payments.lost_is_not_refunded",
    "What a bank took for good in a dispute was not refunded as well.",
)
def lost_is_not_refunded(since: datetime | None) -> Iterable[dict[str, Any]]:
    # Disputes are few: all of them are looked at each time.
    lost = Dispute.objects.filter(state=DisputeState.LOST).values("payment")
    sums = lost.annotate(
        lost=Sum("amount"),
        gone=F("payment__refunded") + F("payment__refunding"),
        taken=F("payment__amount"),
    )
    for row in sums.filter(lost__gt=F("taken") - F("gone")).order_by("payment"):
        yield {
            "payment": Payment.public_id_of(row["payment"]),
            "captured": row["taken"],
            "refunded": row["gone"],
            "lost": row["lost"],
        }


def _misnumbered(
    what: str,
    gaps: list[tuple[Any, ...]],
    papers: type[Receipt | CreditNote],
    counter: type[ReceiptCounter | CreditNoteCounter],
) -> Iterable[dict[str, Any]]:
    """Papers whose predecessor is missing, and a counter that is not at the last of them."""
    for (number,) in gaps:
        yield {what: number, "why": "its predecessor is missing"}
    numbers = papers._default_manager.order_by("-number").values_list("number", flat=True)
    highest = numbers.first() or 0
    last = counter._default_manager.values_list("last", flat=True).first() or 0
    if last != highest:
        yield {what: highest, "why": f"the counter says {last}"}


def _rows(sql: str, lately: str, since: datetime | None) -> list[tuple[Any, ...]]:
    # Added only when needed: behind an OR the planner would read the whole table every minute.
    narrowed = f"{sql} AND {lately}" if since else sql
    with connection.cursor() as cursor:
        cursor.execute(narrowed, {"since": since})
        return list(cursor.fetchall())
