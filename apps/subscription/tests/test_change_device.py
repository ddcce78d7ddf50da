"""A line moves to another device by a second profile, and back while that is possible."""

import pytest

from apps.crm.models import ContactMedium, Customer, Notification
from apps.crm.tests.factories import make_customer
from apps.provisioning.gateways import profiles, subscribers
from apps.provisioning.models import EsimProfile, ServiceOrder
from apps.subscription.models import DeviceChange
from apps.subscription.tests.factories import events, internal, make_pending, make_served_line, the
from bss.core.invariants import check
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def line(committed, frozen_clock, drain):
    """A line that the network knows, enabled on a device."""
    line = make_served_line()
    internal("inventory.esim.prepare", owner=line)
    report(the(line).iccid, "enable")
    drain()
    return line


@pytest.fixture
def offered(line, drain):
    """The change of device of that line, its second profile ready to be downloaded."""
    run("subscription.change_device", subscription_id=line)
    drain()
    return newest(line)


@pytest.fixture
def switched(line, offered, drain):
    """The same change, once the line is on its new device."""
    report(offered["newIccid"], "enable")
    drain()
    return newest(line)


def report(iccid, *reports):
    for one in reports:
        run("inventory.esim.report", iccid=iccid, report=one)


def newest(line):
    return run("subscription.list_device_changes", subscription_id=line)[0]


def esim(iccid):
    return EsimProfile.objects.get(iccid=iccid)


def broken():
    return [verdict.name for verdict in check(full=True) if not verdict.holds]


def letters():
    return list(Notification.objects.order_by("id").values_list("template", flat=True))


def test_nothing_changes_before_the_new_profile_is_enabled(line, offered):
    assert (offered["state"], offered["oldIccid"]) == ("offered", the(line).iccid)
    assert offered["activationCode"] == esim(offered["newIccid"]).activation_code
    assert profiles()[offered["newIccid"]]["state"] == "released"
    report(offered["newIccid"], "download", "install")
    assert esim(offered["oldIccid"]).state == "enabled"
    assert letters()[-1] == "line_device_requested"
    assert broken() == []


def test_the_line_moves_once_the_new_profile_is_enabled(line, switched):
    assert (switched["state"], switched["activationCode"]) == ("switched", None)
    assert the(line).iccid == switched["newIccid"]
    assert esim(switched["newIccid"]).owner == line
    assert esim(switched["newIccid"]).msisdn == the(line).msisdn
    assert esim(switched["oldIccid"]).state == "disabled"
    assert subscribers()[line]["iccid"] == switched["newIccid"]
    assert letters()[-1] == "line_device_changed"
    assert broken() == []


def test_old_addresses_hear_of_it_too(line, drain, frozen_clock):
    customer = the(line).customer_id
    owner = Customer.public_id_of(customer)
    first = ContactMedium.objects.get(customer=customer, medium_type="email").value
    for address in ("thief@mail.test", "again@mail.test"):
        frozen_clock.advance("91d")
        internal("customer.change_email", customer_id=owner, email=address)
    make_customer(email="thief@mail.test")
    internal("customer.change_email", customer_id=owner, email="last@mail.test")
    run("subscription.change_device", subscription_id=line)
    drain()

    told = Notification.objects.filter(template="line_device_requested")
    # The first was given up long ago, and the second is somebody else's by now.
    assert sorted(told.values_list("recipient", flat=True)) == ["again@mail.test", "last@mail.test"]
    assert first not in told.values_list("recipient", flat=True)


def test_the_old_profile_works_until_the_network_serves_the_new_one(line, offered, drain):
    fault = {"task_type": "HLR_REPLACE", "fault_type": "stuck", "probability": 1.0}
    run("provisioning.set_fault_injection", enabled=True, **fault)
    report(offered["newIccid"], "enable")
    drain()

    assert newest(line)["state"] == "switching"
    assert esim(offered["oldIccid"]).state == "enabled"
    assert broken() == []


def test_reports_in_any_order_and_twice_switch_once(line, offered, drain):
    for one in ("enable", "download", "install", "enable"):
        report(offered["newIccid"], one)
    drain()
    report(offered["oldIccid"], "disable")
    drain()

    assert newest(line)["state"] == "switched"
    assert len(events("subscription.device_changed")) == 1
    assert ServiceOrder.objects.filter(action="replace").count() == 1


def test_the_old_profile_goes_when_nobody_wants_it_back(line, switched, frozen_clock, drain):
    frozen_clock.advance("71h")
    assert run_sweep("device changes") == 0
    frozen_clock.advance("1h")
    assert run_sweep("device changes") == 1
    drain()

    assert newest(line)["state"] == "closed"
    assert (esim(switched["oldIccid"]).state, esim(switched["oldIccid"]).owner) == ("deleted", "")
    assert profiles()[switched["oldIccid"]]["state"] == "deleted"
    assert broken() == []


