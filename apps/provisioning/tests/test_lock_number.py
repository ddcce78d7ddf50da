"""A locked number stays on its line until somebody unlocks it."""

import pytest

from apps.provisioning.models import Number
from bss.core.errors import PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import run

from .factories import LINE, internal, make_line

pytestmark = pytest.mark.usefixtures("committed", "line")
NUMBER = "90000000"


@pytest.fixture
def line(committed):
    make_line()
    internal("inventory.msisdn.assign", owner=LINE)


def refused_rule(name, **args):
    with pytest.raises(PolicyViolation) as refusal:
        internal(name, **args)
    return refusal.value.rule


def told(what):
    return StoredEvent.objects.filter(name=f"inventory.msisdn.{what}").count()


def test_a_locked_number_cannot_leave():
    for _ in range(2):
        assert run("inventory.msisdn.lock", msisdn=NUMBER)["locked_at"]
    assert refused_rule("inventory.msisdn.port_out", msisdn=NUMBER) == "msisdn.change.locked"
    for _ in range(2):
        shown = run("inventory.msisdn.unlock", msisdn=NUMBER, reason="Ada asked")
        assert shown["locked_at"] is None
    internal("inventory.msisdn.port_out", msisdn=NUMBER)
    assert (told("locked"), told("unlocked")) == (1, 1)


def test_only_a_number_on_a_line_is_locked():
    rule = refused_rule("inventory.msisdn.lock", msisdn="90000001")
    assert rule == "msisdn.lock.must_be_assigned"


def test_the_end_of_a_line_unlocks_its_number():
    run("inventory.msisdn.lock", msisdn=NUMBER)
    internal("inventory.msisdn.quarantine", owner=LINE, reason="terminated")
    assert Number.objects.get(msisdn=NUMBER).locked_at is None


def test_a_number_that_never_left_does_not_come_in():
    rule = refused_rule("inventory.msisdn.port_in", msisdn=NUMBER)
    assert rule == "msisdn.port_in.already_ours"
    assert internal("inventory.msisdn.port_in", msisdn="81234567", owner="SUB-2") == {
        **run("inventory.msisdn.get", msisdn="81234567"),
        "status": "reserved",
        "reserved_for": "SUB-2",
    }
