import pytest

from apps.rating.models import Usage
from apps.subscription.tests.factories import (
    balance,
    events,
    grants,
    internal,
    make_line,
    the,
    top_up,
)
from bench.statements import counted
from bss.core import invariants
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")
ROAMING = "VAS_ROAMING_1GB"


@pytest.fixture(autouse=True)
def _zones(committed, frozen_clock):
    internal("catalog.seed")
    run("catalog.set_zone", zone_id="ASIA", name="Asia", countries=["JP", "TH"])
    run("catalog.set_zone", zone_id="WORLD", name="World", countries=["JP", "US"])


def cover(offering, zone):
    run("catalog.set_coverage", offering_id=offering, zone_id=zone)


def abroad(line, quantity, country=None, event_type="data", unit="mb"):
    where = {"roaming_indicator": True, "visited_country": country}
    used = {"msisdn": the(line).msisdn, "event_type": event_type, "unit": unit}
    return run("usage.simulate", quantity=quantity, **used, **where)


def at_home(line, quantity):
    used = {"msisdn": the(line).msisdn, "event_type": "data", "unit": "mb"}
    return run("usage.simulate", quantity=quantity, **used)


def left(line):
    return {row["zone"]: row["remaining"] for row in balance(line, "data_roaming")["coverage"]}


def test_roaming_data_is_good_in_its_zone_only():
    cover("PLAN_M", "ASIA")
    line = make_line("PLAN_M")
    assert abroad(line, 100, "TH")["processed"]
    refused = abroad(line, 100, "US")
    assert refused["processingError"] == "subscription.usage_rated.zone_not_covered"
    assert refused["visitedCountry"] == "US"
    assert left(line) == {"ASIA": 400}
    assert the(line).state == "active"
    assert [one.name for one in invariants.check() if not one.holds] == []


def test_the_network_is_told_why():
    cover("PLAN_M", "ASIA")
    used = {"msisdn": the(make_line("PLAN_M")).msisdn, "event_type": "data", "unit": "mb"}
    where = {"roamingIndicator": True, "visitedCountry": "us"}
    (said,) = run("usage.record", events=[{**used, "quantity": 5, **where}])
    assert said["rule"] == "subscription.usage_rated.zone_not_covered"
    assert "none good there" in said["message"]


def test_a_country_in_two_zones_takes_from_either():
    cover("PLAN_M", "ASIA")
    cover(ROAMING, "WORLD")
    line = make_line("PLAN_M")
    top_up(line, ROAMING)
    assert left(line) == {"ASIA": 500, "WORLD": 1024}
    abroad(line, 600, "JP")
    assert left(line) == {"WORLD": 924}
    abroad(line, 24, "US")
    assert left(line) == {"WORLD": 900}


def test_a_country_in_no_zone_takes_from_what_is_good_everywhere():
    cover("PLAN_M", "ASIA")
    line = make_line("PLAN_M")
    top_up(line, ROAMING)
    abroad(line, 24, "FR")
    assert left(line) == {None: 1000, "ASIA": 500}


def test_where_nobody_says_anything_goes():
    cover("PLAN_M", "ASIA")
    line = make_line("PLAN_M")
    assert abroad(line, 100)["processed"]


def test_what_was_sold_stays_good_where_it_was():
    line = make_line("PLAN_M")
    cover("PLAN_M", "ASIA")
    assert abroad(line, 100, "US")["processed"]
    assert [grant.zone for grant in grants(line, "data_roaming")] == [""]


def test_roaming_that_runs_out_never_stops_the_line():
    line = make_line("PLAN_M")
    abroad(line, 500)
    assert abroad(line, 1)["processingError"].endswith("roaming_balance_required")
    assert events("subscription.exhausted")[0]["kind"] == "data_roaming"
    assert (the(line).state, at_home(line, 10)["processed"]) == ("active", True)


def test_calls_and_messages_abroad_are_those_at_home():
    line = make_line()
    abroad(line, 100, "US", "sms", "count")
    assert balance(line, "sms")["remaining"] == 0
    capped = abroad(line, 1, "US", "sms", "count")
    assert capped["processingError"] == "subscription.usage_rated.balance_required"
    assert the(line).state == "active"


def test_zones_are_asked_for_only_abroad():
    line = make_line("PLAN_M")
    event = {"msisdn": the(line).msisdn, "event_type": "data", "quantity": 1, "unit": "mb"}
    with counted() as home:
        run("usage.record", events=[event])
    there = event | {"roaming_indicator": True, "visited_country": "JP"}
    with counted() as away:
        run("usage.record", events=[there, there | {"visited_country": "US"}])
    assert len(away) == len(home) + 1
    assert set(Usage.objects.values_list("visited_country", flat=True)) == {"", "JP", "US"}


def test_a_share_of_roaming_data_keeps_its_zone():
    cover("PLAN_M", "ASIA")
    line = make_line("PLAN_M")
    other = make_line("PLAN_M", customer_id=the(line).owner)
    lines = {"subscription_id": line, "to_subscription_id": other}
    run("bucket.transfer", **lines, kind="data_roaming", quantity=100, reason="Goes to Japan")
    assert left(other) == {"ASIA": 600}
