"""The simulated network keeps its own books, honestly."""

import pytest

from apps.provisioning.gateways import EsimSimulator, NetworkSimulator, profiles, subscribers
from bss.core.calls import gateway_of

pytestmark = pytest.mark.usefixtures("outside")
CODE = "LPA:1$smdp.test$ABC"


def command(**overrides):
    return {
        "task_type": "HLR_PROVISION",
        "action": "activate",
        "owner": "SUB-1",
        "msisdn": "90000000",
        "iccid": "8910",
        "imsi": "5250",
        "policy": "PLAN_S",
        "sequence": 1,
        "task_attempt": 1,
        "faults": [],
        **overrides,
    }


def execute(key, **overrides):
    return NetworkSimulator().execute(key=key, attempt=1, **command(**overrides))


def test_both_simulators_are_the_configured_ones():
    assert isinstance(gateway_of("network"), NetworkSimulator)
    assert isinstance(gateway_of("esim"), EsimSimulator)


def test_a_command_is_carried_out_once():
    first = execute("PTK-1/1")
    again = execute("PTK-1/1")

    assert first.succeeded
    assert again.data == first.data


def test_the_look_up_tells_the_truth():
    network = NetworkSimulator()
    done = execute("PTK-1/1")
    execute("PTK-2/1", faults=[{"fault_type": "stuck", "probability": 1.0}])

    assert network.look_up(key="PTK-1/1", method="execute", args={}) == done
    assert network.look_up(key="PTK-2/1", method="execute", args={}) is None


def test_a_command_of_an_older_order_comes_too_late():
    execute("PTK-5/1", task_type="HLR_DEPROVISION", action="terminate", sequence=5)
    late = execute("PTK-4/1", sequence=4)

    assert (late.kind, late.code) == ("refused", "overtaken")
    assert not subscribers()["SUB-1"]["provisioned"]


def test_one_owner_does_not_hinder_another():
    execute("PTK-5/1", sequence=5)

    assert execute("PTK-4/1", sequence=4, owner="SUB-2").succeeded


def test_a_withdrawn_code_stays_void():
    sm_dp = EsimSimulator()
    preparing = command(task_type="ESIM_PROFILE_PREPARE", activation_code=CODE)
    sm_dp.recall(key="recall/1", attempt=1, iccid="8910", activation_code=CODE)
    late = sm_dp.prepare(key="PTK-1/1", attempt=1, **preparing)

    assert (late.kind, late.code) == ("refused", "void")
    assert profiles()["8910"]["state"] == "available"
    sm_dp.delete(key="delete/1", attempt=1, iccid="8910", activation_code=CODE)
    assert profiles()["8910"]["state"] == "deleted"
