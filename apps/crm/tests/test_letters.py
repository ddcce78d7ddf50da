"""How letters leave: in whose language, when, and when not at all."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.crm import rules
from apps.crm.gateways import Mailbox, Smtp
from apps.crm.gateways.mail import as_html
from apps.crm.models import ContactMedium, Notification
from apps.crm.tests.factories import make_customer
from bss.core.calls import Unknown
from bss.core.models import Call, StoredEvent
from bss.core.operations import run, run_internal
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed")
SINGAPORE = ZoneInfo("Asia/Singapore")
NOTICE = {"title": "Works tonight", "body": "From two to four."}


def send(customer_id, template="service_notice", key="1", **values):
    args = {"customer_id": customer_id, "template": template, "key": f"{template}/{key}"}
    return run_internal("notification.send", args | {"values": values or NOTICE}, wait=5.0).result


def urgent(customer_id, key="1"):
    return send(customer_id, "contact_changed", key, kind="phone")


def prefer(customer_id, **wishes):
    return run("notification.set_preferences", customer_id=customer_id, **wishes)


def test_a_customer_without_wishes_is_written_to_as_usual():
    customer_id = make_customer()

    assert send(customer_id)["state"] == "sent"
    assert run("notification.get_preferences", customer_id=customer_id) == {
        "customerId": customer_id,
        "locale": None,
        "zone": None,
        "quietFrom": None,
        "quietTo": None,
        "muted": [],
        "topics": sorted(set(rules.TOPICS.values())),
    }


def test_the_wishes_cost_no_statement_of_their_own():
    customer_id = make_customer()
    prefer(customer_id, muted=["renewal"])
    with CaptureQueriesContext(connection) as captured:
        send(customer_id)

    assert sum("crm_messagepreference" in one["sql"] for one in captured.captured_queries) == 1


def test_a_muted_topic_is_only_shown_on_the_site(mailbox):
    customer_id = make_customer()
    shown = prefer(customer_id, muted=["notice"])
    assert shown["muted"] == ["notice"]

    letter = send(customer_id)

    assert (letter["state"], letter["body"]) == (
        "unaddressed",
        "Hello,\n\nFrom two to four.\n\nWhat we know is always here: http://127.0.0.1:8000\n\nBSS\n",
    )
    assert not mailbox.exists()
    assert urgent(customer_id)["state"] == "sent"
    read = run("notification.mark_read", notification_id=letter["id"])
    again = run("notification.mark_read", notification_id=letter["id"])
    assert read["readAt"] == again["readAt"] is not None


def test_what_is_not_urgent_waits_for_the_morning_of_the_customer(frozen_clock, mailbox):
    # Noon in London is eight in the evening in Singapore.
    at_home, abroad = make_customer(), make_customer()
    for customer_id, zone in ((at_home, ""), (abroad, "Europe/London")):
        prefer(customer_id, quiet_from="20:00", quiet_to="07:30", zone=zone)

    waiting = send(at_home)
    assert (waiting["state"], waiting["sendAt"]) == ("held", "2026-03-02T23:30:00+00:00")
    assert send(abroad, key="2")["state"] == "sent"
    assert urgent(at_home)["state"] == "sent"
    assert run_sweep("held_letters") == 0
    frozen_clock.freeze("2026-03-02T23:30:00+00:00")

    assert run_sweep("held_letters") == 1
    assert run_sweep("held_letters") == 0


def test_a_held_letter_is_sent_once_when_its_time_has_come(frozen_clock, drain, mailbox):
    customer_id = make_customer()
    prefer(customer_id, quiet_from="20:00", quiet_to="07:30")
    letter = send(customer_id)
    run_internal("notification.release", {"notification_id": letter["id"]})
    assert Notification.objects.get(key="service_notice/1").state == "held"
    frozen_clock.advance("12h")
    run_sweep("held_letters")
    drain()

    run_internal("notification.release", {"notification_id": letter["id"]})

    assert Notification.objects.get(key="service_notice/1").state == "sent"
    assert len(list(mailbox.glob("service_notice*.eml"))) == 1


def test_an_address_that_bounced_over_night_gets_nothing_in_the_morning(frozen_clock):
    customer_id = make_customer(email="ada@mail.test")
    prefer(customer_id, quiet_from="20:00", quiet_to="07:30")
    send(customer_id)
    run("notification.report_bounce", address="ada@mail.test", reason="no such mailbox")
    frozen_clock.advance("12h")

    run_sweep("held_letters")

    assert Notification.objects.get(key="service_notice/1").state == "unaddressed"


def test_the_operator_has_quiet_hours_too(frozen_clock, product):
    product(quiet_hours=(time(20), time(8)))
    night_owl, others = make_customer(), make_customer()
    prefer(night_owl, quiet_from="03:00", quiet_to="03:00")

    assert send(night_owl)["state"] == "sent"
    assert send(others, key="2")["state"] == "held"


@pytest.mark.parametrize(
    ("at", "quiet", "end"),
    [
        ("21:59", ("22:00", "08:00"), None),
        ("22:00", ("22:00", "08:00"), "2026-03-03T08:00"),
        ("07:59", ("22:00", "08:00"), "2026-03-02T08:00"),
        ("08:00", ("22:00", "08:00"), None),
        ("13:00", ("12:00", "14:00"), "2026-03-02T14:00"),
        ("14:00", ("12:00", "14:00"), None),
        ("12:00", ("12:00", "12:00"), None),
    ],
)
def test_quiet_hours_end_in_the_morning(at, quiet, end):
    local = datetime.fromisoformat(f"2026-03-02T{at}").replace(tzinfo=SINGAPORE)
    found = rules.end_of_quiet(local, *map(time.fromisoformat, quiet))

    assert found == (end and datetime.fromisoformat(end).replace(tzinfo=SINGAPORE))


def test_a_letter_speaks_the_customers_language(tmp_path, settings, mailbox):
    (tmp_path / "mail" / "de").mkdir(parents=True)
    (tmp_path / "mail" / "de" / "service_notice.txt").write_text("Hinweis: {{ title }}\nHallo")
    templates = [{**settings.TEMPLATES[0]}]
    templates[0]["DIRS"] = [tmp_path, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates
    customer_id = make_customer()
    prefer(customer_id, locale="de")

    assert send(customer_id)["subject"] == "Hinweis: Works tonight"
    assert urgent(customer_id)["subject"] == "Your contact details were changed"


def test_a_bounced_address_is_never_written_to_until_it_is_proven(drain, mailbox):
    customer_id = make_customer(email="ada@bounce.test")
    assert urgent(customer_id, "1")["state"] == "failed"

    assert urgent(customer_id, "2")["stateReason"] == "mail to this address comes back"

    assert Call.objects.filter(gateway="mail").count() == 1
    assert StoredEvent.objects.filter(name="customer.contact_medium_bounced").count() == 1
    ContactMedium.objects.filter(medium_type="email").update(value="ada@mail.test")
    run("customer.request_email_change", customer_id=customer_id, email="ada@mail.test")
    log = (mailbox / "portal-mailbox.log").read_text()
    code = log.partition("OTP: ")[2][:6]
    run("customer.confirm_email_change", customer_id=customer_id, code=code)
    assert urgent(customer_id, "3")["state"] == "sent"


def test_a_bounce_is_reported_once_by_whoever_hears_of_it():
    customer_id = make_customer(email="ada@mail.test")
    args = {"address": "Ada@mail.test", "reason": "550 unknown user"}
    told = [run("notification.report_bounce", **args) for _ in range(2)]

    assert told == [{"address": "Ada@mail.test", "customerId": customer_id, "known": True}] * 2
    assert StoredEvent.objects.filter(name="customer.contact_medium_bounced").count() == 1
    assert urgent(customer_id)["state"] == "unaddressed"
    history = run("customer.contact_history", customer_id=customer_id)
    assert [one["mediumType"] for one in history if one["bouncedAt"]] == ["email"]


def test_a_complaint_counts_and_a_stranger_does_not():
    customer_id = make_customer(email="ada@mail.test")
    run("notification.report_bounce", address="ada@mail.test", reason="spam", kind="complaint")
    stranger = run("notification.report_bounce", address="eve@mail.test", reason="550")

    assert urgent(customer_id)["state"] == "unaddressed"
    assert stranger["known"] is False


def test_an_unknown_outcome_is_for_a_person(drain, monkeypatch):
    def silent(self, **_):
        raise Unknown("slow")

    monkeypatch.setattr(Mailbox, "send", silent)
    monkeypatch.setattr(Mailbox.send, "sending", Smtp.send.sending, raising=False)
    customer_id = make_customer()

    letter = urgent(customer_id)
    drain()

    assert letter["state"] == "requested"
    call = Call.objects.get(gateway="mail", key="contact_changed/1")
    assert (call.state, call.attempts) == ("parked", 1)


def test_mail_programs_get_a_page_without_anybodys_markup():
    page = as_html("A <b>", "Hello,\n\nhttps://bss.test/x\n\n<script>no</script>")

    assert "A &lt;b&gt;" in page
    assert '<a href="https://bss.test/x"' in page
    assert "<script>" not in page
    assert page.count("<p>") == 3


def test_a_mail_has_both_forms(mailbox):
    Smtp().send(key="k", attempt=1, to="ada@mail.test", subject="Hi", body="Hello")
    (content, kind), *_ = mail.outbox[0].alternatives
    assert (kind, "Hello" in content) == ("text/html", True)

    urgent(make_customer())
    (page,) = mailbox.glob("*.html")
    assert "contact details were changed" in page.read_text()


@pytest.mark.parametrize(
    ("wishes", "rule"),
    [
        ({}, "no_fields"),
        ({"locale": "klingon!"}, "unknown_locale"),
        ({"zone": "Mars/Olympus"}, "unknown_zone"),
        ({"muted": ["bills"]}, "unknown_topic"),
        ({"quiet_from": "20:00"}, "quiet_needs_both"),
    ],
)
def test_wishes_nobody_can_fulfil_are_refused(refused, wishes, rule):
    customer_id = make_customer()
    with refused(f"notification.set_preferences.{rule}"):
        prefer(customer_id, **wishes)


def test_wishes_left_out_stay():
    customer_id = make_customer()
    prefer(customer_id, locale="zh-SG", quiet_from="22:00", quiet_to="08:00")
    prefer(customer_id, zone="Asia/Tokyo")

    shown = run("notification.get_preferences", customer_id=customer_id)
    assert (shown["locale"], shown["zone"]) == ("zh-SG", "Asia/Tokyo")
    assert (shown["quietFrom"], shown["quietTo"]) == ("22:00", "08:00")


def test_whoever_joins_is_welcomed_and_whoever_is_held_is_told(drain, mailbox):
    customer_id = make_customer(name="Ada Tan")
    run("customer.suspend", customer_id=customer_id, reason="unpaid")
    run("customer.resume", customer_id=customer_id)
    drain()

    letters = sorted(path.name.split("_")[0] for path in mailbox.glob("*.eml"))
    assert letters == ["account", "account", "welcome"]
    (welcome,) = mailbox.glob("welcome*.eml")
    assert "Hello Ada," in welcome.read_text()


def test_every_topic_has_a_letter(settings):
    folder = settings.TEMPLATES[0]["DIRS"][0] / "mail"
    assert [name for name in rules.TOPICS if not (folder / f"{name}.txt").exists()] == []


def test_letters_without_a_topic_cannot_be_muted():
    assert not {"line_blocked", "line_renewal_failed", "payment_refunded"} & set(rules.TOPICS)
