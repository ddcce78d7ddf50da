import pytest

from apps.catalog.tests.factories import make_offering
from apps.crm.tests.factories import letters_to
from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import (
    broken,
    create,
    events,
    line_of,
    make_buyer,
    payment_of,
    place,
    state,
    submit,
)
from bss.core.errors import Conflict
from bss.core.operations import invoke, run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_an_order_becomes_a_paid_line_in_service(ada, drain):
    order = create(ada)
    assert (state(order), payment_of(order).state) == ("in_progress", "authorised")
    drain()
    assert state(order) == "completed"
    assert (line_of(order).state, payment_of(order).state) == ("active", "captured")
    assert payment_of(order).served_by == line_of(order).public_id
    assert broken() == []


def test_the_customer_can_follow_it(ada, drain):
    order = create(ada)
    drain()
    told = [row["summary"] for row in run("interaction.list", customer_id=ada)]
    line = line_of(order)
    assert f"Order {order} for Lite was placed" in told
    assert f"Order {order} is in progress: line {line.msisdn} is being set up" in told
    assert f"Order {order} is completed" in told
    assert f"Line {line.msisdn} is active" in told
    # Once is enough: the line's own word for it stays out of the log.
    assert not any("is set up for" in summary for summary in told)
    assert len(events("subscription.prepared")) == 1
    letters = letters_to(ada)
    assert [letter["template"] for letter in letters] == ["line_activated"]


def test_its_events_say_who_and_what(ada, drain):
    order = create(ada)
    drain()
    line = line_of(order).public_id
    for name in ("order.in_progress", "order.completed"):
        (told,) = events(name)
        assert (told["order_id"], told["customer_id"]) == (order, ada)
        assert (told["subscription_id"], told["offering_id"]) == (line, "PLAN_S")


def test_the_default_card_pays(ada):
    second = run("payment.add_card", customer_id=ada, card_number="5555 5555 5555 4444")["id"]
    run("payment.set_default", method_id=second)
    third = run("payment.add_card", customer_id=ada, card_number="4111 1111 1111 1111")["id"]
    method = payment_of(create(ada)).method
    assert method.public_id == second != third


def test_an_order_is_submitted_once(ada, refused):
    order = place(ada)
    submit(order)
    with refused("order.transition.invalid"):
        submit(order)
    assert len(events("order.in_progress")) == 1


def test_a_repeated_request_is_one_order(ada):
    wanted = {"customer_id": ada, "offering_id": "PLAN_S"}
    first, again = (invoke("order.create", wanted, key="click-1") for _ in range(2))
    assert (first.result["id"], again.repeated) == (again.result["id"], True)
    assert ProductOrder.objects.count() == 1
    with pytest.raises(Conflict):
        invoke("order.create", {**wanted, "notes": "another"}, key="click-1")


def test_two_lines_for_one_customer(ada, drain):
    orders = [create(ada) for _ in range(2)]
    drain()
    assert {state(order) for order in orders} == {"completed"}
    assert len(run("subscription.list_for_customer", customer_id=ada)) == 2
    assert broken() == []


def test_an_order_without_stock_leaves_nothing(ada, refused):
    run("inventory.msisdn.hold", msisdn="90000000", customer_id=make_buyer())
    with refused("msisdn.reserve.status_must_be_available"):
        create(ada, msisdn_preference="90000000")
    assert ProductOrder.objects.count() == 0


def test_a_plan_of_other_services_needs_no_code(ada, drain):
    run(
        "catalog.add_specification",
        specification_id="SPEC_THINGS",
        name="Things",
        cfs_spec_id="SSPEC_CFS_THINGS",
        rfs_spec_ids=["SSPEC_RFS_DATA_BEARER"],
        tasks={"activate": ["HLR_PROVISION"], "terminate": ["HLR_DEPROVISION"]},
    )
    order = create(ada, make_offering(specification_id="SPEC_THINGS"))
    drain()
    tree = run("order.tree", order_id=order)["_extras"]
    (cfs,) = tree["services"]
    assert cfs["specId"] == "SSPEC_CFS_THINGS"
    assert [rfs["specId"] for rfs in cfs["children"]] == ["SSPEC_RFS_DATA_BEARER"]
    assert [task["taskType"] for task in tree["tasks"]] == ["HLR_PROVISION"]
    run("subscription.terminate", subscription_id=line_of(order).public_id)
    drain()
    assert broken() == []
