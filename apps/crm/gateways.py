"""Ways a mail leaves the house."""

import re
import smtplib
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage

from bss.core import clock
from bss.core.calls import (
    Gateway,
    NotSent,
    Outcome,
    Unknown,
    refused,
    register_gateway,
    sends,
    succeeded,
)

LOG_NAME = "portal-mailbox.log"


class Mailbox(Gateway):
    """Letters as files: one for each key, so that a repeat replaces it, and one running log."""

    @sends(on_unknown="resend")
    def send(self, *, key: str, attempt: int, to: str, subject: str, body: str) -> Outcome:
        letter = self.folder() / f"{file_name(key)}.eml"
        letter.parent.mkdir(parents=True, exist_ok=True)
        if not letter.exists():
            self._append(to, subject, body)
        draft = letter.with_suffix(f".{attempt}.part")
        draft.write_text(_letter(key, to, subject, body))
        draft.replace(letter)
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
    """Letters handed to a mail server; a repeat carries the same Message-ID."""

    @sends(on_unknown="resend")
    def send(self, *, key: str, attempt: int, to: str, subject: str, body: str) -> Outcome:
        reference = f"<{file_name(key)}@bss>"
        mail = EmailMessage(
            subject,
            body,
            settings.BSS.mail_from,
            [to],
            headers={"Message-ID": reference},
        )
        try:
            mail.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as refusal:
            return refused("mail.refused", str(refusal))
        except (smtplib.SMTPServerDisconnected, TimeoutError) as silence:
            raise Unknown(str(silence)) from silence
        except OSError as trouble:
            raise NotSent(str(trouble)) from trouble
        return succeeded(reference=reference)


def file_name(key: str) -> str:
    """A key as a file name: readable, and unique even where characters had to go."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", key)[:80]
    return f"{plain}-{sha256(key.encode()).hexdigest()[:12]}"


def _letter(key: str, to: str, subject: str, body: str) -> str:
    headers = {
        "Date": formatdate(clock.real().timestamp()),
        "From": settings.BSS.mail_from,
        "To": to,
        "Subject": subject,
        "X-Key": key,
    }
    return "\n".join([*(f"{name}: {value}" for name, value in headers.items()), "", body])


register_gateway("mail", "mailbox", Mailbox)
register_gateway("mail", "smtp", Smtp)
