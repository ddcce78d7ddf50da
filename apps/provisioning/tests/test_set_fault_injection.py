"""Faults are switched on and off by people who may."""

import pytest

from apps.provisioning.models import FaultRule
from bss.core.errors import InvalidArguments, PermissionDenied, PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


def switch(**overrides):
    asked = {"task_type": "HLR_PROVISION", "fault_type": "stuck", "enabled": True}
    return run("provisioning.set_fault_injection", **{**asked, **overrides})


def test_a_fault_is_switched_on_and_off():
    on = switch(probability=0.5)
    off = switch(enabled=False)

    assert on == {
        "id": "FI_HLR_PROVISION_STUCK",
        "taskType": "HLR_PROVISION",
        "faultType": "stuck",
        "probability": 0.5,
        "enabled": True,
        "@type": "FaultInjection",
    }
    assert off == {**on, "enabled": False}
    told = StoredEvent.objects.filter(name="provisioning.fault_injection.changed").order_by("id")
    assert [event.payload["enabled"] for event in told] == [True, False]
    assert FaultRule.objects.count() == 1


def test_faults_are_listed_on_or_off():
    on, off = switch(), switch(fault_type="slow", enabled=False)

    assert run("provisioning.list_faults") == [off, on]


def test_one_task_may_suffer_from_several_faults():
    switch()
    switch(fault_type="slow")

    assert FaultRule.objects.filter(enabled=True, task_type="HLR_PROVISION").count() == 2


@pytest.mark.parametrize("probability", [-0.1, 1.1])
def test_a_probability_is_one(probability):
    with pytest.raises(InvalidArguments):
        switch(probability=probability)


def test_the_network_must_know_the_task():
    with pytest.raises(PolicyViolation) as refusal:
        switch(task_type="MAKE_COFFEE")
    assert refusal.value.rule == "provisioning.fault_injection.not_found"


def test_only_engineers_disturb_the_network(as_role):
    with as_role("care"), pytest.raises(PermissionDenied):
        switch()
    with as_role("engineer"):
        assert switch()["enabled"]
