"""People run stuck and failed tasks again, and the order can still complete."""

import pytest

from apps.provisioning import queries
from apps.provisioning.gateways import subscribers
from apps.provisioning.models import Service
from bss.core.errors import PolicyViolation
from bss.core.models import Call, StoredEvent
from bss.core.operations import check, run
from bss.core.registry import find

from .factories import (
    ACTIVATION,
    BROKEN,
    LINE,
    SILENT,
    answer,
    clear,
    fault,
    internal,
    make_line,
    open_order,
    state_of,
    task,
    task_states,
)

pytestmark = pytest.mark.usefixtures("committed", "line")


@pytest.fixture
def line(committed):
    return make_line()


@pytest.fixture
def stuck(line, drain):
    fault("HLR_PROVISION", "stuck")
    order = open_order(order_id="ORD-000001")
    drain()
    clear("HLR_PROVISION", "stuck")
    return order


@pytest.fixture
def failed(line, drain):
    fault("HLR_PROVISION", "fail_always")
    order = open_order(order_id="ORD-000001")
    drain()
    clear("HLR_PROVISION", "fail_always")
    return order


def resolve(order, note="Restarted the HLR."):
    return run(
        "provisioning.resolve_stuck", task_id=task("HLR_PROVISION", order).public_id, note=note
    )


def retry(order, task_type="HLR_PROVISION"):
    return run("provisioning.retry_failed", task_id=task(task_type, order).public_id)


def refused_rule(action, *args):
    with pytest.raises(PolicyViolation) as refusal:
        action(*args)
    return refusal.value.rule


def test_resolving_runs_the_same_task_again(stuck):
    before = task("HLR_PROVISION", stuck)
    shown = resolve(stuck)

    assert (shown["id"], shown["state"]) == (before.public_id, "completed")
    assert (shown["attempts"], shown["maxAttempts"]) == (2, 4)
    assert shown["serviceId"] == Service.public_id_of(before.service_id)
    assert state_of(stuck) == "completed"
    assert subscribers()[LINE]["provisioned"]
    assert Call.objects.filter(key=f"{before.public_id}/2").exists()
    event = StoredEvent.objects.get(name="provisioning.task.resolved")
    assert event.payload["note"] == "Restarted the HLR."
    assert event.payload["service_order_id"] == stuck["id"]


@pytest.mark.parametrize("note", ["", "   "])
def test_resolving_needs_a_note(stuck, note):
    assert refused_rule(resolve, stuck, note) == "provisioning.resolve_stuck.requires_note"


def test_only_what_is_stuck_is_resolved(failed):
    assert refused_rule(resolve, failed) == "provisioning_task.resolve.requires_stuck_state"


def test_a_resolved_task_may_get_stuck_again(stuck, drain):
    fault("HLR_PROVISION", "stuck")
    resolve(stuck)
    drain()
    assert task("HLR_PROVISION", stuck).state == "stuck"

    clear("HLR_PROVISION", "stuck")
    resolve(stuck)
    assert state_of(stuck) == "completed"


def test_retrying_reopens_the_order_and_completes_it(failed):
    shown = retry(failed)

    assert (shown["state"], shown["attempts"], shown["maxAttempts"]) == ("completed", 4, 6)
    assert state_of(failed) == "completed"
    assert {service.state for service in Service.objects.all()} == {"activated"}
    event = StoredEvent.objects.get(name="service_order.completed")
    assert event.payload["order_id"] == "ORD-000001"
    assert not queries.has_failed(failed["id"])


def test_retrying_one_task_runs_all_that_were_given_up():
    order = open_order()
    for _ in range(3):
        answer("HLR_PROVISION", order, BROKEN)
    answer("PCRF_POLICY_PUSH", order, SILENT)
    answer("OCS_BALANCE_INIT", order, BROKEN)
    answer("ESIM_PROFILE_PREPARE", order)
    assert sorted(task_states(order).values()) == ["cancelled", "completed", "failed", "failed"]

    retry(order, "OCS_BALANCE_INIT")

    assert set(task_states(order).values()) == {"completed"}
    assert state_of(order) == "completed"


def test_a_task_can_be_retried_while_the_order_still_runs():
    order = open_order()
    for _ in range(3):
        answer("HLR_PROVISION", order, BROKEN)
    retry(order)
    assert task("HLR_PROVISION", order).state == "completed"
    for task_type in ACTIVATION[1:]:
        answer(task_type, order)

    assert state_of(order) == "completed"


def test_only_what_failed_is_retried(stuck):
    assert refused_rule(retry, stuck) == "provisioning_task.retry.requires_failed_state"


def test_nothing_is_retried_once_the_number_was_given_back(failed):
    internal("inventory.msisdn.release", owner=LINE)

    assert refused_rule(retry, failed) == "provisioning_task.retry.resources_released"


def test_nothing_is_retried_once_the_esim_was_given_back(failed):
    internal("inventory.esim.recycle", owner=LINE)

    assert refused_rule(retry, failed) == "provisioning_task.retry.resources_released"


def test_nothing_is_retried_that_a_later_order_overruled(line, drain):
    open_order()
    drain()
    fault("HLR_BAR", "fail_always")
    blocking = open_order("block")
    drain()
    open_order("unblock")

    assert refused_rule(retry, blocking, "HLR_BAR") == "provisioning_task.retry.superseded"


def test_an_app_above_may_refuse_a_retry(failed):
    asked = []
    check("provisioning.retry_failed")(lambda *, task_id: asked.append(task_id))
    try:
        retry(failed)
    finally:
        find("provisioning.retry_failed").checks.pop()

    assert asked == [task("HLR_PROVISION", failed).public_id]
    assert queries.commercial_order_of(asked[0]) == "ORD-000001"


def test_tasks_are_listed_by_state_and_service(stuck):
    (shown,) = run("provisioning.list_tasks", state="stuck")
    service_id = Service.objects.get(kind="CFS").public_id

    assert shown == run("provisioning.get_task", task_id=shown["id"])
    assert shown["taskType"] == "HLR_PROVISION"
    assert shown["lastError"]
    assert {"imsi", "iccid", "msisdn", "customerId", "offeringId", "activationCode"} == set(
        shown["payload"]
    )
    assert len(run("provisioning.list_tasks", service_id=service_id)) == 4
    assert len(run("provisioning.list_tasks", limit=2)) == 2
