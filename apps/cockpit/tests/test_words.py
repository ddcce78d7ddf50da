"""The words and options that people know from elsewhere."""

import json
from functools import partial

import pytest

from apps.catalog.models import ProductOfferingPrice
from apps.cockpit.queries.slots import moment
from apps.crm.models import Customer
from bss.core import clock
from bss.core.models import ApiClient, Call, OperatorProfile

GOOD, BAD = "4242424242424242", "4000DECLINE0002"


@pytest.fixture
def shop(bss):
    """Something to sell, and a customer with a card: `shop(card)` answers their id."""
    bss("seed", "--json")

    def customer(card: str = GOOD) -> str:
        words = ("--name", "Ada Lovelace", "--email", f"{card}@mail.test", "--card", card, "--json")
        made = json.loads(bss("customer", "create", *words).out)
        bss("customer", "attest-kyc", made["id"], "prebaked", card)
        return made["id"]

    return customer


def test_a_customer_comes_with_a_card(bss, shop) -> None:
    customer = shop()

    (card,) = json.loads(bss("payment", "list-methods", "--customer", customer, "--json").out)
    assert card["cardSummary"]["last4"] == "4242"
    assert "visa •••• 4242" in bss("customer", "show", customer).out


def test_a_card_that_is_refused_leaves_the_customer_and_says_so(bss) -> None:
    words = ("customer", "create", "--name", "Ben", "--email", "b@mail.test", "--card", "12")

    shown, told = bss(*words), bss(*words[:4], "--email", "c@mail.test", *words[6:], "--json")

    assert (shown.code, told.code) == (2, 2)
    assert "Ben  CUST-" in shown.out
    assert json.loads(told.out)["context"]["done"] == Customer.objects.latest("id").public_id


def test_customers_are_found_by_a_part_of_their_name(bss, shop) -> None:
    customer = shop()

    found = json.loads(bss("customer", "list", "--name", "lovel", "--json").out)
    assert [one["id"] for one in found] == [customer]
    assert json.loads(bss("customer", "list", "--name", "nobody", "--json").out) == []


def test_an_order_that_fails_is_a_failure(bss, shop) -> None:
    order = partial(bss, "order", "create", shop(BAD), "PLAN_S", "--yes")

    shown, told = order(), order("--json")

    assert (shown.code, told.code) == (1, 1)
    assert "has failed: card_declined" in shown.err
    assert json.loads(told.out)["state"] == "failed"
    waited = bss("order", "wait-until", json.loads(told.out)["id"], "--target-state", "failed")
    assert waited.code == 0
    assert bss("order", "wait-until", json.loads(told.out)["id"]).code == 1
    assert bss("order", "show", json.loads(told.out)["id"]).code == 0


def test_an_order_that_completes_is_none_and_its_esim_comes_along(bss, shop) -> None:
    ended = bss("order", "create", shop(), "PLAN_S", "--yes", "--json")
    line = json.loads(ended.out)["items"][0]["targetSubscriptionId"]

    whole = json.loads(bss("subscription", "show", line, "--show-esim", "--json").out)

    assert ended.code == 0
    assert (whole["id"], whole["show_esim"]["iccid"]) == (line, whole["iccid"])
    assert "LPA:1$" in bss("subscription", "show", line, "--show-esim").out
    assert "LPA:1$" not in bss("subscription", "show", line).out


def test_who_does_not_wait_leaves_the_rest_to_workers(bss, shop) -> None:
    ended = bss("order", "create", shop(), "PLAN_S", "--yes", "--no-wait", "--json")

    assert (ended.code, json.loads(ended.out)["state"]) == (0, "in_progress")
    assert Call.objects.exclude(state="done").exists()


def test_faults_are_switched_and_listed(bss, shop) -> None:
    fault = partial(bss, "prov", "fault", "HLR_PROVISION", "stuck", "--yes", "--json")
    bss("seed")

    on, off, again = fault(), fault("--disable"), fault("--enable", "--probability", "1")

    assert [json.loads(one.out)["enabled"] for one in (on, off, again)] == [True, False, True]
    listed = {one["id"]: one for one in json.loads(bss("prov", "faults", "--json").out)}
    assert listed["FI_HLR_PROV_STUCK"]["enabled"]
    assert [row.split()[-1] for row in bss("prov", "faults").out.splitlines()].count("on") == 1


def test_the_help_of_a_fault_says_what_to_type(bss) -> None:
    told = bss("prov", "fault", "--help").out

    assert "prov fault [OPTIONS] [TASK_TYPE] [FAULT_TYPE]" in told
    assert "<fail_first_attempt|fail_al" in told
    assert "--enable" in told
    assert "Undefined" not in told


