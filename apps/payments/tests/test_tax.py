"""What prices hold of sales tax."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.payments.models import LedgerEntry, Payment
from apps.payments.rules import REGIMES, Line, Seller, by_rate
from apps.payments.rules.taxes import added, included, percent, taken_apart, with_tax_added
from bss.core.models import OperatorProfile
from bss.core.operations import run

from .factories import make_line, open_payment

TODAY = date(2026, 3, 2)
SG = REGIMES["SG"]


@pytest.fixture
def registered(committed: None) -> OperatorProfile:
    """An operator whom Singapore's tax office knows."""
    profile = OperatorProfile.load()
    profile.tax_id = "M2-1234567-8"
    profile.save()
    return profile


def plain(price: int = 1090, tax_class: str = "") -> Line:
    return Line("Plan", "PLAN_S", tax_class, price, 0)


@pytest.mark.parametrize(
    ("price", "rate", "tax"),
    [(1090, 900, 90), (1000, 900, 83), (1000, 1900, 160), (1, 900, 0), (0, 900, 0), (1000, 0, 0)],
)
def test_the_tax_within_a_price(price: int, rate: int, tax: int) -> None:
    assert included(price, rate) == tax


@given(net=st.integers(0, 10**9), rate=st.integers(0, 3000))
def test_what_is_added_is_found_again(net: int, rate: int) -> None:
    tax = added(net, rate)

    assert abs(included(net + tax, rate) - tax) <= 1


@pytest.mark.parametrize(
    ("country", "tax_class", "on", "rate"),
    [
        ("SG", "", TODAY, 900),
        ("SG", "standard", date(2023, 6, 1), 800),
        ("SG", "standard", date(2020, 1, 1), 0),
        ("SG", "exempt", TODAY, 0),
        ("DE", "reduced", TODAY, 700),
        ("AU", "standard", TODAY, 1000),
        ("XX", "standard", TODAY, 0),
    ],
)
def test_rates_by_country_class_and_day(country: str, tax_class: str, on: date, rate: int) -> None:
    assert Seller(country, registered=True).regime.rate(tax_class, on) == rate
    assert Seller(country, registered=False).regime.rate(tax_class, on) == 0


def test_a_line_is_taken_apart_once() -> None:
    once = taken_apart(plain(), SG, TODAY)

    assert (once.net, once.tax, once.tax_basis_points) == (1000, 90, 900)
    assert taken_apart(once, SG, TODAY) == once
    assert with_tax_added(plain(1000), SG, TODAY).gross == 1090


def test_a_receipt_sums_by_rate() -> None:
    lines = [taken_apart(plain(), SG, TODAY), taken_apart(plain(), SG, TODAY), plain(5, "exempt")]

    assert [(one.basis_points, one.net, one.tax) for one in by_rate(lines)] == [
        (900, 2000, 180),
        (0, 5, 0),
    ]
    assert (percent(550), percent(900)) == ("5.5", "9")


def test_a_registered_operator_collects_tax(
    registered: OperatorProfile, ada: str, card: str
) -> None:
    payment = open_payment(ada, lines=[plain()], wait=1.0)

    assert (payment.amount, payment.tax) == (1090, 90)
    line = payment.lines.get()
    assert (line.net, line.tax, line.tax_basis_points) == (1000, 90, 900)
    entries = dict(LedgerEntry.objects.values_list("account", "amount"))
    assert entries == {"cards_receivable": 1090, "sales": -1000, "tax_payable": -90}


def test_an_operator_without_a_tax_number_collects_none(ada: str, card: str) -> None:
    OperatorProfile.load().save()

    assert open_payment(ada, lines=[plain()]).tax == 0


def test_lines_that_are_apart_already_stay(
    registered: OperatorProfile, ada: str, card: str
) -> None:
    assert open_payment(ada, lines=[make_line(1000, 70)]).tax == 70


@pytest.mark.parametrize(
    ("how", "amount", "tax"),
    [("included", "10.90", "0.90"), ("added", "11.88", "0.98"), ("exempt", "10.90", "0.00")],
)
def test_a_charge_by_hand_says_how_it_is_taxed(
    registered: OperatorProfile, ada: str, card: str, how: str, amount: str, tax: str
) -> None:
    wanted = {"customer_id": ada, "payment_method_id": card, "reason": "Letter"}
    shown = run("payment.charge", amount="10.90", tax=how, **wanted)

    assert (shown["amount"], shown["tax"]) == (amount, tax)
    assert Payment.objects.get().lines.get().tax_class in ("standard", "exempt")
