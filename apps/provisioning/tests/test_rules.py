"""Faults are drawn, commands and effects made, out of nothing but arguments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.provisioning import rules

KEY = "PTK-000001/1"


def armed(fault_type, probability=1.0):
    return [{"fault_type": fault_type, "probability": probability}]


@pytest.mark.parametrize(
    ("fault_type", "attempt", "expected"),
    [
        ("fail_first_attempt", 1, rules.Faults(failing=True)),
        ("fail_first_attempt", 2, rules.Faults()),
        ("fail_always", 1, rules.Faults(failing=True)),
        ("fail_always", 7, rules.Faults(failing=True)),
        ("stuck", 1, rules.Faults(stuck=True)),
    ],
)
def test_a_certain_fault_strikes(fault_type, attempt, expected):
    assert rules.draw(armed(fault_type), KEY, attempt) == expected


def test_several_faults_of_one_task_strike_together():
    faults = rules.draw([*armed("stuck"), *armed("slow"), *armed("fail_always")], KEY, 1)

    assert faults.stuck
    assert faults.failing
    assert 2 <= faults.slowness < 5


@given(st.text(), st.sampled_from(["stuck", "slow", "fail_always"]), st.floats(0, 1))
def test_the_same_attempt_always_meets_the_same_fault(key, fault_type, probability):
    armed_now = armed(fault_type, probability)

    assert rules.draw(armed_now, key, 1) == rules.draw(armed_now, key, 1)
    assert 0 <= rules.chance(key, fault_type) < 1


def test_a_probability_holds_over_many_keys():
    struck = [rules.draw(armed("stuck", 0.3), f"PTK-{n:06d}/1", 1).stuck for n in range(4000)]

    assert 0.27 < sum(struck) / len(struck) < 0.33


@pytest.mark.parametrize("task_type", [*rules.DURATIONS, "SOMETHING_NEW"])
def test_a_task_takes_its_time_and_slowness_multiplies_it(task_type):
    usual = rules.duration(task_type, rules.Faults())

    assert usual == rules.DURATIONS.get(task_type, 0.5)
    assert rules.duration(task_type, rules.Faults(slowness=3)) == 3 * usual


@pytest.mark.parametrize(
    ("task_type", "action", "expected"),
    [
        ("HLR_PROVISION", "activate", {"provisioned": True, "barred": False}),
        ("HLR_DEPROVISION", "terminate", {"provisioned": False, "barred": False, "policy": None}),
        ("HLR_BAR", "block", {"barred": True}),
        ("HLR_UNBAR", "unblock", {"barred": False}),
        ("PCRF_POLICY_PUSH", "change", {"policy": "PLAN_M"}),
        ("PCRF_POLICY_PUSH", "block", {"policy": "PLAN_M", "barred": True}),
        ("OCS_BALANCE_INIT", "activate", {}),
    ],
)
def test_a_command_changes_the_network(task_type, action, expected):
    command = rules.command(task_type, action, {"offering_id": "PLAN_M"})

    assert rules.effect(task_type, command) == expected


def test_only_the_sm_dp_learns_the_activation_code():
    facts = {"activation_code": "LPA:1$a$b", "iccid": "89", "msisdn": "9"}

    assert rules.command("ESIM_PROFILE_PREPARE", "activate", facts)["activation_code"]
    assert "activation_code" not in rules.command("HLR_PROVISION", "activate", facts)
