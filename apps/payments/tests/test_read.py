from __future__ import annotations

import pytest

from bss.core import context
from bss.core.context import Context
from bss.core.errors import NotFound
from bss.core.operations import run

from .factories import make_captured, make_card, make_customer, open_payment, record


def test_methods_are_listed_oldest_first(ada: str, card: str) -> None:
    second = make_card(ada)

    listed = run("payment.list_methods", customer_id=ada)
    assert [method["id"] for method in listed] == [card, second]


def test_tokens_are_shown_only_to_be_recognised(ada: str, card: str) -> None:
    (shown,) = run("payment.list_methods", customer_id=ada)

    assert len(shown["providerToken"]) == 9


def test_attempts_of_a_customer_or_a_card(ada: str, card: str) -> None:
    declining = make_card(ada, "4000-FAIL-1")
    open_payment(ada, wait=1.0)
    open_payment(ada, method_id=declining, wait=1.0)
    stranger = make_customer()
    make_card(stranger)
    open_payment(stranger)

    mine = run("payment.list_attempts", customer_id=ada)
    assert [attempt["status"] for attempt in mine] == ["declined", "approved"]
    (failed,) = run("payment.list_attempts", payment_method_id=declining)
    assert failed == run("payment.get_attempt", attempt_id=failed["id"])
    assert len(run("payment.list_attempts", limit=1)) == 1
    assert len(run("payment.list_attempts")) == 3


def test_a_payments_id_means_its_latest_attempt(ada: str, card: str) -> None:
    payment = make_captured(ada)

    latest = run("payment.get_attempt", attempt_id=payment.public_id)
    assert latest["id"] == f"{payment.public_id}-1"
    assert latest["paymentId"] == payment.public_id


@pytest.mark.parametrize("wrong", ["PAY-999999", "PAY-000001-9", "PAY-x", "PAY-000001-x", "x", ""])
def test_an_unknown_attempt_is_not_found(ada: str, card: str, wrong: str) -> None:
    make_captured(ada)
    with pytest.raises(NotFound):
        run("payment.get_attempt", attempt_id=wrong)


def test_payments_newest_first(ada: str, card: str) -> None:
    first = make_captured(ada, subject="SUB-000001")
    second = open_payment(ada)

    assert ids(customer_id=ada) == [second.public_id, first.public_id]
    assert ids(customer_id=ada, limit=1, offset=1) == [first.public_id]
    assert ids(state="captured") == ids(subject="SUB-000001") == [first.public_id]


def test_customers_see_their_own_only(ada: str, card: str, cleo: str) -> None:
    payment = make_captured(ada)
    with context.acting(Context(actor=cleo, channel="portal-self-serve", customer_id=cleo)):
        assert ids() == []
        assert run("payment.list_attempts") == []
        for name, args in (
            ("payment.get", {"payment_id": payment.public_id}),
            ("payment.list", {"customer_id": ada}),
            ("payment.list_attempts", {"customer_id": ada}),
            ("payment.list_methods", {"customer_id": ada}),
        ):
            with pytest.raises(NotFound):
                run(name, **args)
    with context.acting(Context(actor=ada, channel="portal-self-serve", customer_id=ada)):
        assert ids() == [payment.public_id]
        assert run("payment.get", payment_id=payment.public_id)["id"] == payment.public_id


def test_unknown_payments_and_customers_are_not_found(committed: None) -> None:
    for name, args in (
        ("payment.get", {"payment_id": "PAY-999999"}),
        ("payment.list_methods", {"customer_id": "CUST-999999"}),
        ("payment.set_default", {"method_id": "PM-999999"}),
    ):
        with pytest.raises(NotFound):
            run(name, **args)


@pytest.mark.parametrize("name", ["payment.list", "payment.list_attempts"])
def test_a_longer_list_costs_no_more_statements(
    ada: str, card: str, name: str, django_assert_num_queries: object
) -> None:
    for _ in range(3):
        open_payment(ada)
    for _ in range(2):
        with django_assert_num_queries(1):  # type: ignore[operator]
            run(name, customer_id=ada, limit=50)
        for _ in range(27):
            open_payment(ada)


def test_a_declined_payment_tells_why(ada: str) -> None:
    make_card(ada, "4000-FAIL-1")
    payment = open_payment(ada, wait=1.0)

    shown = run("payment.get", payment_id=payment.public_id)
    assert (shown["status"], shown["declineReason"]) == ("declined", "card_declined_by_issuer")
    assert record(payment) is None


def ids(**args: object) -> list[str]:
    return [payment["id"] for payment in run("payment.list", **args)]
