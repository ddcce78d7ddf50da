"""Payments, with attempts, refunds and disputes."""

from apps.cockpit.console.cells import ident, moment, money, phrase, state, strong, text
from apps.cockpit.console.screen import (
    Column,
    Listing,
    Page,
    Row,
    Rows,
    Screen,
    Section,
    Verb,
    by_field,
    in_state,
    show,
)
from apps.payments import queries
from apps.payments.models import Payment, PaymentState, Purpose

ME = {"payment_id": "id"}
SUBJECT = {"payment_id": "subject"}


def find(rows: Rows, words: str) -> Rows:
    """Payments by id, all of a customer, or by what they are for."""
    digits = int("0" + "".join(filter(str.isdigit, words))[:18])
    if words.upper().startswith("PAY-"):
        return rows.filter(pk=digits)
    if words.upper().startswith("CUST-"):
        return rows.filter(customer_id=digits)
    return rows.filter(subject=words.upper())


def note(row: Row) -> str:
    """What somebody should look into."""
    if row["state"] == "unknown":
        return "Nobody knows yet whether the bank took it. Reconcile it; do not charge again."
    return f"Declined: {row['declineReason']}." if row["declineReason"] else ""


def part(name: str, title: str, *columns: Column, verbs: tuple[Verb, ...] = ()) -> Section:
    """A list inside the payment."""
    return Section(
        name=name,
        title=title,
        read="payment.get",
        args=SUBJECT,
        pick=lambda answer: answer[name],
        columns=columns,
        empty="None.",
        verbs=verbs,
    )


show(
    Screen(
        name="payments",
        title="Payments",
        group="Money",
        prefix=Payment.PREFIX,
        also="charges refunds disputes receipts cards",
        listing=Listing(
            may="payment.list",
            rows=queries.payments,
            shapes=lambda rows: [queries.view_of_payment(row) for row in rows],
            find=find,
            hint="Payment, customer or line id",
            empty="No payment fits. Clear the filters.",
            filters=(
                by_field("state", "State", PaymentState.values),
                by_field("purpose", "For", Purpose.values),
            ),
            columns=(
                Column("Payment", "id", ident),
                Column("Customer", "customerId", ident),
                Column("For", "purpose", phrase),
                Column("Of", "subject", ident),
                Column("Amount", "amount", money, right=True),
                Column("State", "state", state),
                Column("Why", "declineReason", phrase),
                Column("At", "attemptedAt", moment),
            ),
        ),
        page=Page(
            read="payment.get",
            argument="payment_id",
            title=lambda row: f"{row['currency']} {row['amount']} · {row['description']}",
            note=note,
            facts=(
                Column("Id", "id", ident),
                Column("Customer", "customerId", ident),
                Column("For", "subject", ident),
                Column("Paid with", "paidWith", strong),
                Column("Captured", "capturedAt", moment),
                Column("Refunded", "refundedAmount", money),
                Column("Disputed", "disputedAmount", money),
                Column("Receipt", "receipt.number", text),
            ),
            verbs=(
                Verb("payment.refund", "Refund", ME, when=in_state("captured"), first=True),
                Verb("payment.reconcile", "Reconcile", ME, when=in_state("unknown"), first=True),
                Verb("dispute.open", "Open a dispute", ME, when=in_state("captured")),
            ),
            sections=(
                part(
                    "lines",
                    "What was paid for",
                    Column("Text", "text", text),
                    Column("Net", "net", money, right=True),
                    Column("Tax", "tax", money, right=True),
                ),
                part(
                    "attempts",
                    "Attempts",
                    Column("No.", "number", text),
                    Column("State", "state", state),
                    Column("Reference", "gatewayRef", text),
                    Column("Why", "declineReason", phrase),
                    Column("At", "attemptedAt", moment),
                ),
                part(
                    "refunds",
                    "Refunds",
                    Column("Refund", "id", text),
                    Column("Amount", "amount", money, right=True),
                    Column("State", "state", state),
                    Column("Why", "reason", text),
                    Column("At", "createdAt", moment),
                ),
                part(
                    "disputes",
                    "Disputes",
                    Column("Dispute", "id", text),
                    Column("Amount", "amount", money, right=True),
                    Column("State", "state", state),
                    Column("Opened", "openedAt", moment),
                ),
                part(
                    "reconciliations",
                    "Questions to the processor",
                    Column("By", "askedBy", text),
                    Column("Told", "told", phrase),
                    Column("Decided by", "decidedBy", text),
                    Column("At", "at", moment),
                ),
            ),
        ),
    )
)
