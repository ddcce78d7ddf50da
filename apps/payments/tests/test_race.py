"""Two real connections at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from apps.payments.models import (
    LedgerEntry,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    Receipt,
    ReceiptCounter,
)
from bss.core import context
from bss.core.calls import refused as turned_down
from bss.core.calls import succeeded
from bss.core.context import Context
from bss.core.models import Call
from bss.core.operations import run

from .factories import make_captured, make_card, make_customer, open_payment, record, use

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answers or raises when all start at once, each on its own connection."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            with context.acting(Context(actor="racer")):
                start.wait(timeout=5)
                return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.fixture
def payer(transactional_db: None, outside: None) -> str:
    customer = make_customer()
    make_card(customer)
    return customer


def test_one_key_is_one_payment(payer: str) -> None:
    for number in range(5):
        found = together(*[lambda n=number: open_payment(payer, key=f"manual/{n}")] * 4)
        assert len({payment.pk for payment in found}) == 1

    assert Payment.objects.count() == PaymentAttempt.objects.count() == Call.objects.count() == 5


def test_one_declined_key_opens_one_new_attempt(payer: str) -> None:
    payment = open_payment(payer, key="manual/1")
    record(payment, turned_down("no", "No"))
    together(*[lambda: open_payment(payer, key="manual/1")] * 4)

    assert list(payment.attempts.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert Call.objects.count() == 2


def test_one_outcome_is_captured_once(payer: str) -> None:
    for _ in range(5):
        payment = open_payment(payer)
        outcome = {"payment_id": payment.public_id, "outcome": succeeded(reference="r")}
        answers = together(*[lambda o=outcome: use("payment.record_outcome", **o)] * 3)
        assert sum(answer is not None for answer in answers) == 1

    assert Receipt.objects.count() == 5
    assert LedgerEntry.objects.count() == 10


def test_receipts_have_no_gaps_when_captured_at_once(payer: str) -> None:
    opened = [open_payment(payer) for _ in range(6)]

    def settle(payment: Payment) -> Any:
        outcome = succeeded(reference="r")
        return use("payment.record_outcome", payment_id=payment.public_id, outcome=outcome)

    together(*[lambda p=payment: settle(p) for payment in opened])

    numbers = Receipt.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6]
    assert ReceiptCounter.objects.get().last == 6


def test_refunds_at_once_never_exceed_the_capture(payer: str) -> None:
    payment = make_captured(payer, served_by="SUB-000001")
    args = {"payment_id": payment.public_id, "amount": "6.00", "reason": "Complaint"}
    together(*[lambda: run("payment.refund", **args)] * 3)
    payment.refresh_from_db()

    assert payment.refunded == 600


def test_the_last_free_place_goes_to_one_card(payer: str) -> None:
    for _ in range(3):
        make_card(payer)
    together(*[lambda: make_card(payer)] * 3)

    assert PaymentMethod.objects.count() == 5
    assert PaymentMethod.objects.filter(is_default=True).count() == 1


def test_there_is_one_default_however_many_ask(payer: str) -> None:
    cards = [make_card(payer) for _ in range(3)]
    together(*[lambda c=card: run("payment.set_default", method_id=c) for card in cards])

    assert PaymentMethod.objects.filter(is_default=True).count() == 1
