"""What a customer paid, and what the books say."""

from __future__ import annotations

from typing import Any

import pytest

from bss.core.operations import run

from .factories import make_captured, make_line


@pytest.fixture
def spring(ada: str, card: str, frozen_clock: Any) -> str:
    """A customer with two lines' payments in March and a refund in April."""
    march = make_captured(
        ada,
        purpose="renewal",
        key="renewal/SUB-000001/2026-03-02",
        lines=[make_line(1000, 90)],
        subject="SUB-000001",
        served_by="SUB-000001",
    )
    make_captured(ada, subject="SUB-000002", served_by="SUB-000002")
    frozen_clock.freeze("2026-04-02T12:00:00+00:00")
    run("payment.refund", payment_id=march.public_id, amount="2.00", reason="Slow network")
    return ada


def test_a_period_is_told_line_by_line(spring: str) -> None:
    march = run(
        "payment.statement", customer_id=spring, first_day="2026-03-01", last_day="2026-03-31"
    )

    assert [line["subject"] for line in march["lines"]] == ["SUB-000001", "SUB-000002"]
    assert (march["paid"], march["refunded"], march["total"]) == ("20.90", "0.00", "20.90")
    (entry,) = march["lines"][0]["entries"]
    assert (entry["kind"], entry["period"], entry["document"], entry["tax"]) == (
        "paid",
        "2026-03-02",
        "RCPT-000001",
        "0.90",
    )


def test_this_month_is_told_when_none_is_named(spring: str) -> None:
    april = run("payment.statement", customer_id=spring)

    assert (april["paid"], april["refunded"], april["total"]) == ("0.00", "2.00", "-2.00")
    assert april["lines"][0]["entries"][0]["document"] == "CRN-000001"


def test_disputes_are_told(spring: str) -> None:
    payment = run("payment.list", customer_id=spring, subject="SUB-000002")[0]["id"]
    dispute = run("dispute.open", payment_id=payment, reference="dp_1", reason="fraudulent")
    assert run("payment.statement", customer_id=spring)["disputed"] == "10.00"

    run("dispute.close", dispute_id=dispute["id"], outcome="won", note="Letter")
    april = run("payment.statement", customer_id=spring)
    assert (april["disputed"], april["total"]) == ("0.00", "-2.00")


def test_a_day_belongs_to_the_operators_zone(ada: str, card: str, frozen_clock: Any) -> None:
    frozen_clock.freeze("2026-03-31T20:00:00+00:00")
    make_captured(ada)

    assert run("payment.statement", customer_id=ada, first_day="2026-04-01")["paid"] == "10.00"


def test_a_longer_statement_costs_no_more_statements(
    ada: str, card: str, django_assert_num_queries: Any
) -> None:
    for _ in range(2):
        for _ in range(3):
            payment = make_captured(ada, served_by="SUB-000001")
            run("payment.refund", payment_id=payment.public_id, amount="1.00", reason="Slow")
        with django_assert_num_queries(7):
            run("payment.statement", customer_id=ada)


def test_the_books_balance_by_account_and_period(spring: str) -> None:
    books = run("ledger.trial_balance", first_day="2026-04-01", last_day="2026-04-30")

    assert (books["balanced"], books["sum"]) == (True, "0.00")
    accounts = {one["account"]: one for one in books["accounts"]}
    assert accounts["cards_receivable"] == {
        "account": "cards_receivable",
        "opening": "20.90",
        "debits": "0.00",
        "credits": "2.00",
        "closing": "18.90",
    }
    assert accounts["sales"]["closing"] == "-20.00"
    assert float(accounts["tax_payable"]["closing"]) == pytest.approx(-0.90 + 0.17)


def test_nothing_yet_balances_too(committed: None) -> None:
    assert run("ledger.trial_balance")["accounts"] == []
