"""Every report over one small world whose numbers can be counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.crm.tests.factories import make_customer
from apps.ordering.tests.factories import create, line_of, make_buyer
from apps.payments.models import Payment
from apps.subscription.models import Renewal, Subscription
from apps.subscription.tests.factories import DECLINING, add_card
from bss.core.errors import InvalidArguments, PolicyViolation
from bss.core.operations import invoke, run
from bss.core.registry import registry
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")
REPORTS = sorted(name for name in registry() if name.startswith("report."))


@pytest.fixture
def sold(frozen_clock, drain):
    """Bring a line into service: `sold("PLAN_M")` answers its id."""

    def sell(plan="PLAN_S", **wishes):
        order = create(make_buyer(), plan, **wishes)
        drain()
        return line_of(order).public_id

    return sell


def report(name: str, **how: Any) -> dict[str, Any]:
    found: dict[str, Any] = run(f"report.{name}", **how)
    return found


def rows(name: str, *columns: str, **how: Any) -> list[Any]:
    """Some columns of a report, row by row."""
    found = report(name, **how)["rows"]
    return [tuple(row[column] for column in columns) for row in found]


def use(line: str, megabytes: int) -> None:
    used = {"msisdn": Subscription.objects.get_by_id(line).msisdn, "unit": "mb"}
    run("usage.simulate", event_type="data", quantity=megabytes, **used)


def renew(frozen_clock, drain) -> None:
    frozen_clock.advance("30d")
    run_sweep("renewals")
    drain()


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_to_report_is_no_fault(name):
    found = run(name)
    assert {"columns", "rows", "totals", "chart"} <= set(found)
    assert {row for row in found["chart"]["series"]} <= {one["name"] for one in found["columns"]}


def statements() -> dict[str, int]:
    """How many statements each report takes."""
    counts = {}
    for name in REPORTS:
        with CaptureQueriesContext(connection) as taken:
            run(name)
        counts[name] = len(taken)
    return counts


@pytest.mark.timeout(30)
def test_many_lines_cost_the_statements_of_one(sold):
    sold()
    one = statements()
    sold("PLAN_M")
    sold("PLAN_L")
    assert statements() == one
    assert max(one.values()) <= 5


def test_mrr_counts_the_periods_that_are_paid(sold, frozen_clock, drain):
    sold()
    lost = sold("PLAN_M")
    assert rows("mrr", "from", "paying", "mrr", "change", last=2) == [
        ("2026-02-01", 0, "0.00", None),
        ("2026-03-01", 2, "35.00", "35.00"),
    ]
    add_card(Subscription.objects.get_by_id(lost).owner, DECLINING)
    renew(frozen_clock, drain)
    assert rows("mrr", "paying", "mrr", last=1) == [(1, "10.00")]


def test_mrr_takes_thirty_days_for_a_month_and_leaves_out_what_was_refunded(sold, drain):
    line = sold("PLAN_M")
    Subscription.objects.get_by_id(line).price.__class__.objects.filter(pk="PRICE_PLAN_M").update(
        period_length=60
    )
    assert rows("mrr", "mrr", last=1) == [("12.50",)]
    run("payment.refund", payment_id=Payment.objects.get().public_id, reason="unhappy")
    drain()
    assert rows("mrr", "paying", "mrr", last=1) == [(0, "0.00")]


def test_a_line_that_ended_brings_nothing(sold, drain):
    run("subscription.terminate", subscription_id=sold())
    drain()
    assert rows("mrr", "paying", "mrr", last=1) == [(0, "0.00")]


def test_arpu_is_what_the_ledger_earned_for_each_line(sold, drain):
    first = sold()
    sold("PLAN_M")
    run("subscription.purchase_vas", subscription_id=first, vas_offering_id="VAS_DATA_1GB")
    drain()
    # 38.00 for none before and two after: one on average.
    assert rows("arpu", "revenue", "before", "after", "arpu", last=1) == [("38.00", 0, 2, "38.00")]
    paid = Payment.objects.get(purpose="topup")
    run("payment.refund", payment_id=paid.public_id, reason="unhappy", amount="1.00")
    drain()
    assert rows("arpu", "revenue", last=1) == [("37.00",)]


def test_churn_is_who_left_of_those_who_were_there(sold, frozen_clock, drain):
    gone, _ = sold(), sold()
    frozen_clock.advance("30d")
    sold()
    run("subscription.terminate", subscription_id=gone, code="too_expensive")
    drain()
    found = rows("churn", "before", "activated", "ended", "after", "churn", last=2)
    assert found == [(0, 2, 0, 2, None), (2, 1, 1, 2, 50.0)]
    assert all(before + more - fewer == after for before, more, fewer, after, _ in found)


def test_activations_say_how_many_stayed(sold, drain):
    run("subscription.terminate", subscription_id=sold())
    sold("PLAN_M")
    drain()
    assert rows("activations", "activated", "kept", "charged", last=1) == [(2, 1, "35.00")]
    assert report("activations", last=1)["totals"] == {
        "activated": 2,
        "kept": 1,
        "charged": "35.00",
    }


def test_days_begin_where_the_operator_is(sold, frozen_clock):
    # In Singapore it is the third of March already.
    frozen_clock.freeze("2026-03-02T17:00:00+00:00")
    sold()
    assert rows("activations", "from", "activated", by="day", last=2) == [
        ("2026-03-02", 0),
        ("2026-03-03", 1),
    ]


def test_the_funnel_counts_who_came_how_far(sold, drain):
    make_customer()
    make_buyer(card=None)
    declined = make_buyer(card=DECLINING)
    create(declined)
    sold()
    drain()
    assert rows("funnel", "stage", "customers", "lost") == [
        ("Registered", 4, 0),
        ("Identity verified", 3, 1),
        ("Card on file", 2, 1),
        ("Order placed", 2, 0),
        ("Order submitted", 2, 0),
        ("Card accepted", 1, 1),
        ("In service", 1, 0),
    ]


def test_top_ups_are_counted_where_they_were_paid(sold, drain):
    line = sold()
    run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
    add_card(Subscription.objects.get_by_id(line).owner, DECLINING)
    with pytest.raises(PolicyViolation):
        run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
    drain()
    columns = ("bought", "automatic", "lines", "revenue", "declined")
    assert rows("topups", *columns, last=1) == [(1, 0, 1, "3.00", 1)]


def test_leaks_are_named(sold, drain, frozen_clock):
    line = sold()
    use(line, 5120 + 80)
    run("usage.record", events=[event(line)])
    Payment.objects.update(served_at=None, served_by="")
    drain()
    found = {(row["leak"], row["what"]): row for row in report("leakage")["rows"]}
    refused = ("Usage that was not rated", "usage.record.subscription_must_be_active")
    assert found[refused]["items"] == 1
    assert found["Used beyond the bundle", "data"]["quantity"] == "80 mb"
    assert found["Paid and nothing given", "activation"]["amount"] == "10.00"
    run("usage.write_off", subscription_id=line, kind="data", reason="a gift")
    found = {row["leak"]: row["quantity"] for row in report("leakage")["rows"]}
    assert "Used beyond the bundle" not in found
    assert found["Written off"] == "80 mb"


def event(line: str) -> dict[str, Any]:
    msisdn = Subscription.objects.get_by_id(line).msisdn
    return {
        "event_key": "late",
        "msisdn": msisdn,
        "event_type": "data",
        "quantity": 1,
        "unit": "mb",
    }


def test_lines_in_service_that_nobody_paid_for_leak(sold, frozen_clock):
    sold()
    frozen_clock.advance("31d")
    found = [(row["leak"], row["amount"]) for row in report("leakage")["rows"]]
    assert found == [("In service without a paid period", "10.00")]


def test_pools_sum_to_all_and_say_how_long_they_last(sold, drain):
    run("subscription.terminate", subscription_id=sold())
    sold()
    drain()
    for row in report("pools")["rows"]:
        parts = ("available", "reserved", "in_use", "resting", "gone")
        assert sum(row[part] for part in parts) == row["total"]
        assert row["days_left"] == row["available"] * 30 // row["taken"]
    assert rows("pools", "in_use", "resting", "taken")[0] == (1, 1, 2)


def test_renewals_ahead_are_what_will_be_charged(sold, frozen_clock, drain):
    sold()
    cheap = sold("PLAN_M")
    Subscription.objects.filter(pk=Subscription.objects.get_by_id(cheap).pk).update(amount=0)
    found = report("renewals_ahead", days=30)
    assert found["totals"] == {
        "lines": 2,
        "expected": "10.00",
        "free": 1,
        "without_card": 0,
        "at_risk": "0.00",
    }
    due = [row["day"] for row in found["rows"] if row["lines"]]
    assert due == ["2026-04-01"]
    renew(frozen_clock, drain)
    assert sum(Renewal.objects.values_list("amount", flat=True)) == 1000


@pytest.mark.parametrize("wrong", [{"last": 0}, {"last": 10**6}, {"by": "year"}, {"last": "x"}])
def test_what_cannot_be_reported_is_said(wrong):
    with pytest.raises(InvalidArguments):
        invoke("report.mrr", wrong)