def test_it_can_be_taken_back_in_time(line, switched, drain):
    back = run(
        "subscription.roll_back_device_change", subscription_id=line, reason="The phone is broken"
    )
    drain()

    assert (back["state"], the(line).iccid) == ("rolled_back", switched["oldIccid"])
    assert esim(switched["oldIccid"]).owner == line
    assert esim(switched["newIccid"]).state == "deleted"
    assert subscribers()[line]["iccid"] == switched["oldIccid"]
    assert letters()[-1] == "line_device_restored"
    assert broken() == []


def test_it_cannot_be_taken_back_too_late(line, switched, frozen_clock, refused):
    frozen_clock.advance("72h")
    with refused("subscription.roll_back_device_change.too_late"):
        run("subscription.roll_back_device_change", subscription_id=line, reason="Changed my mind")


def test_a_profile_that_the_old_device_deleted_is_no_way_back(line, switched, refused):
    report(switched["oldIccid"], "delete")
    with refused("subscription.roll_back_device_change.old_esim_deleted"):
        run("subscription.roll_back_device_change", subscription_id=line, reason="Changed my mind")


def test_an_offer_can_be_withdrawn(line, offered, drain, refused):
    gone = run("subscription.cancel_device_change", subscription_id=line, reason="Found the phone")
    drain()

    assert (gone["state"], the(line).iccid) == ("cancelled", offered["oldIccid"])
    assert esim(offered["newIccid"]).state == "available"
    with refused("subscription.cancel_device_change.nothing_pending"):
        run("subscription.cancel_device_change", subscription_id=line, reason="Once more")
    assert broken() == []


def test_an_offer_does_not_stand_for_ever(line, offered, frozen_clock, drain):
    frozen_clock.advance("7d")
    run_sweep("device changes")
    drain()

    assert newest(line)["state"] == "cancelled"
    assert esim(offered["newIccid"]).state == "available"


def test_there_is_one_change_at_a_time(line, offered, drain, refused):
    with refused("subscription.change_device.already_under_way"):
        run("subscription.change_device", subscription_id=line)
    report(offered["newIccid"], "enable")
    drain()
    run("subscription.change_device", subscription_id=line)
    drain()

    states = [one["state"] for one in run("subscription.list_device_changes", subscription_id=line)]
    assert states == ["offered", "closed"]
    assert broken() == []


def test_a_locked_number_stays_on_its_device(line, drain, refused):
    run("inventory.msisdn.lock", msisdn=the(line).msisdn)
    with refused("subscription.change_device.number_locked"):
        run("subscription.change_device", subscription_id=line)
    run("inventory.msisdn.unlock", msisdn=the(line).msisdn, reason="Ada asked")
    run("subscription.change_device", subscription_id=line)
    run("inventory.msisdn.lock", msisdn=the(line).msisdn)
    drain()
    report(newest(line)["newIccid"], "enable")
    drain()

    assert (newest(line)["state"], the(line).iccid) == ("cancelled", newest(line)["oldIccid"])
    assert broken() == []


def test_only_a_live_line_has_devices(refused):
    with refused("subscription.change_device.not_eligible_state"):
        run("subscription.change_device", subscription_id=make_pending())


def test_a_profile_nobody_can_prepare_is_given_up(line, drain):
    fault = {"task_type": "ESIM_PROFILE_PREPARE", "fault_type": "fail_always", "probability": 1.0}
    run("provisioning.set_fault_injection", enabled=True, **fault)
    run("subscription.change_device", subscription_id=line)
    drain()

    assert newest(line)["state"] == "failed"
    assert not EsimProfile.objects.filter(owner__startswith="DVC-").exists()
    assert broken() == []


@pytest.mark.parametrize("when", ["offered", "switched"])
def test_an_ended_line_keeps_no_second_profile(line, when, request, drain):
    request.getfixturevalue(when)
    run("subscription.terminate", subscription_id=line)
    drain()

    assert not DeviceChange.objects.keeping().exists()
    assert not EsimProfile.objects.exclude(owner="").exists()
    assert broken() == []


def test_an_esim_of_somebody_else_is_noticed(line, offered):
    EsimProfile.objects.filter(iccid=the(line).iccid).update(owner="SUB-999999")
    assert "subscription.resources_are_its_own" in broken()


def test_a_second_esim_without_a_change_is_noticed(line, offered):
    DeviceChange.objects.update(state="cancelled")
    assert "subscription.second_esim_is_for_a_change" in broken()


def test_a_change_without_its_esim_is_noticed(line, offered):
    EsimProfile.objects.filter(iccid=offered["newIccid"]).update(owner="", state="available")
    assert "subscription.second_esim_is_for_a_change" in broken()
