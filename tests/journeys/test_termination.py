"""The end of a line, and what becomes of its number and its eSIM."""

from __future__ import annotations

from typing import Any

import pytest

from apps.ordering.tests.factories import create, line_of, make_buyer, state
from apps.provisioning.gateways import profiles, subscribers
from apps.provisioning.models import EsimProfile, Number
from apps.rating.models import Usage
from apps.subscription.tests.factories import the
from bss.core import clock
from bss.core.errors import PolicyViolation
from bss.core.operations import run
from bss.core.sweeps import run_sweep


@pytest.fixture
def line(ada: str, settled: Any) -> str:
    """A line in service, with a number somebody wished for."""
    order = create(ada, msisdn_preference="90000005")
    settled()
    return str(line_of(order).public_id)


def terminate(line: str) -> None:
    """End a line for good."""
    run("subscription.terminate", subscription_id=line, reason="Moves abroad")


def test_it_leaves_the_network_and_gives_back_its_esim(line: str, settled: Any) -> None:
    code = EsimProfile.objects.get(owner=line).activation_code
    terminate(line)
    settled()
    assert not subscribers()[line]["provisioned"]
    esim = EsimProfile.objects.get(iccid=the(line).iccid)
    assert (esim.state, profiles()[esim.iccid]["state"]) == ("available", "available")
    assert esim.activation_code != code


def test_a_profile_that_a_device_has_is_not_given_out_again(line: str, settled: Any) -> None:
    run("inventory.esim.report", iccid=the(line).iccid, report="enable")
    terminate(line)
    settled()
    assert EsimProfile.objects.get(iccid=the(line).iccid).state == "deleted"


def test_its_number_rests_and_then_serves_somebody_else(
    line: str, settled: Any, frozen_clock: Any
) -> None:
    cleo, was_used_at = make_buyer(), clock.now()
    frozen_clock.advance("1d")
    terminate(line)
    settled()
    assert Number.objects.get(msisdn="90000005").state == "quarantine"
    with pytest.raises(PolicyViolation):
        create(cleo, msisdn_preference="90000005")

    frozen_clock.advance("90d")
    assert run_sweep("quarantine") == 1
    order = create(cleo, msisdn_preference="90000005")
    settled()
    assert (state(order), line_of(order).msisdn) == ("completed", "90000005")

    # What was used before belongs to whoever had the number then.
    event = {"msisdn": "90000005", "event_type": "data", "quantity": 10, "unit": "mb"}
    run("usage.record", events=[{"event_key": "late", "event_time": was_used_at, **event}])
    run("usage.record", events=[{"event_key": "new", **event}])
    settled()
    lines = dict(Usage.objects.values_list("event_key", "subscription_id"))
    assert lines == {"late": the(line).pk, "new": line_of(order).pk}
