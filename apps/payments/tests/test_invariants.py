"""Each invariant finds its planted violation, and nothing in a healthy house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pgtrigger
import pytest
from django.db import Error, connection, transaction

from apps.payments import invariants
from apps.payments.models import (
    CreditNote,
    CreditNoteCounter,
    Dispute,
    LedgerEntry,
    Payment,
    Receipt,
    ReceiptCounter,
    Refund,
)
from bss.core import clock
from bss.core.operations import run

from .factories import make_captured, make_card, make_line, open_payment, use

ALL = (
    invariants.captured_is_served,
    invariants.ledger_balances,
    invariants.money_is_posted,
    invariants.receipts_gapless,
    invariants.credit_notes_gapless,
    invariants.lost_is_not_refunded,
)
APPEND_ONLY = (
    "payments.LedgerEntry:append_only",
    "payments.Receipt:append_only",
    "payments.CreditNote:append_only",
)


def broken() -> dict[str, list[dict[str, object]]]:
    """What each invariant finds, over everything and over the last minute."""
    found = {}
    for query in ALL:
        lately = list(query(clock.real() - timedelta(minutes=1)))
        assert lately == list(query(None))
        if lately:
            found[query.__name__] = lately
    return found


@pytest.fixture
def paid(ada: str, card: str) -> Payment:
    """A healthy house with one of each: served, refunded, declined, in part, on its way."""
    payment = make_captured(ada, lines=[make_line(1000, 90)], served_by="SUB-000001")
    run("payment.refund", payment_id=payment.public_id, amount="1.00", reason="Complaint")
    unserved = make_captured(ada)
    use("payment.refund_unserved", payment_id=unserved.public_id, reason="Gone", wait=1.0)
    on_its_way = make_captured(ada)
    use("payment.refund_unserved", payment_id=on_its_way.public_id, reason="Gone")
    open_payment(ada, method_id=make_card(ada, "4000-FAIL-1"), wait=1.0)
    dispute(make_captured(ada, served_by="SUB-000003"), "lost")
    dispute(make_captured(ada, served_by="SUB-000004"), "won")
    dispute(make_captured(ada))
    open_payment(ada, lines=[make_line(0)], wait=1.0)
    assert broken() == {}
    return payment


def dispute(payment: Payment, outcome: str = "") -> None:
    """The bank itself tells, also of what went back already."""
    told = {"reference": f"dp_{payment.pk}", "reason": "fraudulent", "refunded_too": True}
    taken: Dispute = use("dispute.take_up", payment_id=payment.public_id, **told)
    if outcome:
        run("dispute.close", dispute_id=taken.public_id, outcome=outcome, note="Letter")


def test_captured_but_never_served(paid: Payment, ada: str) -> None:
    lost = make_captured(ada)

    (found,) = broken()["captured_is_served"]
    assert found["payment"] == lost.public_id


def test_a_refused_refund_of_unserved_money(ada: str) -> None:
    make_card(ada, "4000-NOREFUND-1")
    lost = make_captured(ada, wait=0.0)
    use("payment.refund_unserved", payment_id=lost.public_id, reason="Gone")
    assert broken() == {}
    Refund.objects.update(state="refused")
    Payment.objects.update(refunding=0)

    assert list(broken()) == ["captured_is_served"]


def test_a_silent_refund_after_service(paid: Payment) -> None:
    Refund.objects.filter(payment=paid).update(took_back="")

    assert list(broken()) == ["captured_is_served"]


def test_an_entry_without_its_other_side(paid: Payment) -> None:
    LedgerEntry.objects.create(payment=paid, account="suspense", amount=1, currency="SGD")

    (found,) = broken()["ledger_balances"]
    assert found == {"payment": paid.public_id, "sum": 1}


def test_a_capture_without_entries(paid: Payment) -> None:
    with pgtrigger.ignore(*APPEND_ONLY):
        LedgerEntry.objects.filter(payment=paid, refund=None).delete()

    (found,) = broken()["money_is_posted"]
    assert found["payment"] == paid.public_id
    assert (found["captured"], found["ledger"]) == (1090, -100)


def test_a_refund_that_was_not_posted(paid: Payment) -> None:
    Payment.objects.filter(pk=paid.pk).update(refunded=200)

    assert list(broken()) == ["money_is_posted"]


def test_a_gap_between_receipts(paid: Payment) -> None:
    with pgtrigger.ignore(*APPEND_ONLY):
        Receipt.objects.filter(number=3).update(number=8)
    ReceiptCounter.objects.update(last=8)

    found = broken()["receipts_gapless"]
    assert {"receipt": 4, "why": "its predecessor is missing"} in found


def test_a_counter_that_ran_ahead(paid: Payment) -> None:
    ReceiptCounter.objects.update(last=99)

    (found,) = broken()["receipts_gapless"]
    assert found["why"] == "the counter says 99"


def test_a_capture_without_receipt(paid: Payment) -> None:
    with pgtrigger.ignore(*APPEND_ONLY):
        Receipt.objects.order_by("-number").first().delete()  # type: ignore[union-attr]
    ReceiptCounter.objects.update(last=Receipt.objects.count())
    zero = Payment.objects.get(amount=0)

    # Nothing was posted for it, so only the look over everything can find it.
    (found,) = invariants.receipts_gapless(None)
    assert found["payment"] == zero.public_id


def test_a_refund_without_credit_note(paid: Payment) -> None:
    with pgtrigger.ignore(*APPEND_ONLY):
        CreditNote.objects.order_by("-number").first().delete()  # type: ignore[union-attr]
    CreditNoteCounter.objects.update(last=1)

    (found,) = broken()["credit_notes_gapless"]
    assert found["why"] == "credit note and refund do not match"


def test_a_gap_between_credit_notes(paid: Payment) -> None:
    with pgtrigger.ignore(*APPEND_ONLY):
        CreditNote.objects.filter(number=2).update(number=4)

    told = {one["why"] for one in broken()["credit_notes_gapless"]}
    assert told == {"its predecessor is missing", "the counter says 2"}


def test_money_that_went_back_twice(paid: Payment) -> None:
    dispute(paid, "lost")

    (found,) = broken()["lost_is_not_refunded"]
    assert found == {"payment": paid.public_id, "captured": 1090, "refunded": 100, "lost": 1090}


def test_a_dispute_that_was_not_posted(paid: Payment) -> None:
    Payment.objects.filter(pk=paid.pk).update(disputed=100)

    (found,) = broken()["money_is_posted"]
    assert (found["payment"], found["disputed"]) == (paid.public_id, 100)


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [LedgerEntry, Receipt, CreditNote])
def test_what_is_written_stays(paid: Payment, model: type, change: str) -> None:
    rows = model.objects.all()
    changes: dict[str, Callable[[], object]] = {
        "update": lambda: rows.update(currency="EUR"),
        "delete": lambda: rows._raw_delete(rows.db),
    }
    with pytest.raises(Error, match="Cannot"), transaction.atomic():
        changes[change]()


@pytest.mark.parametrize(
    "wrong",
    [
        "amount = -1",
        "tax = amount + 1",
        "state = 'paid'",
        "refunded = amount + 1",
        "refunded = 600, refunding = 600",
        "disputed = amount + 1",
        "captured_at = NULL",
        "state = 'declined'",
    ],
)
def test_the_database_refuses_what_cannot_be(ada: str, card: str, wrong: str) -> None:
    payment = make_captured(ada)
    with (
        pytest.raises(Error, match="violates check"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE payments_payment SET {wrong} WHERE id = {payment.pk}")
