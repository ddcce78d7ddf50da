"""A service order builds the services, asks the network for each task, and closes with the last."""

import pytest

from apps.provisioning.gateways import subscribers
from apps.provisioning.models import Service, ServiceOrder
from bss.core.errors import NotFound, PolicyViolation
from bss.core.models import Call, StoredEvent
from bss.core.operations import run

from .factories import (
    ACTIVATION,
    ADA,
    LINE,
    answer,
    make_line,
    open_order,
    reserve_for,
    state_of,
    task,
    task_states,
)

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def line(committed):
    return make_line()


@pytest.fixture
def active(line, drain):
    open_order(order_id="ORD-000001")
    drain()
    return line


def services():
    return [(s.kind, s.spec_id, s.state) for s in Service.objects.order_by("id")]


def test_it_asks_once_for_each_task(line):
    order = open_order(order_id="ORD-000001")

    assert order["state"] == "in_progress"
    assert order["items"] == [
        {
            "id": order["id"].replace("SO-", "SOI-"),
            "action": "activate",
            "serviceSpecId": "SSPEC_CFS_MOBILE_BROADBAND",
            "targetServiceId": Service.objects.get(kind="CFS").public_id,
        }
    ]
    keys = {f"{task(t, order).public_id}/1" for t in ACTIVATION}
    assert set(Call.objects.values_list("key", flat=True)) == keys
    assert set(task_states(order).values()) == {"in_progress"}
    assert services() == [
        ("CFS", "SSPEC_CFS_MOBILE_BROADBAND", "reserved"),
        ("RFS", "SSPEC_RFS_DATA_BEARER", "reserved"),
        ("RFS", "SSPEC_RFS_VOICE_BEARER", "reserved"),
    ]


def test_the_last_answer_completes_it(line):
    order = open_order(order_id="ORD-000001")
    for task_type in ACTIVATION[:3]:
        answer(task_type, order)
    assert state_of(order) == "in_progress"

    answer(ACTIVATION[3], order)

    assert state_of(order) == "completed"
    assert {state for *_, state in services()} == {"activated"}
    event = StoredEvent.objects.get(name="service_order.completed")
    assert event.about == LINE
    assert event.payload == {
        "service_order_id": order["id"],
        "owner": LINE,
        "order_id": "ORD-000001",
        "action": "activate",
    }


def test_an_answer_counts_once(line):
    order = open_order()
    answer("HLR_PROVISION", order)
    answer("HLR_PROVISION", order)

    assert StoredEvent.objects.filter(name="provisioning.task.completed").count() == 1


def test_the_network_believes_what_the_system_believes(active):
    assert subscribers()[LINE] == {
        "provisioned": True,
        "barred": False,
        "policy": "PLAN_S",
        "msisdn": active,
        "iccid": Service.objects.get(kind="CFS").characteristics["iccid"],
    }


@pytest.mark.usefixtures("active")
def test_block_and_unblock_bar_and_restore(drain):
    open_order("block")
    drain()
    assert subscribers()[LINE]["barred"]
    assert {state for *_, state in services()} == {"suspended"}

    open_order("unblock")
    drain()
    assert not subscribers()[LINE]["barred"]
    assert {state for *_, state in services()} == {"activated"}


@pytest.mark.usefixtures("active")
def test_a_change_pushes_the_new_policy(drain):
    open_order("change", characteristics={"offering_id": "PLAN_M"})
    drain()

    assert subscribers()[LINE]["policy"] == "PLAN_M"
    assert Service.objects.get(kind="CFS").characteristics["offering_id"] == "PLAN_M"
    assert Service.objects.get(kind="CFS").characteristics["customer_id"] == ADA


@pytest.mark.usefixtures("active")
def test_a_termination_takes_the_line_off_the_network(drain):
    open_order("terminate")
    drain()

    assert not subscribers()[LINE]["provisioned"]
    assert {state for *_, state in services()} == {"terminated"}
    assert Service.objects.get(kind="CFS").terminated_at


def test_one_commercial_order_asks_once(line):
    first = open_order(order_id="ORD-000001")
    again = open_order(order_id="ORD-000001")

    assert first["id"] == again["id"]
    assert ServiceOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("expected", "asked"),
    [
        ("service_order.open.requires_service", {"action": "block"}),
        ("service_order.open.requires_tasks", {"task_types": []}),
    ],
)
def test_senseless_orders_are_refused(line, expected, asked):
    with pytest.raises(PolicyViolation) as refusal:
        open_order(**asked)
    assert refusal.value.rule == expected


@pytest.mark.usefixtures("active")
def test_an_owner_is_served_once():
    with pytest.raises(PolicyViolation) as refusal:
        open_order()
    assert refusal.value.rule == "service_order.open.already_active"


def test_a_line_whose_service_ended_can_begin_again(active, drain):
    open_order("terminate")
    drain()
    open_order(order_id="ORD-000002")
    drain()

    assert [service["state"] for service in run_list()] == ["terminated", "activated"]
    assert subscribers()[LINE]["provisioned"]


def run_list(owner=LINE):
    return run("service.list_for_subscription", subscription_id=owner)


@pytest.mark.usefixtures("active")
def test_services_and_orders_can_be_read():
    (cfs,) = run_list()
    (order,) = run("service_order.list_for_order", commercial_order_id="ORD-000001")

    assert cfs == run("service.get", service_id=cfs["id"])
    assert cfs["subscriptionId"] == LINE
    assert cfs["characteristics"]["customerId"] == ADA
    assert [child["parentServiceId"] for child in cfs["children"]] == [cfs["id"]] * 2
    assert order == run("service_order.get", service_order_id=order["id"])
    assert order["commercialOrderId"] == "ORD-000001"
    assert order["items"][0]["targetServiceId"] == cfs["id"]
    with pytest.raises(NotFound):
        run("service_order.get", service_order_id="SO-999999")


@pytest.mark.parametrize("lines", [1, 4])
def test_lists_take_the_same_number_of_queries(line, lines, django_assert_num_queries):
    open_order()
    for number in range(2, lines):
        reserve_for(f"SUB-{number}")
        open_order(owner=f"SUB-{number}")

    with django_assert_num_queries(1):
        assert len(run("provisioning.list_tasks")) == 4 * max(1, lines - 1)
    with django_assert_num_queries(1):
        run_list()
