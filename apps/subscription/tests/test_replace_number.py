"""Another number for a line: the old one rests, and nobody loses theirs without knowing."""

import pytest

from apps.provisioning.gateways import subscribers
from apps.provisioning.models import EsimProfile, Number
from apps.subscription.models import NumberAssignment
from apps.subscription.tests.factories import (
    events,
    internal,
    make_line,
    make_pending,
    make_served_line,
    the,
)
from bss.core.invariants import check
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")
NEW = "81234567"


def replace(line):
    internal("inventory.msisdn.port_in", msisdn=NEW, owner=line)
    return internal("subscription.replace_number", subscription_id=line, msisdn=NEW, reason="port")


def test_the_line_has_the_new_number_and_the_old_one_rests(frozen_clock, drain):
    line = make_served_line()
    old = the(line).msisdn
    frozen_clock.advance("1h")
    shown = replace(line)
    drain()

    assert shown["msisdn"] == NEW
    assert Number.objects.get(msisdn=old).state == "quarantine"
    assert EsimProfile.objects.get(owner=line).msisdn == NEW
    assert subscribers()[line]["msisdn"] == NEW
    assert NumberAssignment.objects.get(msisdn=old).valid.upper is not None
    assert events("subscription.number_replaced")[0]["old_msisdn"] == old
    assert [verdict.name for verdict in check(full=True) if not verdict.holds] == []


def test_what_the_network_is_asked_afterwards_is_about_the_new_number(drain):
    line = make_served_line()
    replace(line)
    run("subscription.terminate", subscription_id=line)
    drain()
    assert subscribers()[line]["msisdn"] == NEW
    assert not subscribers()[line]["provisioned"]


def test_a_line_the_network_never_knew_needs_no_order(drain):
    line = make_line()
    replace(line)
    drain()
    assert the(line).msisdn == NEW
    assert events("service_order.in_progress") == []


def test_only_a_live_line_gets_another_number(refused):
    line = make_pending()
    with refused("subscription.replace_number.not_eligible_state"):
        replace(line)


def test_a_locked_number_is_not_replaced(refused):
    line = make_line()
    run("inventory.msisdn.lock", msisdn=the(line).msisdn)
    with refused("subscription.replace_number.number_locked"):
        replace(line)
