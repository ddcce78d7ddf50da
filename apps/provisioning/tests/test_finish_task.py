"""Attempts fail, get stuck, run slow; orders complete or fail with every fault."""

import pytest

from apps.provisioning.gateways import subscribers
from apps.provisioning.models import EsimProfile, Service
from bss.core import simulated
from bss.core.errors import NotFound
from bss.core.models import Call, StoredEvent
from bss.core.operations import run

from .factories import (
    ACTIVATION,
    ADA,
    BROKEN,
    DONE,
    LINE,
    SILENT,
    UNKNOWN,
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


def events(name):
    return [event.payload for event in StoredEvent.objects.filter(name=name).order_by("id")]


def test_a_first_attempt_that_fails_is_followed_by_a_second(drain):
    fault("HLR_PROVISION", "fail_first_attempt")
    order = open_order()
    drain()

    assert state_of(order) == "completed"
    row = task("HLR_PROVISION", order)
    assert (row.state, row.attempts, row.max_attempts) == ("completed", 2, 3)
    keys = Call.objects.filter(key__startswith=row.public_id).values_list("key", flat=True)
    assert set(keys) == {f"{row.public_id}/1", f"{row.public_id}/2"}
    (failed,) = events("provisioning.task.failed")
    assert (failed["permanent"], failed["attempts"]) == (False, 2)


def test_a_task_that_always_fails_fails_the_order(drain):
    fault("HLR_PROVISION", "fail_always")
    order = open_order(order_id="ORD-000001")
    drain()

    assert state_of(order) == "failed"
    assert task("HLR_PROVISION", order).attempts == 3
    assert {service.state for service in Service.objects.all()} == {"failed"}
    (failed,) = events("service_order.failed")
    assert failed["reason"] == "HLR_PROVISION: The network reported an error."
    assert StoredEvent.objects.get(name="service_order.failed").about == ADA
    assert [event["permanent"] for event in events("provisioning.task.failed")] == [
        False,
        False,
        True,
    ]


def test_a_failed_order_waits_for_what_is_on_its_way_and_retries_nothing_more():
    order = open_order()
    for _ in range(3):
        answer("HLR_PROVISION", order, BROKEN)
    answer("PCRF_POLICY_PUSH", order, SILENT)
    answer("OCS_BALANCE_INIT", order)
    assert state_of(order) == "in_progress"

    answer("ESIM_PROFILE_PREPARE", order, BROKEN)

    assert state_of(order) == "failed"
    assert task_states(order) == {
        "HLR_PROVISION": "failed",
        "PCRF_POLICY_PUSH": "cancelled",
        "OCS_BALANCE_INIT": "completed",
        "ESIM_PROFILE_PREPARE": "failed",
    }
    assert len(events("service_order.failed")) == 1


def test_a_stuck_task_waits_for_a_person(drain):
    fault("HLR_PROVISION", "stuck")
    order = open_order()
    drain()

    assert state_of(order) == "in_progress"
    assert task("HLR_PROVISION", order).state == "stuck"
    (stuck,) = events("provisioning.task.stuck")
    assert stuck["last_error"] == "The network took the command and never answered."
    assert not Call.objects.exclude(state="done").exists()


def test_a_slow_network_takes_its_time(drain, monkeypatch):
    fault("PCRF_POLICY_PUSH", "slow")
    waited = []
    monkeypatch.setattr("apps.provisioning.gateways.delay", waited.append)
    order = open_order()
    drain()

    assert state_of(order) == "completed"
    usual, slow = sorted(waited)[:-1], max(waited)
    assert usual == [0.2, 0.4, 0.5]
    assert 0.6 <= slow < 1.5


def test_a_fault_switched_on_later_does_not_strike_what_was_asked_before(drain):
    order = open_order()
    fault("HLR_PROVISION", "fail_always")
    drain()

    assert state_of(order) == "completed"


def test_every_fault_at_once_still_ends(drain):
    for task_type, fault_type in (
        ("HLR_PROVISION", "fail_first_attempt"),
        ("HLR_PROVISION", "slow"),
        ("OCS_BALANCE_INIT", "fail_first_attempt"),
        ("PCRF_POLICY_PUSH", "stuck"),
        ("ESIM_PROFILE_PREPARE", "fail_first_attempt"),
    ):
        fault(task_type, fault_type)
    order = open_order()
    drain()
    clear("PCRF_POLICY_PUSH", "stuck")
    row = task("PCRF_POLICY_PUSH", order)
    run("provisioning.resolve_stuck", task_id=row.public_id, note="Restarted the PCRF.")
    drain()

    assert state_of(order) == "completed"
    assert subscribers()[LINE]["policy"] == "PLAN_S"


def test_an_unknown_outcome_is_shown_as_stuck_and_a_late_answer_still_counts():
    order = open_order()
    for task_type in ACTIVATION[1:]:
        answer(task_type, order)
    answer("HLR_PROVISION", order, UNKNOWN)
    answer("HLR_PROVISION", order, UNKNOWN)
    assert task("HLR_PROVISION", order).state == "stuck"
    assert len(events("provisioning.task.stuck")) == 1

    answer("HLR_PROVISION", order, BROKEN)
    assert task("HLR_PROVISION", order).last_error == BROKEN.reason
    answer("HLR_PROVISION", order)
    assert state_of(order) == "completed"


def test_an_answer_to_an_older_attempt_changes_nothing():
    order = open_order()
    answer("HLR_PROVISION", order, BROKEN)
    answer("HLR_PROVISION", order, BROKEN, attempt=1)

    assert task("HLR_PROVISION", order).attempts == 2


def test_an_answer_for_an_order_that_is_not_there_is_not_found():
    nowhere = {"service_order_id": "SO-999999", "task_id": "PTK-999999", "attempt": 1}
    with pytest.raises(NotFound):
        internal("provisioning.finish_task", outcome=DONE, **nowhere)


def test_preparing_the_profile_offers_it_for_download():
    order = open_order()
    answer("ESIM_PROFILE_PREPARE", order)

    assert EsimProfile.objects.get(owner=LINE).state == "released"


def test_a_process_that_dies_after_the_network_acted_asks_it_again(drain, monkeypatch):
    open_order()
    real, lost = simulated.Ledger.record_once, []

    def answer_gets_lost(self, key, entry):
        stored = real(self, key, entry)
        if key not in lost:
            lost.append(key)
            raise ConnectionError("gone")
        return stored

    monkeypatch.setattr(simulated.Ledger, "record_once", answer_gets_lost)
    drain()

    assert len(lost) == 4
    assert subscribers()[LINE]["provisioned"]
    states = {one["state"] for one in run("provisioning.list_tasks")}
    assert states == {"completed"}
