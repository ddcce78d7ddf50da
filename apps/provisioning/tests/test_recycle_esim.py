"""Profiles are reserved, shown, reported on, and taken back by how far they came."""

import pytest

from apps.provisioning.gateways import profiles
from apps.provisioning.models import EsimProfile
from bss.core.calls import Outcome
from bss.core.errors import NotFound, PolicyViolation
from bss.core.operations import run

from .factories import LINE, internal, make_esims, make_line, open_order

pytestmark = pytest.mark.usefixtures("committed")
ICCID = "8910101000000000000"


@pytest.fixture
def prepared(drain):
    make_line()
    open_order()
    drain()


def esim(iccid=ICCID):
    return EsimProfile.objects.get_by_id(iccid)


def refused_rule(name, **args):
    with pytest.raises(PolicyViolation) as refusal:
        internal(name, **args)
    return refusal.value.rule


def test_an_owner_gets_one_profile_however_often_they_ask():
    make_esims()
    first = internal("inventory.esim.reserve", owner=LINE, msisdn="90000000")
    again = internal("inventory.esim.reserve", owner=LINE)

    assert first == again
    assert (first["profile_state"], first["assigned_to_subscription_id"]) == ("reserved", LINE)
    free = run("inventory.esim.list_available")
    assert ICCID not in [profile["iccid"] for profile in free]
    assert run("inventory.esim.list_available", status="reserved") == [first]
    assert run("inventory.esim.get", iccid=ICCID) == first
    assert len(free) == 2


def test_an_empty_pool_refuses():
    assert refused_rule("inventory.esim.reserve", owner=LINE) == "esim.reserve.no_available"


def test_stock_is_imported_once():
    make_esims(3)
    make_esims(4)

    assert EsimProfile.objects.count() == 4


def test_the_activation_code_is_what_devices_scan():
    make_esims()
    shown = run("inventory.esim.get_activation", iccid=ICCID)

    assert shown == {
        "iccid": ICCID,
        "activation_code": f"LPA:1$smdp.test${shown['matching_id']}",
        "smdp_server": "smdp.test",
        "matching_id": shown["matching_id"],
    }
    assert len(shown["matching_id"]) == 16
    with pytest.raises(NotFound):
        run("inventory.esim.get_activation", iccid="89000")


def test_a_profile_carries_its_owners_number():
    make_esims()
    internal("inventory.esim.reserve", owner=LINE)
    internal("inventory.esim.assign", owner=LINE, msisdn="90000002")

    assert esim().msisdn == "90000002"
    rule = refused_rule("inventory.esim.assign", owner="SUB-2", msisdn="90000002")
    assert rule == "esim.assign.not_owned"


def test_a_profile_nobody_prepared_goes_straight_back_under_a_new_code():
    make_esims()
    internal("inventory.esim.reserve", owner=LINE)
    code = esim().activation_code

    internal("inventory.esim.recycle", owner=LINE)

    assert (esim().state, esim().owner) == ("available", "")
    assert esim().activation_code != code
    assert internal("inventory.esim.recycle", owner=LINE) is None


@pytest.mark.usefixtures("prepared")
def test_a_prepared_profile_comes_back_once_its_code_is_void(drain):
    code = esim().activation_code
    assert profiles()[ICCID] == {"state": "released", "code": code}

    internal("inventory.esim.recycle", owner=LINE)
    assert esim().state == "recalled"
    assert internal("inventory.esim.reserve", owner="SUB-2")["iccid"] != ICCID
    drain()

    assert esim().state == "available"
    assert esim().activation_code != code
    assert profiles()[ICCID]["state"] == "available"


def test_a_profile_whose_order_is_on_its_way_is_recalled_first(drain):
    make_line()
    open_order()
    internal("inventory.esim.recycle", owner=LINE)
    assert esim().state == "recalled"
    drain()

    assert esim().state == "available"


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("report", ["download", "install", "enable"])
def test_a_profile_on_a_device_is_deleted(report, drain):
    run("inventory.esim.report", iccid=ICCID, report=report)

    internal("inventory.esim.recycle", owner=LINE)
    drain()

    assert (esim().state, esim().owner) == ("deleted", "")
    assert profiles()[ICCID]["state"] == "deleted"


@pytest.mark.usefixtures("prepared")
def test_a_recalled_profile_that_a_device_has_after_all_is_written_off():
    internal("inventory.esim.recycle", owner=LINE)

    unknown, no = Outcome("unknown"), Outcome("refused", code="downloaded", reason="Too late.")
    internal("inventory.esim.settle_withdrawal", outcome=unknown, iccid=ICCID)
    assert esim().state == "recalled"
    internal("inventory.esim.settle_withdrawal", outcome=no, iccid=ICCID)
    assert esim().state == "deleted"
    internal("inventory.esim.settle_withdrawal", outcome=no, iccid=ICCID)
    assert esim().state == "deleted"


@pytest.mark.usefixtures("prepared")
def test_a_device_reports_step_by_step():
    for report in ("download", "install", "enable", "disable", "enable"):
        run("inventory.esim.report", iccid=ICCID, report=report)

    assert esim().state == "enabled"
    assert esim().downloaded_at
    run("inventory.esim.report", iccid=ICCID, report="delete")
    assert (esim().state, esim().owner) == ("deleted", LINE)


def test_no_device_reports_on_a_profile_that_was_never_released():
    make_esims()

    with pytest.raises(PolicyViolation) as refusal:
        run("inventory.esim.report", iccid=ICCID, report="install")
    assert refusal.value.rule == "esim.transition.invalid"
