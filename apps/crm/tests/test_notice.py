import pytest

from apps.crm.tests.factories import make_customer
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("committed")
OUTAGE = {"kind": "outage", "title": "No data in Jurong", "body": "We are on it."}


def tell(notice_id, *customer_ids):
    args = {"notice_id": notice_id, "customer_ids": list(customer_ids), "up_to": None}
    run_internal("notice.tell", args)


def test_it_opens_changes_and_ends(frozen_clock):
    opened = run(
        "notice.open", service="data", zone="Jurong", ends_at="2026-03-02T18:00Z", **OUTAGE
    )
    assert opened | {"id": "", "openedAt": ""} == {
        "id": "",
        "kind": "outage",
        "service": "data",
        "zone": "Jurong",
        "title": "No data in Jurong",
        "body": "We are on it.",
        "state": "open",
        "version": 1,
        "startsAt": "2026-03-02T12:00:00+00:00",
        "endsAt": "2026-03-02T18:00:00+00:00",
        "openedAt": "",
        "toldEverybody": False,
    }
    notice_id = opened["id"]

    later = run("notice.update", notice_id=notice_id, body="Later.", ends_at="2026-03-02T20:00Z")
    assert (later["version"], later["endsAt"]) == (2, "2026-03-02T20:00:00+00:00")
    over = run("notice.close", notice_id=notice_id, body="All is well again.")

    assert (over["state"], over["version"]) == ("closed", 3)
    assert over["endsAt"] == "2026-03-02T12:00:00+00:00"
    assert run("notice.list", state="open") == []
    assert run("notice.list") == [run("notice.get", notice_id=notice_id)]
    names = StoredEvent.objects.filter(aggregate=notice_id).order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "notice.opened",
        "notice.updated",
        "notice.closed",
    ]


def test_what_is_over_is_no_news(refused):
    notice_id = run("notice.open", **OUTAGE)["id"]
    run("notice.close", notice_id=notice_id, body="Over.")

    with refused("notice.update.closed"):
        run("notice.update", notice_id=notice_id, body="Still over.")
    with refused("notice.transition.invalid"):
        run("notice.close", notice_id=notice_id, body="Over.")


def test_it_ends_after_it_begins(refused):
    times = {"starts_at": "2026-03-02T18:00Z", "ends_at": "2026-03-02T18:00Z"}
    with refused("notice.open.ends_before_it_starts"):
        run("notice.open", **OUTAGE, **times)


def test_each_version_is_told_once(drain, mailbox):
    customer_id = make_customer()
    notice_id = run("notice.open", **OUTAGE)["id"]
    for _ in range(2):
        tell(notice_id, customer_id)
    drain()
    (letter,) = mailbox.glob("service_notice*.eml")
    assert "We are on it." in letter.read_text()

    run("notice.close", notice_id=notice_id, body="All is well again.")
    tell(notice_id, customer_id)
    drain()

    assert len(list(mailbox.glob("service_notice*.eml"))) == 2
    log = [one["summary"] for one in run("interaction.list", customer_id=customer_id)]
    assert "Told of: No data in Jurong" in log
