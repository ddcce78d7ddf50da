"""Orders of one owner never overtake each other, and pointless ones are left out."""

import pytest

from apps.provisioning.gateways import entries, subscribers
from apps.provisioning.models import ServiceOrder
from bss.core.models import StoredEvent
from bss.core.operations import run

from .factories import (
    BROKEN,
    LINE,
    SILENT,
    answer,
    clear,
    fault,
    make_line,
    open_order,
    reserve_for,
    state_of,
    task,
    task_states,
)

pytestmark = pytest.mark.usefixtures("committed", "line")


@pytest.fixture
def line(committed):
    return make_line()


@pytest.fixture
def active(line, drain):
    open_order()
    drain()


def states():
    return [(order.action, order.state) for order in ServiceOrder.objects.order_by("id")]


def test_a_later_order_waits_for_the_one_before(line):
    first = open_order()
    second = open_order("change")

    assert second["state"] == "acknowledged"
    assert task_states(second) == {"PCRF_POLICY_PUSH": "pending"}
    for task_type in task_states(first):
        answer(task_type, first)
    assert state_of(second) == "in_progress"
    answer("PCRF_POLICY_PUSH", second)
    assert state_of(second) == "completed"


def test_it_starts_after_a_failure_too(active):
    first, second = open_order("block"), open_order("change")
    fail_for_good("HLR_BAR", first)

    assert (state_of(first), state_of(second)) == ("failed", "in_progress")


def fail_for_good(task_type, order):
    for _ in range(3):
        answer(task_type, order, BROKEN)


def test_the_newest_wish_replaces_the_one_that_still_waits(active, drain):
    open_order("change")
    open_order("block")
    open_order("unblock")
    open_order("block")
    drain()

    assert states()[1:] == [
        ("change", "completed"),
        ("block", "cancelled"),
        ("unblock", "cancelled"),
        ("block", "completed"),
    ]
    assert subscribers()[LINE]["barred"]
    assert StoredEvent.objects.filter(name="service_order.cancelled").count() == 2


def test_what_is_under_way_is_not_replaced(active, drain):
    open_order("block")
    open_order("unblock")
    drain()

    assert states()[1:] == [("block", "completed"), ("unblock", "completed")]
    assert not subscribers()[LINE]["barred"]


def test_a_termination_replaces_all_that_wait_and_follows_what_runs(drain):
    activation = open_order()
    open_order("block")
    open_order("terminate")
    assert states() == [
        ("activate", "in_progress"),
        ("block", "cancelled"),
        ("terminate", "acknowledged"),
    ]
    drain()

    assert state_of(activation) == "completed"
    assert states()[2] == ("terminate", "completed")
    assert not subscribers()[LINE]["provisioned"]
    arrived = [entry["task_type"] for entry in entries("network")]
    assert arrived[-1] == "HLR_DEPROVISION"


def test_a_termination_does_not_wait_for_a_stuck_task(active):
    stuck = open_order("block")
    answer("HLR_BAR", stuck, SILENT)
    ending = open_order("terminate")

    assert (state_of(stuck), state_of(ending)) == ("cancelled", "in_progress")
    assert task_states(stuck) == {"HLR_BAR": "cancelled"}


def test_an_order_that_gets_stuck_gives_way_to_the_termination_behind_it():
    activation = open_order()
    ending = open_order("terminate")
    for task_type in ("PCRF_POLICY_PUSH", "OCS_BALANCE_INIT", "ESIM_PROFILE_PREPARE"):
        answer(task_type, activation)
    answer("HLR_PROVISION", activation, SILENT)

    assert (state_of(activation), state_of(ending)) == ("cancelled", "in_progress")
    assert run("service.list_for_subscription", subscription_id=LINE)[0]["state"] == "failed"
    answer("HLR_DEPROVISION", ending)
    assert state_of(ending) == "completed"


def test_dropping_a_stuck_order_lets_those_in_between_start(active):
    stuck = open_order("block")
    between = open_order("change")
    answer("HLR_BAR", stuck, SILENT)
    last = open_order("unblock")

    assert [state_of(order) for order in (stuck, between, last)] == [
        "cancelled",
        "in_progress",
        "acknowledged",
    ]
    answer("PCRF_POLICY_PUSH", between)
    answer("HLR_UNBAR", last)
    assert state_of(last) == "completed"


def test_others_wait_while_a_stuck_order_is_looked_at(active):
    stuck = open_order("change")
    answer("PCRF_POLICY_PUSH", stuck, SILENT)
    waiting = open_order("block")
    assert (state_of(stuck), state_of(waiting)) == ("in_progress", "acknowledged")

    run("provisioning.resolve_stuck", task_id=task("PCRF_POLICY_PUSH", stuck).public_id, note="up")

    assert (state_of(stuck), state_of(waiting)) == ("completed", "completed")


def test_owners_do_not_wait_for_each_other(line):
    open_order()
    reserve_for("SUB-000002")

    assert open_order(owner="SUB-000002")["state"] == "in_progress"


@pytest.mark.parametrize("late", ["block", "unblock", "change"])
def test_what_comes_after_the_end_is_not_asked(active, late, drain):
    open_order("terminate")
    while_ending = open_order(late)
    drain()
    after_the_end = open_order(late)
    drain()

    assert state_of(while_ending) == state_of(after_the_end) == "cancelled"
    assert not subscribers()[LINE]["barred"]
    assert entries("network")[-1]["task_type"] == "HLR_DEPROVISION"


def test_an_activation_follows_the_clearing_up_after_a_failed_one(line, drain):
    fault("HLR_PROVISION", "fail_always")
    open_order()
    drain()
    clear("HLR_PROVISION", "fail_always")
    open_order("terminate")
    again = open_order()
    assert again["state"] == "acknowledged"
    drain()

    assert state_of(again) == "completed"
    assert subscribers()[LINE]["provisioned"]
