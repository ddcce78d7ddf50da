import re
import smtplib
from base64 import b64encode
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail

from apps.crm.gateways import Mailbox, Smtp
from apps.crm.models import Notification
from apps.crm.queries import message
from apps.crm.tests.factories import make_customer
from bss.core.calls import NotSent, Outcome, Unknown
from bss.core.lifecycle import lifecycles
from bss.core.models import Call, StoredEvent
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("committed")


def notify(customer_id, key="contact_changed/1"):
    return run_internal(
        "notification.send",
        {
            "customer_id": customer_id,
            "template": "contact_changed",
            "key": key,
            "values": {"kind": "phone"},
        },
        wait=5.0,
    ).result


def test_a_mail_is_written_kept_and_logged(mailbox):
    customer_id = make_customer(email="ada@mail.test")

    sent = notify(customer_id)

    assert (sent["state"], sent["recipient"]) == ("sent", "ada@mail.test")
    (letter,) = mailbox.glob("*.eml")
    assert "Subject: Your contact details were changed" in letter.read_text()
    log = (mailbox / "portal-mailbox.log").read_text()
    assert "To: ada@mail.test\nSubject: Your contact details were changed\n\n" in log
    newest = run("interaction.list", customer_id=customer_id)[0]
    assert newest["summary"] == "Mail: Your contact details were changed"
    assert (newest["channel"], newest["direction"]) == ("email", "outbound")
    assert run("notification.list", customer_id=customer_id) == [sent]


def test_the_same_key_says_it_once(mailbox):
    customer_id = make_customer()

    first, again = notify(customer_id), notify(customer_id)

    assert first == again
    assert Call.objects.filter(gateway="mail").count() == 1


def test_without_an_address_it_is_noted_and_not_sent(mailbox):
    skipped = notify(make_customer(email=None))

    assert (skipped["state"], skipped["stateReason"]) == ("unaddressed", "no e-mail address")
    assert not mailbox.exists()


def test_a_refused_mail_shows_with_the_customer(drain, monkeypatch):
    def refuse(self, **_):
        return Outcome("refused", code="mail.refused", reason="no such mailbox")

    monkeypatch.setattr(Mailbox, "send", refuse)
    monkeypatch.setattr(Mailbox.send, "sending", Smtp.send.sending, raising=False)
    customer_id = make_customer()

    failed = notify(customer_id)
    drain()

    assert (failed["state"], failed["stateReason"]) == ("failed", "no such mailbox")
    told = StoredEvent.objects.filter(name="notification.failed")
    assert told.filter(payload__template="contact_changed").count() == 1
    log = [one["summary"] for one in run("interaction.list", customer_id=customer_id)]
    assert "Mail could not be delivered: Your contact details were changed" in log


def test_what_was_sent_cannot_fail_any_more(refused):
    sent = notify(make_customer())
    late = {"notification_id": sent["id"], "outcome": Outcome("refused", code="late")}

    with refused("notification.transition.invalid"):
        run_internal("notification.settle", late)

    assert Notification.objects.get().state == "sent"


@pytest.mark.parametrize("noun", ["notification", "notice", "email_change", "kyc_session"])
def test_the_tables_of_states_decide(noun, refused):
    table = lifecycles[noun]
    triggers = {name for moves in table.transitions.values() for name in moves}
    for state, trigger in product(table.states, sorted(triggers)):
        if trigger in table.triggers(state):
            assert table.target("X-1", state, trigger) in table.states
        else:
            with refused(f"{noun}.transition.invalid"):
                table.target("X-1", state, trigger)


LETTER = {
    "key": "welcome/CUST-000001",
    "to": "ada@mail.test",
    "subject": "Hello",
    "body": "OTP: 123456\nAction: demo\n",
}


