from __future__ import annotations

import pytest

from apps.payments.models import Payment, PaymentAttempt, PaymentLine
from apps.payments.operations import settler_of
from apps.payments.rules import Wanted
from bss.core.calls import refused as turned_down
from bss.core.errors import Conflict, UnknownOperation
from bss.core.models import Call
from bss.core.operations import invoke

from .conftest import Refused
from .factories import make_card, make_customer, make_line, open_payment, record, use

KEY = "manual/one"


def test_the_call_is_requested_not_made(ada: str, card: str) -> None:
    payment = open_payment(ada, key=KEY, lines=[make_line(1000, 90), make_line(500)])
    call = Call.objects.get()

    assert (payment.state, payment.amount, payment.tax) == ("requested", 1590, 90)
    assert (call.gateway, call.method, call.key) == ("cards", "charge", "manual/one/1")
    assert call.then == settler_of("manual")
    assert call.shown["amount"] == 1590
    assert call.shown["to"] == "Visa …4242"
    lines = payment.lines.order_by("position")
    assert list(lines.values_list("position", "net")) == [(1, 1000), (2, 500)]
    assert payment.attempts.get().state == "requested"


def test_the_default_card_pays(ada: str, card: str) -> None:
    make_card(ada)

    assert open_payment(ada).method.public_id == card


def test_without_a_card_nothing_opens(ada: str, refused: Refused) -> None:
    with refused("payment.open.no_method"):
        open_payment(ada)


def test_the_same_key_is_the_same_payment(ada: str, card: str) -> None:
    first = open_payment(ada, key=KEY)

    assert open_payment(ada, key=KEY) == first
    assert Call.objects.count() == PaymentAttempt.objects.count() == 1


def test_a_paid_key_stays_paid(ada: str, card: str) -> None:
    first = open_payment(ada, key=KEY, wait=1.0)

    assert first.state == "captured"
    assert open_payment(ada, key=KEY, wait=1.0) == first
    assert Call.objects.count() == 1


def test_an_unknown_outcome_opens_no_new_attempt(ada: str) -> None:
    make_card(ada, "4000-UNKNOWN-1")
    payment = open_payment(ada, key=KEY, wait=1.0)

    assert payment.state == "unknown"
    assert open_payment(ada, key=KEY, wait=1.0).attempt_number == 1
    assert Call.objects.count() == 1


def test_a_declined_key_opens_the_next_attempt(ada: str, card: str) -> None:
    payment = open_payment(ada, key=KEY)
    record(payment, turned_down("card_declined", "No"))
    other = make_card(ada, "5555 5555 5555 4444")
    again = open_payment(ada, key=KEY, method_id=other, lines=[make_line(700)])

    assert again == payment
    assert (again.state, again.attempt_number, again.amount) == ("requested", 2, 700)
    assert again.paid_with == "Mastercard …4444"
    assert list(again.attempts.order_by("number").values_list("state", flat=True)) == [
        "declined",
        "requested",
    ]
    assert list(Call.objects.order_by("id").values_list("key", flat=True)) == [
        "manual/one/1",
        "manual/one/2",
    ]
    assert PaymentLine.objects.get().net == 700


def test_a_key_belongs_to_one_payer(ada: str, card: str) -> None:
    open_payment(ada, key=KEY)
    cleo = make_customer()
    make_card(cleo)
    with pytest.raises(Conflict):
        open_payment(cleo, key=KEY)


def test_many_open_in_a_few_statements(
    ada: str, card: str, django_assert_num_queries: object
) -> None:
    wanted = [
        Wanted(
            purpose="manual",
            key=f"manual/{number}",
            customer_id=ada,
            lines=[make_line(100 + number)],
            capture="now",
        )
        for number in range(50)
    ]
    # The cards, one statement for all rows, the kernel's flush; and a savepoint around them.
    with django_assert_num_queries(5):  # type: ignore[operator]
        opened = use("payment.open_many", wanted=wanted)

    assert [payment.amount for payment in opened] == list(range(100, 150))
    assert Call.objects.count() == PaymentAttempt.objects.count() == 50


def test_one_bad_card_refuses_the_batch(ada: str, card: str, refused: Refused) -> None:
    wanted = [
        Wanted(purpose="manual", key=key, customer_id=who, lines=[make_line()], capture="now")
        for key, who in (("manual/1", ada), ("manual/2", make_customer()))
    ]
    with refused("payment.open.no_method"):
        use("payment.open_many", wanted=wanted)
    assert not Payment.objects.exists()


def test_nobody_opens_payments_from_outside(ada: str, card: str) -> None:
    with pytest.raises(UnknownOperation):
        invoke("payment.open", {"purpose": "manual"})


@pytest.mark.parametrize("capture", ["now", "later"])
def test_nothing_to_pay_needs_no_card(ada: str, capture: str) -> None:
    payment = open_payment(ada, lines=[make_line(0)], capture=capture, wait=1.0)
    if capture == "later":
        assert payment.state == "authorised"
        use("payment.capture", payment_id=payment.public_id, wait=1.0)
        payment.refresh_from_db()

    assert payment.state == "captured"
    assert payment.served_by == payment.public_id
    assert payment.receipt.total == 0
    assert not payment.entries.exists()
    assert set(Call.objects.values_list("gateway", flat=True)) == {"nothing"}


def test_nothing_authorised_can_be_voided(ada: str) -> None:
    payment = open_payment(ada, lines=[make_line(0)], capture="later", wait=1.0)
    use("payment.void", payment_id=payment.public_id, reason="Changed mind", wait=1.0)
    payment.refresh_from_db()

    assert payment.state == "voided"
