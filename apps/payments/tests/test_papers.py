"""Receipts and credit notes, to read and to keep."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from apps.payments.models import Payment
from apps.payments.rules import Line
from apps.payments.rules.papers import Paper, font_of, printed
from bss.core import context
from bss.core.context import Context
from bss.core.errors import NotFound
from bss.core.models import OperatorProfile, StoredEvent
from bss.core.operations import run

from .factories import make_captured

Drain = Callable[[], None]
Mail = Callable[[], dict[str, str]]


@pytest.fixture
def paid(ada: str, card: str) -> Payment:
    """A payment with a taxed and an exempt line."""
    OperatorProfile(tax_id="M2-1234567-8").save()
    lines = [Line("Extra work", "", "standard", 1000, 90, 900), Line("Stamp", "", "exempt", 500, 0)]
    return make_captured(ada, lines=lines, served_by="SUB-000001", subject="SUB-000001")


@pytest.fixture
def mail() -> Mail:
    """Of each letter with a file that left: its kind, and the file's name."""

    def attached() -> dict[str, str]:
        box = Path(settings.BSS.mailbox)
        files = [file.name.split("-", 1) for file in box.rglob("*.pdf")]
        assert all(file.read_bytes().startswith(b"%PDF-") for file in box.rglob("*.pdf"))
        return {kind.rpartition("_")[0]: rest.split(".", 1)[1] for kind, rest in files}

    return attached


def test_a_receipt_says_what_was_paid_and_what_of_it_is_tax(paid: Payment, ada: str) -> None:
    shown = run("receipt.get", receipt_id="RCPT-000001")

    assert (shown["total"], shown["tax"], shown["currency"]) == ("15.90", "0.90", "SGD")
    assert [line["gross"] for line in shown["lines"]] == ["10.90", "5.00"]
    assert shown["seller"]["taxId"] == "M2-1234567-8"
    assert shown["customer"]["id"] == ada
    assert shown == run("receipt.get", receipt_id=paid.public_id)
    assert [one["id"] for one in run("receipt.list", customer_id=ada)] == ["RCPT-000001"]


def test_a_receipt_names_its_day_in_the_operators_zone(
    ada: str, card: str, frozen_clock: object
) -> None:
    frozen_clock.freeze("2026-03-02T20:00:00+00:00")  # type: ignore[attr-defined]
    make_captured(ada)

    assert run("receipt.get", receipt_id="RCPT-000001")["issuedOn"] == "2026-03-03"


def test_a_receipt_is_a_pdf_and_always_the_same(paid: Payment) -> None:
    file = run("receipt.download", receipt_id="RCPT-000001")
    again = run("receipt.download", receipt_id=paid.public_id)

    assert (file["fileName"], file["mediaType"]) == ("RCPT-000001.pdf", "application/pdf")
    assert b64decode(file["content"]).startswith(b"%PDF-")
    assert file == again


def test_a_refund_makes_a_credit_note(paid: Payment) -> None:
    run("payment.refund", payment_id=paid.public_id, amount="5.00", reason="Late")
    run("payment.refund", payment_id=paid.public_id, reason="Later still")

    first, second = run("receipt.get", receipt_id="RCPT-000001")["creditNotes"]
    assert (first["id"], first["total"], second["id"]) == ("CRN-000001", "5.00", "CRN-000002")
    assert float(first["tax"]) + float(second["tax"]) == pytest.approx(0.90)
    shown = run("credit_note.get", credit_note_id="CRN-000001")
    assert (shown["receiptId"], shown["reason"]) == ("RCPT-000001", "Late")
    file = run("credit_note.download", credit_note_id="CRN-000001")
    assert b64decode(file["content"]).startswith(b"%PDF-")
    told = StoredEvent.objects.filter(name="payment.refunded").order_by("id")
    assert [event.payload["credit_note"] for event in told] == ["CRN-000001", "CRN-000002"]


