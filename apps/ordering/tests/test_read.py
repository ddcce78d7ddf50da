import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ordering.tests.factories import create, fault, internal, make_buyer, place, state
from bss.core import context
from bss.core.errors import Conflict, NotFound
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_an_order_as_everybody_knows_it(ada):
    shown = run("order.get", order_id=place(ada))
    known = "id href customerId state orderDate requestedCompletionDate completedDate"
    assert {*known.split(), "msisdnPreference", "notes", "items", "@type"} <= shown.keys()
    assert {"id", "action", "offeringId", "state", "targetSubscriptionId", "priceAmount",
            "priceCurrency", "priceOfferingPriceId", "discountCode", "promoOfferDefinitionId",
            "discountType", "discountValue", "discountPeriodsTotal",
            "promoOfferId"} <= shown["items"][0].keys()  # fmt: skip
    with pytest.raises(NotFound):
        run("order.get", order_id="ORD-999999")


def test_orders_are_listed_newest_first(ada):
    first, second = place(ada), place(ada)
    place(make_buyer())
    listed = run("order.list", customer_id=ada)
    assert [order["id"] for order in listed] == [second, first]
    assert [order["id"] for order in run("order.list", customer_id=ada, before=second)] == [first]
    run("order.cancel", order_id=first)
    assert [order["id"] for order in run("order.list", state="cancelled")] == [first]


def test_a_longer_list_costs_no_more(ada):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as sent:
            run("order.list", customer_id=ada)
        return len(sent)

    for _ in range(3):
        place(ada)
    before = cost()
    for _ in range(7):
        place(ada)
    assert cost() == before <= 3


def test_a_whole_order_is_a_tree(ada, drain):
    order = create(ada)
    drain()
    tree = run("order.tree", order_id=order)
    (service_order,), (cfs,) = tree["_extras"]["serviceOrders"], tree["_extras"]["services"]
    assert (service_order["state"], service_order["commercialOrderId"]) == ("completed", order)
    assert (cfs["type"], {child["type"] for child in cfs["children"]}) == ("CFS", {"RFS"})
    assert {task["taskType"] for task in tree["_extras"]["tasks"]} == {
        "HLR_PROVISION", "PCRF_POLICY_PUSH", "OCS_BALANCE_INIT", "ESIM_PROFILE_PREPARE",
    }  # fmt: skip


def test_a_young_order_has_a_small_tree(ada):
    tree = run("order.tree", order_id=place(ada))
    assert tree["_extras"] == {"serviceOrders": [], "services": [], "tasks": []}


@pytest.mark.parametrize("channel", ["cli", "scenario"])
def test_whoever_waits_in_a_terminal_does_the_work(ada, channel):
    order = create(ada)
    with context.acting(channel=channel):
        shown = run("order.wait_until", order_id=order, target_state="completed", timeout_s=5)
    assert shown["state"] == "completed"


def test_waiting_ends_where_the_order_ends(ada):
    fault("HLR_PROVISION", "fail_always")
    order = create(ada)
    with context.acting(channel="cli"):
        assert run("order.wait_until", order_id=order)["state"] == "failed"


def test_waiting_in_vain(ada):
    order = create(ada)
    with pytest.raises(Conflict, match="still in_progress after 0 s"):
        run("order.wait_until", order_id=order, timeout_s=0)
    assert state(order) == "in_progress"


def test_who_waits_looks_again(ada, monkeypatch):
    order = create(ada)
    looks = []
    monkeypatch.setattr("apps.ordering.operations.reading.time.sleep", looks.append)
    with pytest.raises(Conflict):
        run("order.wait_until", order_id=order, timeout_s=0.05)
    assert len(looks) >= 1


def test_a_sandbox_is_emptied(ada):
    place(ada)
    internal("order.reset")
    assert run("order.list") == []
