"""Numbers go onto lines, into quarantine, to other operators."""

from datetime import timedelta

import pytest

from bss.core import clock
from bss.core.errors import NotFound, PolicyViolation
from bss.core.models import StateHistory, StoredEvent
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .factories import LINE, internal, make_numbers

pytestmark = pytest.mark.usefixtures("committed", "reserved")
NUMBER = "90000000"


@pytest.fixture
def reserved(committed):
    make_numbers()
    internal("inventory.msisdn.reserve", owner=LINE)


def now(msisdn=NUMBER):
    return run("inventory.msisdn.get", msisdn=msisdn)


def refused_rule(name, **args):
    with pytest.raises(PolicyViolation) as refusal:
        internal(name, **args)
    return refusal.value.rule


def test_an_owner_gets_their_number():
    internal("inventory.msisdn.assign", owner=LINE, msisdn=NUMBER)
    internal("inventory.msisdn.assign", owner=LINE)

    assert now()["status"] == "assigned"
    assert now()["assigned_to_subscription_id"] == LINE
    moves = StateHistory.objects.filter(aggregate=NUMBER).values_list("trigger", flat=True)
    assert list(moves) == ["reserve", "assign"]


def test_only_the_owner_gets_it():
    rule = refused_rule("inventory.msisdn.assign", owner="SUB-2", msisdn=NUMBER)
    assert rule == "msisdn.assign.must_be_reserved"
    with pytest.raises(NotFound):
        internal("inventory.msisdn.assign", owner="SUB-2")


def test_only_the_owner_gives_it_back():
    rule = refused_rule("inventory.msisdn.release", owner="SUB-2", msisdn=NUMBER)
    assert rule == "msisdn.release.only_if_reserved_or_assigned"

    internal("inventory.msisdn.release", owner=LINE, msisdn=NUMBER)
    rule = refused_rule("inventory.msisdn.release", owner=LINE, msisdn=NUMBER)
    assert rule == "msisdn.release.only_if_reserved_or_assigned"


def test_the_number_of_an_ended_line_rests(frozen_clock):
    internal("inventory.msisdn.assign", owner=LINE)
    internal("inventory.msisdn.quarantine", owner=LINE, reason="terminated")

    until = clock.now() + timedelta(days=90)
    assert now() == {
        "msisdn": NUMBER,
        "status": "quarantine",
        "reserved_at": None,
        "reserved_for": None,
        "reserved_until": None,
        "assigned_to_subscription_id": None,
        "quarantine_until": until.isoformat(),
        "locked_at": None,
    }
    assert internal("inventory.msisdn.reserve", owner="SUB-2")["msisdn"] != NUMBER
    frozen_clock.advance("89d")
    assert run_sweep("quarantine") == 0
    assert internal("inventory.msisdn.end_quarantine", msisdns=[NUMBER]) == []
    frozen_clock.advance("1d")
    assert run_sweep("quarantine") == 1
    assert now()["status"] == "available"


def test_a_number_that_never_served_need_not_rest():
    assert internal("inventory.msisdn.quarantine", owner=LINE)["status"] == "available"


def test_a_ported_number_never_comes_back():
    internal("inventory.msisdn.assign", owner=LINE)
    internal("inventory.msisdn.port_out", msisdn=NUMBER)

    event = StoredEvent.objects.get(name="inventory.msisdn.ported_out")
    assert event.payload == {"msisdn": NUMBER, "owner": LINE}
    rule = refused_rule("inventory.msisdn.release", owner=LINE, msisdn=NUMBER)
    assert rule == "msisdn.release.terminal_status"
    quarantined = internal("inventory.msisdn.quarantine", owner=LINE, msisdn=NUMBER)
    assert quarantined["status"] == "ported_out"
    assert refused_rule("inventory.msisdn.port_out", msisdn=NUMBER) == "msisdn.transition.invalid"
    rule = refused_rule("inventory.msisdn.reserve", owner="SUB-2", msisdn=NUMBER)
    assert rule == "msisdn.reserve.status_must_be_available"