def test_a_receipt_is_mailed_once_a_day(paid: Payment, ada: str, frozen_clock: object) -> None:
    for _ in range(2):
        assert run("receipt.send", receipt_id=paid.public_id)["template"] == "receipt"
    (mail,) = run("notification.list", customer_id=ada)

    assert mail["subject"] == "Receipt RCPT-000001 for SGD 15.90"
    assert "GST 9 % on SGD 10.00: 0.90" in mail["body"]
    assert "tax number M2-1234567-8" in mail["body"]
    frozen_clock.advance("1d")  # type: ignore[attr-defined]
    run("receipt.send", receipt_id=paid.public_id)
    assert len(run("notification.list", customer_id=ada)) == 2


def test_papers_come_with_their_letters(paid: Payment, ada: str, drain: Drain, mail: Mail) -> None:
    run("receipt.send", receipt_id=paid.public_id)
    run("payment.refund", payment_id=paid.public_id, reason="Late", amount="5.00")
    card = run("payment.list_methods", customer_id=ada)[0]["id"]
    charged = {"customer_id": ada, "payment_method_id": card, "amount": "1.00", "reason": "Case"}
    run("payment.charge", **charged)
    drain()

    assert mail() == {
        "receipt": "RCPT-000001.pdf",
        "payment_refunded": "CRN-000001.pdf",
        "payment_charged": "RCPT-000002.pdf",
    }


def test_a_paper_keeps_the_seller_of_its_day(frozen_clock: object, paid: Payment) -> None:
    frozen_clock.advance("1d")  # type: ignore[attr-defined]
    run("operator.update", tax_id="M2-NEW", address="1 High Street")
    run("payment.refund", payment_id=paid.public_id, reason="Late")

    old = run("receipt.get", receipt_id="RCPT-000001")["seller"]
    new = run("credit_note.get", credit_note_id="CRN-000001")["seller"]
    assert (old["taxId"], old["address"]) == ("M2-1234567-8", None)
    assert (new["taxId"], new["address"]) == ("M2-NEW", "1 High Street")


def test_papers_are_their_owners_only(paid: Payment, ada: str, cleo: str) -> None:
    run("payment.refund", payment_id=paid.public_id, reason="Late")
    reads = (
        ("receipt.get", {"receipt_id": "RCPT-000001"}),
        ("receipt.download", {"receipt_id": "RCPT-000001"}),
        ("credit_note.get", {"credit_note_id": "CRN-000001"}),
        ("credit_note.download", {"credit_note_id": "CRN-000001"}),
        ("receipt.send", {"receipt_id": "RCPT-000001"}),
        ("receipt.list", {"customer_id": ada}),
        ("payment.statement", {"customer_id": ada}),
    )
    for name, args in reads:
        with context.acting(Context(actor=ada, customer_id=ada)):
            assert run(name, **args)
        with context.acting(Context(actor=cleo, customer_id=cleo)), pytest.raises(NotFound):
            run(name, **args)


@pytest.mark.parametrize("wrong", ["RCPT-000009", "RCPT-x", "PAY-000009", "x", ""])
def test_an_unknown_paper_is_not_found(committed: None, wrong: str) -> None:
    with pytest.raises(NotFound):
        run("receipt.get", receipt_id=wrong)
    with pytest.raises(NotFound):
        run("credit_note.get", credit_note_id=wrong.replace("RCPT", "CRN"))


def test_names_of_all_scripts_are_printed() -> None:
    assert font_of("Zoë Müller", bold=False) == "Helvetica"
    assert font_of("李小龙", bold=True) == "STSong-Light"
    rows = [("A very long text " * 8, "1.00", "9 %", "1.09")] * 60
    paper = Paper(
        "Receipt",
        ["Us"],
        ["李小龙"],
        [("Date", "today")],
        ("", "a", "b", "c"),
        rows,
        [("Sum", "9")],
    )
    assert printed(paper).count(b"/Type /Page\n") > 1
