"""Ways a mail leaves the house."""

import re
import smtplib
from base64 import b64decode
from collections.abc import Sequence
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine

from apps.crm import rules
from bss.core import clock
from bss.core.calls import (
    Gateway,
    NotSent,
    Outcome,
    Unknown,
    refused,
    sends,
    succeeded,
)

LOG_NAME = "portal-mailbox.log"


# A file with a letter: fileName, mediaType, content in base64.
File = dict[str, str]
# Domains that never take a letter, so that what follows from that can be tried.
BOUNCING = ("bounce.invalid", "bounce.test")


class Mailbox(Gateway):
    """Letters as files: one for each key, so that a repeat replaces it, and one running log.

    What is attached to a letter lies beside it.
    """

    @sends(on_unknown="resend")
    def send(
        self,
        *,
        key: str,
        attempt: int,
        to: str,
        subject: str,
        body: str,
        seed: str = "",
        attached: Sequence[File] = (),
    ) -> Outcome:
        body = with_code(body, seed)
        if to.rpartition("@")[2] in BOUNCING:
            return refused("mail.bounced", "no such mailbox")
        letter = self.folder() / f"{file_name(key)}.eml"
        letter.parent.mkdir(parents=True, exist_ok=True)
        if not letter.exists():
            self._append(to, subject, body)
        files = {beside(letter, one): b64decode(one["content"]) for one in attached}
        for place, content in files.items():
            place.write_bytes(content)
        draft = letter.with_suffix(f".{attempt}.part")
        draft.write_text(_letter(key, to, subject, body, [place.name for place in files]))
        draft.replace(letter)
        letter.with_suffix(".html").write_text(as_html(subject, body))
        return succeeded(reference=letter.name)

    def folder(self) -> Path:
        """Where the letters lie; a setting that names a log file means the folder around it."""
        place = Path(settings.BSS.mailbox)
        return place.parent if place.suffix == ".log" else place

    def log(self) -> Path:
        """The running log that scenarios read."""
        place = Path(settings.BSS.mailbox)
        return place if place.suffix == ".log" else place / LOG_NAME

    def _append(self, to: str, subject: str, body: str) -> None:
        header = f"=== {clock.real().isoformat()} ===\nTo: {to}\nSubject: {subject}\n\n"
        with self.log().open("a") as log:
            log.write(f"{header}{body}\n")


class Smtp(Gateway):
    """Letters handed to a mail server, which does not tell repeats apart: a person decides."""

    @sends(on_unknown="ask")
    def send(
        self,
        *,
        key: str,
        attempt: int,
        to: str,
        subject: str,
        body: str,
        seed: str = "",
        attached: Sequence[File] = (),
    ) -> Outcome:
        body = with_code(body, seed)
        reference = f"<{file_name(key)}@bss>"
        mail = EmailMultiAlternatives(
            subject,
            body,
            settings.BSS.mail_from,
            [to],
            headers={"Message-ID": reference},
        )
        mail.attach_alternative(as_html(subject, body), "text/html")
        for file in attached:
            mail.attach(file["fileName"], b64decode(file["content"]), file["mediaType"])
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            return refused("mail.bounced", str(refusal))
        except smtplib.SMTPSenderRefused as refusal:
            return refused("mail.refused", str(refusal))
        except (smtplib.SMTPServerDisconnected, TimeoutError) as silence:
            raise Unknown(str(silence)) from silence
        except OSError as trouble:
            raise NotSent(str(trouble)) from trouble
        return succeeded(reference=reference)


def with_code(body: str, seed: str) -> str:
    """The letter, with the code of its seed in place if it has one: only its reader learns that."""
    if not seed:
        return body
    return body.replace(rules.CODE_PLACE, rules.code_of(settings.SECRET_KEY, seed))


def as_html(subject: str, body: str) -> str:
    """The same words for mail programs that show pages; nothing in them is markup."""
    page = Engine.get_default().get_template("mail/_page.html")
    return page.render(Context({"subject": subject, "body": body}))


def file_name(key: str) -> str:
    """A key as a file name: readable, and unique even where characters had to go."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", key)[:80]
    return f"{plain}-{sha256(key.encode()).hexdigest()[:12]}"


def beside(letter: Path, file: File) -> Path:
    """Where a file lies that belongs to a letter of the mailbox."""
    return letter.with_suffix(f".{re.sub(r'[^A-Za-z0-9._-]', '_', file['fileName'])}")


def _letter(key: str, to: str, subject: str, body: str, attached: Sequence[str]) -> str:
    headers = {
        "Date": formatdate(clock.real().timestamp()),
        "From": settings.BSS.mail_from,
        "To": to,
        "Subject": subject,
        "X-Key": key,
        **({"X-Attached": ", ".join(attached)} if attached else {}),
    }
    return "\n".join([*(f"{name}: {value}" for name, value in headers.items()), "", body])
