"""Pure arithmetic: tables, and properties of the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.payments import rules
from apps.payments.rules import Line, read_card

TODAY = date(2026, 3, 2)
amounts = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("number", "brand", "last4"),
    [
        ("4242424242424242", "visa", "4242"),
        ("4242 4242-4242 4241", "visa", "4241"),
        ("5555555555554444", "mastercard", "4444"),
        ("2223003122003222", "mastercard", "3222"),
        ("378282246310005", "amex", "0005"),
        ("6011111111111117", "discover", "1117"),
        ("9999999999999999", "card", "9999"),
        ("4000-fail-0002", "visa", "0002"),
        ("UNKNOWN", "card", "0000"),
    ],
)
def test_what_is_kept_of_a_card(number: str, brand: str, last4: str) -> None:
    card = read_card(number, None, None, TODAY)

    assert card is not None
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == (brand, last4, 12, 2031)


@pytest.mark.parametrize("number", ["", "4242", "x" * 16, "4242424242424242x", "4" * 20])
def test_what_is_no_card(number: str) -> None:
    assert read_card(number, None, None, TODAY) is None


@pytest.mark.parametrize(
    ("month", "year", "over"), [(3, 2026, False), (2, 2026, True), (12, 25, True), (1, 27, False)]
)
def test_a_card_is_good_to_the_end_of_its_month(month: int, year: int, over: bool) -> None:
    card = read_card("4242424242424242", month, year, TODAY)

    assert card is not None
    assert card.expired(TODAY) == over


@pytest.mark.parametrize(
    ("step", "kind", "trigger"),
    [
        ("charge", "succeeded", "capture"),
        ("authorise", "succeeded", "authorise"),
        ("void", "refused", "keep"),
        ("capture", "unknown", "lose"),
        ("void", "anything else", "lose"),
    ],
)
def test_what_an_outcome_triggers(step: rules.Step, kind: str, trigger: str) -> None:
    assert rules.trigger_of(step, kind) == trigger


def test_keys_of_attempts_and_their_steps() -> None:
    assert rules.attempt_key("renewal/SUB-1/x", 2) == "renewal/SUB-1/x/2"
    assert rules.attempt_key("topup/1", 1, "capture") == "topup/1/1/capture"
    assert rules.attempt_key("topup/1", 1, "refund", 3) == "topup/1/1/refund/3"


def test_lines_are_numbered_and_described() -> None:
    lines = [Line("Data", "VAS", "standard", 275, 25), Line("Fee", "", "", 10, 0)]

    assert rules.describe(lines) == "Data, Fee"
    assert [row["position"] for row in rules.as_rows(lines)] == [1, 2]
    assert lines[0].gross == 300


@given(net=amounts, tax=amounts)
def test_a_capture_balances(net: int, tax: int) -> None:
    postings = rules.capture_postings(net, tax)

    assert sum(posting.amount for posting in postings) == 0
    assert all(posting.amount for posting in postings)
    owed = [one.amount for one in postings if one.account == "cards_receivable"]
    assert sum(owed) == net + tax


@given(net=amounts, tax=amounts, shares=st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_refunds_in_any_parts_balance_and_end_at_nothing(
    net: int, tax: int, shares: list[int]
) -> None:
    amount, before = net + tax, 0
    book = dict.fromkeys(("cards_receivable", "sales", "refunds", "tax_payable"), 0)
    parts = [share for share in cut(amount, shares) if share]
    postings = rules.capture_postings(net, tax)
    for part in parts:
        after = before + part
        back = rules.tax_within(after, amount, tax) - rules.tax_within(before, amount, tax)
        assert 0 <= back <= part
        postings += rules.refund_postings(part, back)
        before = after
    for posting in postings:
        book[posting.account] += posting.amount

    assert sum(book.values()) == 0
    assert book["cards_receivable"] == book["tax_payable"] == 0
    assert book["refunds"] == -book["sales"] == net


def cut(amount: int, shares: list[int]) -> list[int]:
    """An amount in whole parts, as the shares say."""
    total, parts, left = sum(shares), [], amount
    for share in shares[:-1]:
        parts.append(amount * share // total)
        left -= parts[-1]
    return [*parts, left]