def test_the_pools_are_listed_by_state(bss, shop) -> None:
    rows = json.loads(
        bss("inventory", "esim", "list", "--state", "available", "--limit", "2", "--json").out
    )

    assert [row["profile_state"] for row in rows] == ["available", "available"]
    assert bss("inventory", "esim", "show", rows[0]["iccid"]).code == 0


def test_a_new_price_gets_an_id_from_the_one_that_holds(bss, shop) -> None:
    price = ("admin", "catalog", "set-price", "--offering", "PLAN_M", "--amount")

    first = json.loads(bss(*price, "30", "--retire-current", "--json").out)
    second = json.loads(bss(*price, "31", "--price-id", "PRICE_NEW", "--json").out)
    third = bss(*price, "32")

    assert (first["id"], second["id"]) == ("PRICE_PLAN_M_2", "PRICE_NEW")
    assert third.code == 2
    assert "PLAN_M has PRICE_NEW, PRICE_PLAN_M, PRICE_PLAN_M_2." in third.err
    assert ProductOfferingPrice.objects.filter(offering_id="PLAN_M").count() == 3


def test_what_was_asked_of_the_outside_is_listed_and_counted(bss, shop) -> None:
    customer = shop(BAD)
    order = json.loads(bss("order", "create", customer, "PLAN_S", "--yes", "--json").out)
    asked = partial(bss, "external-calls", "--json")

    def methods(*words: str) -> list[str]:
        return [f"{one['gateway']}.{one['method']}" for one in json.loads(asked(*words).out)]

    assert order["state"] == "failed"
    assert "cards.authorise" in methods()
    assert methods("--failures", "--since", "1h") == ["cards.authorise"]
    assert methods("-p", "mail", "-a", customer, "-n", "1") == ["mail.send"]
    (cards,) = json.loads(asked("-p", "cards", "--month-to-date").out)
    assert cards == {"gateway": "cards", "method": "authorise", "calls": 1, "failures": 1}


def test_a_moment_without_an_offset_is_the_operators(bss, committed) -> None:
    OperatorProfile.objects.update_or_create(pk=1, defaults={"zone": "Asia/Singapore"})

    bss("client", "create", "partner", "--scopes", "usage.record", "--expires-at", "2027-01-01")

    assert ApiClient.objects.get().expires_at.isoformat() == "2026-12-31T16:00:00+00:00"
    assert moment("2027-01-01T00:00+02:00") == "2027-01-01T00:00:00+02:00"
    assert moment("soon", ago=True) == "soon"


@pytest.mark.parametrize(
    ("typed", "seconds"), [("30s", 30), ("5m", 300), ("24h", 86_400), ("7d", 604_800)]
)
def test_a_time_ago(frozen_clock, committed, typed, seconds) -> None:
    from datetime import datetime, timedelta

    assert datetime.fromisoformat(moment(typed, ago=True)) == clock.now() - timedelta(
        seconds=seconds
    )


def test_whoever_gets_a_promotion_is_named_without_more_words(bss, shop) -> None:
    ada, ben = shop(), shop("5555555555554444")
    promo = ("--type", "percent", "--value", "20", "--duration", "single", "--audience", "targeted")
    assert bss("promo", "create", "--id", "LOYAL", *promo).code == 0
    for words in ((ada, ben), ("--customers", f"{ada},{ben}"), (f"{ada},{ben}",)):
        assert bss("promo", "assign", "LOYAL", *words).code == 0
    told = json.loads(bss("promo", "assign", "--promo", "LOYAL", ada, ben, "--json").out)
    assert told["already"] == [ada, ben]
    assert bss("promo", "assign", "LOYAL").code == 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("NaN", "'NaN' is not an amount of money like 10.00"),
        ("Infinity", "'Infinity' is not an amount"),
        ("1e30", "'1e30' is too much; 10000000000.00 is the most"),
        ("0.001", "more digits than the currency"),
        ("-5", "is no discount; it must be more than 0"),
    ],
)
def test_no_discount_is_told_as_such(bss, shop, value, said) -> None:
    promo = ("--type", "absolute", "--duration", "single", "--value", value)
    ended = bss("promo", "create", "--id", "ODD", *promo)

    assert (ended.code, said in ended.err) == (2, True), ended.err


def test_time_only_moves_forward(bss, sandbox) -> None:
    assert "-1d: a negative value stands behind its --name" in bss("clock", "advance", "-1d").err
    for words in (("--duration", "-1d"), ("--", "-1d")):
        ended = bss("clock", "advance", *words)
        assert (ended.code, "time only moves forward" in ended.err) == (2, True), ended.err
