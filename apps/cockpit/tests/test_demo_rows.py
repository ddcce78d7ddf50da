"""The demonstration's rows come once and come back; what is kept about somebody is a file."""

import json

import pytest

from apps.catalog.models import Assignment, Promotion
from apps.cockpit.operations.demo import VIP, WELCOME, address_of
from apps.crm.models import Customer
from apps.crm.tests.factories import make_customer
from apps.subscription.tests.factories import make_line, make_stock, the
from bss.core.models import OperatorProfile
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("sandbox", "frozen_clock")


def told(ended):
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def named(name):
    return run("customer.find_by_email", email=address_of(name))["id"]


def test_they_come_once(bss):
    make_stock()
    first = told(bss("seed-demo", "--json"))
    again = told(bss("admin", "seed-demo", "--json"))

    assert [first[what] for what in ("customers", "promotions", "assignments")] == [3, 2, 2]
    assert [again[what] for what in ("customers", "promotions", "assignments")] == [0, 0, 0]
    assert first["customer_ids"] == again["customer_ids"]
    welcome = Promotion.objects.get(pk=WELCOME)
    assert (welcome.code, welcome.discount_value, welcome.periods) == ("DEMO_WELCOME10", 1000, 3)
    assert Assignment.objects.filter(promotion=VIP).count() == 2


def test_what_was_changed_comes_back(bss):
    make_stock()
    told(bss("seed-demo", "--json"))
    alice, carol = named("Alice"), named("Carol")
    run("customer.update", customer_id=alice, given_name="Mallory")
    run("customer.suspend", customer_id=carol, reason="Trying it")
    run("promo.exhaust", promotion_id=WELCOME)
    run("promo.unassign", promotion_id=VIP, customer_ids=[alice])
    run("promo.assign", promotion_id=VIP, customer_ids=[carol])
    run("customer.close", customer_id=named("Bob"))

    answer = told(bss("demo-restore", "--json"))

    assert (answer["customers"], answer["restored"]) == (1, ["Alice", "Carol"])
    assert (answer["reopened"], answer["unassigned"]) == ([WELCOME], 1)
    assert run("customer.get", customer_id=alice)["individual"]["givenName"] == "Alice"
    assert run("customer.get", customer_id=carol)["status"] == "active"
    chosen = Assignment.objects.filter(promotion=VIP, customer__state="active")
    assert chosen.count() == 2


def test_a_reset_begins_anew_and_touches_nobody_else(bss):
    make_stock()
    told(bss("seed-demo", "--json"))
    alice = named("Alice")
    line, stranger = make_line(customer_id=alice), make_customer()
    other = make_line()

    answer = told(bss("seed-demo", "--reset", "--yes", "--json"))

    assert (len(answer["closed"]), answer["customers"], answer["assignments"]) == (3, 3, 2)
    assert alice in answer["closed"]
    assert (the(line).state, the(other).state) == ("terminated", "active")
    assert named("Alice") != alice
    assert Customer.objects.get_by_id(stranger).state == "active"


def test_it_is_for_sandboxes(bss):
    OperatorProfile.objects.update(sandbox=False)
    assert "sandbox" in bss("seed-demo").err
    assert "sandbox" in bss("demo-restore").err
    assert bss("seed-demo", "--reset", "--yes").code == 2
    assert not Customer.objects.exists()


def test_what_is_kept_about_a_customer_goes_into_a_file(bss, tmp_path):
    ada = make_customer(name="Ada Lovelace")

    ended = bss("customer", "export", ada, str(tmp_path / "ada.json"))

    assert ended.code == 0, ended.err
    written = json.loads((tmp_path / "ada.json").read_text())
    assert written["rows"]["individual"][0]["family_name"] == "Lovelace"
    assert json.loads(bss("customer", "export", ada).out)["customerId"] == ada
