"""Each invariant holds on a healthy system and notices its planted violation."""

from datetime import timedelta

import pytest

from apps.provisioning.models import EsimProfile, Number, ProvisioningTask, Service, ServiceOrder
from bss.core import clock
from bss.core.invariants import check
from bss.core.models import Call

from .factories import LINE, internal, make_line, open_order, reserve_for

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def served(committed, drain):
    make_line()
    open_order()
    drain()
    internal("inventory.msisdn.assign", owner=LINE)


def broken(*, full=True):
    verdicts = check(clock.now() - timedelta(hours=1), full=full)
    return {
        verdict.name.removeprefix("provisioning.")
        for verdict in verdicts
        if verdict.name.startswith("provisioning.") and not verdict.holds
    }


def test_a_healthy_system_breaks_none(served, drain):
    reserve_for("SUB-000002")
    open_order(owner="SUB-000002")
    open_order("block")
    open_order("terminate")
    internal("inventory.msisdn.quarantine", owner=LINE)
    internal("inventory.esim.recycle", owner=LINE)

    assert broken() == broken(full=False) == set()
    drain()
    assert broken() == broken(full=False) == set()


def lose_the_esim():
    EsimProfile.objects.filter(owner=LINE).update(owner="", state="available")


def mix_up_numbers():
    EsimProfile.objects.filter(owner=LINE).update(msisdn="90000004")


def lose_the_number():
    Number.objects.filter(owner=LINE).update(owner="", state="available")


def end_the_service():
    Service.objects.update(state="terminated", terminated_at=clock.now())


def forget_to_recall():
    EsimProfile.objects.filter(owner=LINE).update(owner="", state="recalled")


def forget_to_ask():
    open_order("block")
    Call.objects.update(state="done")


def forget_to_close():
    open_order("block")
    ProvisioningTask.objects.update(state="completed")


def forget_to_start():
    open_order("block")
    open_order("unblock")
    ServiceOrder.objects.filter(action="block").update(state="completed")


def leave_one_behind():
    Service.objects.filter(kind="CFS").update(state="suspended")


@pytest.mark.parametrize(
    ("violation", "expected"),
    [
        (lose_the_esim, "line_has_number_and_esim"),
        (mix_up_numbers, "line_has_number_and_esim"),
        (lose_the_number, "service_has_number"),
        (end_the_service, "nothing_stranded"),
        (forget_to_recall, "pools_are_whole"),
        (forget_to_ask, "task_is_asked"),
        (forget_to_close, "orders_move"),
        (forget_to_start, "orders_move"),
        (leave_one_behind, "services_agree"),
    ],
)
@pytest.mark.parametrize("full", [True, False])
def test_a_planted_violation_is_noticed(served, violation, expected, full):
    violation()

    assert expected in broken(full=full)