def test_a_repeated_letter_replaces_the_first(mailbox):
    for attempt in (1, 2):
        assert Mailbox().send(attempt=attempt, **LETTER).succeeded

    (letter,) = mailbox.glob("*.eml")
    assert letter.name.startswith("welcome_CUST-000001-")
    assert (mailbox / "portal-mailbox.log").read_text().count("OTP: 123456\nAction: demo") == 1


def test_a_setting_that_names_the_log_is_understood(tmp_path, product):
    product(mailbox=tmp_path / "box" / "portal.log")

    Mailbox().send(attempt=1, **LETTER)

    assert "To: ada@mail.test" in (tmp_path / "box" / "portal.log").read_text()
    assert len(list((tmp_path / "box").glob("*.eml"))) == 1


FILE = {
    "fileName": "RCPT-000001.pdf",
    "mediaType": "application/pdf",
    "content": b64encode(b"%PDF-1.4").decode(),
}


def test_what_is_attached_lies_beside_the_letter(mailbox):
    assert Mailbox().send(attempt=1, attached=[FILE], **LETTER).succeeded

    (letter,), (file,) = mailbox.glob("*.eml"), mailbox.glob("*.pdf")
    assert file.name == f"{letter.stem}.RCPT-000001.pdf"
    assert file.read_bytes() == b"%PDF-1.4"
    assert f"X-Attached: {file.name}" in letter.read_text()


def test_what_is_attached_goes_with_the_mail():
    assert Smtp().send(attempt=1, attached=[FILE], **LETTER).succeeded

    (file,) = mail.outbox[-1].attachments
    assert tuple(file) == ("RCPT-000001.pdf", b"%PDF-1.4", "application/pdf")


def test_a_letter_that_may_wait_takes_no_files():
    wanted = {"customer_id": make_customer(), "template": "welcome", "key": "welcome/1"}
    with pytest.raises(RuntimeError, match="may wait"):
        run_internal("notification.send", {**wanted, "values": {}, "attached": [FILE]})


def test_smtp_repeats_carry_one_message_id():
    for attempt in (1, 2):
        assert Smtp().send(attempt=attempt, **LETTER).succeeded

    first, again = mail.outbox
    assert first.to == ["ada@mail.test"]
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (ConnectionRefusedError("down"), NotSent),
        (smtplib.SMTPServerDisconnected("gone"), Unknown),
        (TimeoutError("slow"), Unknown),
    ],
)
def test_smtp_trouble_is_told_apart(monkeypatch, trouble, expected):
    monkeypatch.setattr("django.core.mail.EmailMessage.send", _raising(trouble))

    with pytest.raises(expected):
        Smtp().send(attempt=1, **LETTER)


def test_smtp_takes_no_for_an_answer(monkeypatch):
    no = smtplib.SMTPRecipientsRefused({"ada@mail.test": (550, b"unknown")})
    monkeypatch.setattr("django.core.mail.EmailMessage.send", _raising(no))

    assert Smtp().send(attempt=1, **LETTER).refused


def _raising(trouble):
    def send(self):
        raise trouble

    return send


def test_plain_text_is_not_escaped(product):
    product(brand_name="Tan & Sons")

    assert "Tan & Sons" in message("account_closed", {}).body


FOLDER = Path(settings.TEMPLATES[0]["DIRS"][0]) / "mail"
LETTERS = sorted(path.stem for path in FOLDER.glob("[!_]*.txt"))


@pytest.mark.parametrize("template", LETTERS)
def test_every_letter_has_a_subject_and_speaks_plainly(template):
    source = (FOLDER / f"{template}.txt").read_text()
    names = re.findall(r"{{ (\w+)", source)
    values = {name: "2026-05-30" if name in ("due", "until") else f"<{name}>" for name in names}

    letter = message(template, values)

    assert 0 < len(letter.subject) <= 78
    assert len(letter.body) < 1000
    assert not re.search(r"\b[A-Z]{2,5}-\d|[{}%]{2}", letter.subject + letter.body)
