"""What devices and the SM-DP+ say of profiles, in whatever order it arrives."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from apps.provisioning.gateways import profiles
from apps.provisioning.models import EsimProfile
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.errors import PolicyViolation
from bss.core.invariants import check
from bss.core.models import ApiClient, StoredEvent
from bss.core.operations import invoke, run

from .factories import LINE, fault, internal, make_line, open_order

pytestmark = pytest.mark.usefixtures("committed", "prepared", "frozen_clock")
ICCID = "8910101000000000000"


@pytest.fixture
def prepared(committed, frozen_clock, drain):
    make_line()
    open_order()
    drain()
    internal("inventory.msisdn.assign", owner=LINE)


def esim():
    return EsimProfile.objects.get(iccid=ICCID)


def report(what, minute=0):
    at = clock.now() + timedelta(minutes=minute)
    return run("inventory.esim.report", iccid=ICCID, report=what, at=at)["profile_state"]


def progress():
    stored = StoredEvent.objects.filter(name="inventory.esim.progressed").order_by("id")
    return [event.payload["state"] for event in stored]


def test_reports_count_by_when_it_happened():
    assert [report("disable", 4), report("enable", 3), report("download", 1)] == ["disabled"] * 3
    assert report("enable", 5) == "enabled"
    assert progress() == ["disabled", "enabled"]


def test_a_repeated_report_changes_nothing():
    assert [report("install", 1), report("install", 1), report("install", 2)] == ["installed"] * 3
    assert progress() == ["installed"]


def test_a_step_back_is_old_news():
    report("enable", 1)
    assert report("download", 2) == "enabled"


def test_a_deleted_profile_stays_with_its_line():
    report("enable", 1)
    report("delete", 2)
    report("enable", 3)

    assert (esim().state, esim().owner) == ("deleted", LINE)
    assert [verdict.name for verdict in check(full=True) if not verdict.holds] == []


def test_a_deleted_profile_is_downloaded_again_under_a_new_code(drain):
    report("enable", 1)
    report("delete", 2)
    old = esim().activation_code

    shown = run("inventory.esim.redownload", iccid=ICCID)
    drain()

    assert shown["activation_code"] == esim().activation_code != old
    assert (esim().state, profiles()[ICCID]) == (
        "released",
        {"state": "released", "code": esim().activation_code},
    )
    assert report("delete", 2) == "released"
    assert report("enable", 3) == "enabled"


def test_only_a_deleted_profile_is_downloaded_again():
    report("enable", 1)
    with pytest.raises(PolicyViolation) as refusal:
        run("inventory.esim.redownload", iccid=ICCID)
    assert refusal.value.rule == "esim.redownload.must_be_deleted"


def test_one_that_cannot_be_offered_again_stays_deleted(drain):
    report("delete", 2)
    fault("ESIM_PROFILE_PREPARE", "fail_always")
    run("inventory.esim.redownload", iccid=ICCID)
    drain()

    assert (esim().state, esim().owner) == ("deleted", LINE)
    (event,) = StoredEvent.objects.filter(name="inventory.esim.not_prepared")
    assert event.payload["reason"] == "The network reported an error."


def test_an_offer_that_failed_once_is_tried_again(drain):
    report("delete", 2)
    fault("ESIM_PROFILE_PREPARE", "fail_first_attempt")
    run("inventory.esim.redownload", iccid=ICCID)
    drain()
    assert esim().state == "released"


def test_an_answer_about_a_code_that_was_given_up_says_nothing():
    report("delete", 2)
    old = esim().matching_id
    invoke("inventory.esim.redownload", {"iccid": ICCID}, wait=0)
    told = {"iccid": ICCID, "matching_id": old, "attempt": 1}
    internal("inventory.esim.settle_preparation", outcome=Outcome("succeeded"), **told)
    assert esim().state == "reserved"


@pytest.mark.parametrize("again", [True, False])
def test_a_used_profile_never_returns_to_the_pool(again, drain):
    report("delete", 2)
    if again:
        run("inventory.esim.redownload", iccid=ICCID)
    internal("inventory.esim.recycle", owner=LINE)
    drain()
    assert (esim().state, esim().owner) == ("deleted", "")


def test_owners_exchange_profiles():
    internal("inventory.esim.reserve", owner="DVC-000001")
    other = EsimProfile.objects.get(owner="DVC-000001").iccid
    internal("inventory.esim.swap", owner=LINE, other="DVC-000001")
    here = EsimProfile.objects.get(iccid=other)
    assert (here.owner, here.msisdn) == (LINE, "90000000")
    assert (esim().owner, esim().msisdn) == ("DVC-000001", "")
    with pytest.raises(PolicyViolation) as refusal:
        internal("inventory.esim.swap", owner=LINE, other="DVC-000002")
    assert refusal.value.rule == "esim.assign.not_owned"


def call(path, **body):
    token = ApiClient.new_token()
    ApiClient.objects.create(
        name=token[:8], token_digest=ApiClient.digest(token), scopes=["inventory.esim.report"]
    )
    return Client().post(
        f"/tmf-api/gsma/rsp2/es2plus/{path}",
        json.dumps({"iccid": f"{ICCID}F", "timestamp": "2026-03-02T12:00:00Z", **body}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_the_sm_dp_tells_of_a_download():
    for point, state in ((1, "released"), (3, "downloaded"), (4, "installed"), (3, "installed")):
        assert call("handleDownloadProgressInfo", notificationPointId=point).status_code == 204
        assert esim().state == state


def test_the_sm_dp_tells_of_a_device():
    tried = {"notificationEventStatus": {"status": "Failed"}}
    assert call("handleNotification", notificationEvent=1, **tried).status_code == 204
    assert esim().state == "released"
    assert call("handleNotification", notificationEvent=1).status_code == 204
    assert esim().state == "enabled"


def test_nobody_else_tells_of_devices():
    found = Client().post("/tmf-api/gsma/rsp2/es2plus/handleNotification", "{}", "application/json")
    assert found.status_code == 401
