from __future__ import annotations

import pytest
from django.db import connection

from apps.payments.models import PaymentMethod
from bss.core import context
from bss.core.context import Context
from bss.core.errors import InvalidArguments, NotFound
from bss.core.models import StoredEvent
from bss.core.operations import invoke, run

from .conftest import Product, Refused
from .factories import VISA

PM = {
    "id", "href", "customerId", "type", "tokenizationProvider", "providerToken", "cardSummary",
    "isDefault", "status", "createdAt", "@type",
}  # fmt: skip


def add(customer_id: str, number: str = VISA, **args: object) -> dict[str, object]:
    added: dict[str, object] = run(
        "payment.add_card", customer_id=customer_id, card_number=number, **args
    )
    return added


def test_a_card_is_kept_as_a_token(ada: str) -> None:
    card = add(ada, exp_month=3, exp_year=2031, holder="Ada Lovelace")

    assert set(card) == PM
    assert card["customerId"] == ada
    assert card["status"] == "active"
    assert card["tokenizationProvider"] == "mock"
    assert card["cardSummary"] == {
        "brand": "visa",
        "last4": "4242",
        "expMonth": 3,
        "expYear": 2031,
        "country": None,
    }


def test_the_number_is_nowhere(ada: str) -> None:
    add(ada, "4242424242424242")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} t"
                " WHERE t::text LIKE '%%42424242%%'"
            )
            assert cursor.fetchone() == (0,), table


def test_the_first_card_is_the_default(ada: str) -> None:
    first, second = add(ada), add(ada)

    assert (first["isDefault"], second["isDefault"]) == (True, False)


def test_it_is_told_about_the_customer(ada: str) -> None:
    card = add(ada)
    event = StoredEvent.objects.get(name="payment_method.added")

    assert (event.aggregate, event.about) == (card["id"], ada)
    assert event.payload["last4"] == "4242"
    assert event.summary == "Card Visa …4242 added"


@pytest.mark.parametrize("number", ["4000-FAIL-0002", "DECLINE 4242", "5555TIMEOUT4444"])
def test_marker_words_stay_in_the_token(ada: str, number: str) -> None:
    add(ada, number)

    token = PaymentMethod.objects.get().token
    assert any(word in token for word in ("FAIL", "DECLINE", "TIMEOUT"))


@pytest.mark.parametrize("number", ["", "1234", "not a card", "4" * 20])
def test_what_is_no_card_is_refused(ada: str, refused: Refused, number: str) -> None:
    with refused("payment_method.add.invalid_card"):
        add(ada, number)


def test_a_month_is_one_of_twelve(ada: str, refused: Refused) -> None:
    with refused("payment_method.add.invalid_card"):
        add(ada, exp_month=13)


def test_an_expired_card_is_refused(ada: str, refused: Refused, frozen_clock: object) -> None:
    add(ada, exp_month=3, exp_year=2026)
    with refused("payment_method.add.card_not_expired"):
        add(ada, exp_month=2, exp_year=26)


def test_five_cards_are_enough(ada: str, refused: Refused) -> None:
    card = [add(ada) for _ in range(5)][0]
    with refused("payment_method.add.at_most_n_methods"):
        add(ada)
    run("payment.remove_method", method_id=card["id"])
    add(ada)


def test_a_suspended_customer_adds_none(ada: str, refused: Refused) -> None:
    run("customer.suspend", customer_id=ada, reason="fraud check")
    with refused("payment_method.add.customer_active_or_pending"):
        add(ada)


def test_numbers_are_not_typed_here_with_a_real_processor(
    ada: str, refused: Refused, product: Product
) -> None:
    product(gateways={"cards": "stripe"})
    with refused("payment_method.add.no_tokenizer"):
        add(ada)


def test_an_unknown_customer_has_no_cards(committed: None) -> None:
    with pytest.raises(NotFound):
        add("CUST-999999")


def test_a_customer_adds_to_their_own_account_only(ada: str, cleo: str) -> None:
    with context.acting(Context(actor=cleo, channel="portal-self-serve", customer_id=cleo)):
        assert add(cleo)["customerId"] == cleo
        with pytest.raises(NotFound):
            add(ada)


def test_camel_case_and_numbers_are_understood(ada: str) -> None:
    args = {"customerId": ada, "cardNumber": 4242424242424242, "expMonth": 1, "expYear": 40}

    assert invoke("payment.add_card", args).result["cardSummary"]["expYear"] == 2040
    with pytest.raises(InvalidArguments):
        invoke("payment.add_card", {"customerId": ada})
