"""`bss report …` and `bss explain …` as they are typed."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from apps.cockpit.rules.safety import harmless
from apps.ordering.tests.factories import create, line_of, make_buyer, payment_of
from apps.subscription.models import Bucket
from bss.core.operations import run
from bss.core.registry import registry

REPORTS = sorted(name for name in registry() if name.startswith("report."))
pytestmark = pytest.mark.usefixtures("sandbox", "frozen_clock")


@pytest.fixture
def order(sandbox, frozen_clock, drain):
    placed = create(make_buyer())
    drain()
    return placed


def words(name: str) -> list[str]:
    return name.replace("_", "-").split(".")


@pytest.mark.timeout(30)
def test_a_report_is_a_table_a_file_and_json_of_the_same_numbers(bss, order):
    for name in REPORTS:
        table, text, data = (bss(*words(name), *how) for how in ([], ["--csv"], ["--json"]))
        assert (table.code, text.code, data.code) == (0, 0, 0)
        told = json.loads(data.out)
        rows = list(csv.DictReader(StringIO(text.out)))
        assert rows == [
            {key: "" if value is None else str(value) for key, value in row.items()}
            for row in told["rows"]
        ]
        assert told["title"] in table.out
        assert max(len(line) for line in table.out.splitlines()) <= 80


def test_a_chart_is_drawn_below_the_table(bss, order):
    shown = bss("report", "activations", "--last", "3").out
    assert "█" * 32 in shown
    assert "1 Mar 2026" in shown


def test_a_role_that_may_not_see_money_is_refused(bss, order):
    assert bss("report", "mrr", "--as", "care").code == 2
    assert bss("report", "pools", "--as", "engineer").code == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_a_spreadsheet_takes_no_words_for_a_formula(text):
    assert harmless(text) == f"'{text}"
    assert harmless("Lite") == "Lite"


def test_a_line_is_explained(bss, order):
    line = line_of(order).public_id
    shown = bss("explain", line)
    assert (shown.code, "Everything adds up" in shown.out) == (0, True)
    assert "PRICE_PLAN_S: SGD 10.00 / 30 days" in shown.out
    assert json.loads(bss("explain", line, "--json").out)["sums"] is True


def test_a_payment_is_explained(bss, order):
    payment = payment_of(order).public_id
    shown = bss("explain", payment)
    assert (shown.code, "Everything adds up" in shown.out) == (0, True)
    assert json.loads(bss("explain", payment, "--json").out)["key"] == f"activation/{order}"


def test_what_does_not_add_up_is_in_red_on_the_card(bss, order):
    Bucket.objects.filter(kind="sms").update(used=1)
    shown = bss("explain", line_of(order).public_id).out
    assert "This does not add up" in shown
    assert "sms used, by event: 1 messages is stated, the parts come to 0 messages." in shown


def test_a_blocked_line_says_why(bss, order):
    msisdn = line_of(order).msisdn
    run("usage.simulate", msisdn=msisdn, event_type="data", quantity=6, unit="gb")
    shown = bss("explain", line_of(order).public_id).out
    assert "Out of service" in shown
    assert "usage.record.subscription_must_be_active" in shown
    assert "Beyond the bundle" in shown


@pytest.mark.parametrize("word", ["ORD-000001", "x", "SUB", "CUST-000001", "-"])
def test_what_cannot_be_explained_is_said(bss, word):
    assert bss("explain", word).code != 0


def test_care_may_explain_and_a_stranger_to_money_may_not(bss, order):
    payment = payment_of(order).public_id
    assert bss("explain", payment, "--as", "care").code == 0
    assert bss("explain", payment, "--as", "engineer").code == 2
