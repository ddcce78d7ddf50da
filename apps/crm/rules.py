"""What is true about people and contact details without asking the database."""

import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

MINIMUM_AGE = 18
# A proof of identity is asked for again after this long.
KYC_VALIDITY = timedelta(days=730)
# So long before it runs out the customer is asked to renew it.
# How long after it was closed it is known who a customer was: letters, refunds and complaints
# still find their way.
ERASED_AFTER = timedelta(days=30)
KYC_REMINDER = timedelta(days=30)
# A check that nobody finished by then is over.
KYC_SESSION_VALIDITY = timedelta(days=7)
# Proofs of these providers are made beforehand; nobody signs them.
PRE_VERIFIED_PROVIDERS = ("prebaked", "myinfo")

EMAIL, PHONE, POSTAL = "email", "phone", "postal"
MEDIUM_TYPES = {
    "email": EMAIL,
    "phone": PHONE,
    "mobile": PHONE,
    "postal": POSTAL,
    "address": POSTAL,
}

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,}")
_PHONE = re.compile(r"\+?\d{6,15}")


def split_name(name: str) -> tuple[str, str]:
    """Given and family name, split at the first space."""
    given, _, family = " ".join(name.split()).partition(" ")
    return given, family


def clean_email(text: str) -> str | None:
    """The address without surrounding space, or None when it cannot be one."""
    address = text.strip()
    return address if len(address) <= 254 and _EMAIL.fullmatch(address) else None


def clean_phone(text: str) -> str | None:
    """Digits with a leading + where given, or None when it cannot be a number."""
    number = re.sub(r"[\s().-]", "", text)
    return number if _PHONE.fullmatch(number) else None


def clean_postal(text: str) -> str | None:
    """The address as one line, or None when there is none."""
    return " ".join(text.split()) or None


_CLEANERS = {EMAIL: clean_email, PHONE: clean_phone, POSTAL: clean_postal}


def clean_contact(medium_type: str, value: str) -> str | None:
    """The contact value in the form it is stored in, or None when it makes no sense."""
    return _CLEANERS[medium_type](value)


def age_on(day: date, born: date) -> int:
    """Whole years lived on a day; someone born on 29 February has their birthday on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def of_age(day: date, born: date) -> bool:
    """True when the person may hold a line."""
    return age_on(day, born) >= MINIMUM_AGE


def document_text(document_type: str, country: str, number: str) -> str:
    """One spelling of a document, whoever checked it, so that it is recognised again."""
    plain = re.sub(r"[^0-9A-Z]", "", number.upper())
    return f"{country.upper()}|{document_type}|{plain}"


def last_four(number: str) -> str:
    """The last four characters, all that is kept readable of a document number."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())[-4:]


def direction_of(channel: str) -> str:
    """Who reached out: what workers do goes out to the customer, anything else came in."""
    return "outbound" if channel == "system" else "inbound"


def only_digits(text: str) -> str:
    """The digits of a number as somebody typed it."""
    return re.sub(r"\D", "", text)


# --- promises

# Minutes of working time within which a case or ticket is settled, unless the operator says else.
SLA_MINUTES = {
    "case": {"low": 2700, "normal": 1620, "medium": 1080, "high": 540, "critical": 240},
    "ticket": {"low": 1620, "normal": 1080, "medium": 540, "high": 240, "critical": 120},
}
TICKET_OVER = ("closed", "cancelled")
# Nobody promises anything further away, whatever the calendar looks like.
CALENDAR_DAYS = 400


@dataclass(frozen=True)
class WorkingCalendar:
    """When the operator works: hours by weekday (none at all means always), days off, a zone."""

    zone: ZoneInfo
    hours: Mapping[int, tuple[time, time]]
    holidays: frozenset[date]

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The moment at which so much working time has passed."""
        end = start
        for begin, end in self._spans(start):
            if work <= end - begin:
                return begin + work
            work -= end - begin
        return end

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one moment to a later one."""
        worked = timedelta()
        for begin, finish in self._spans(start):
            if begin >= end:
                break
            worked += min(finish, end) - begin
        return worked

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of working time from a moment on, as moments of UTC."""
        if not self.hours:
            yield start, start + timedelta(days=CALENDAR_DAYS)
            return
        first = start.astimezone(self.zone).date()
        for day in (first + timedelta(days=count) for count in range(CALENDAR_DAYS)):
            if day.weekday() in self.hours and day not in self.holidays:
                opens, closes = (
                    datetime.combine(day, at, self.zone).astimezone(UTC)
                    for at in self.hours[day.weekday()]
                )
                if closes > start:
                    yield max(opens, start), closes


# --- proving an address

CODE_DIGITS = 6
CODE_VALIDITY = timedelta(minutes=15)
CODE_ATTEMPTS = 5
# So many codes may be asked for in an hour.
CODES_AN_HOUR = 5
# Where a letter has its code; only the gateway that sends it puts the code there.
CODE_PLACE = "{code}"


def code_of(secret: str, seed: str) -> str:
    """The digits that prove a seed's letter was read; nobody without the secret can tell them."""
    digest = hmac.new(secret.encode(), f"crm.code|{seed}".encode(), sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


# --- letters

# What a letter is about. Those named here can be muted and wait for the morning; the others are
# about money taken, service lost or somebody's account, and always leave at once.
TOPICS = {
    "line_threshold": "usage",
    "line_exhausted": "usage",
    "line_renewal_reminder": "renewal",
    "line_renewed": "renewal",
    "line_topped_up": "purchase",
    "card_expiring": "card",
    "kyc_expiring": "identity",
    "service_notice": "notice",
    "welcome": "welcome",
}


def end_of_quiet(local: datetime, quiet_from: time, quiet_to: time) -> datetime | None:
    """When the quiet hours end that a local moment falls into, or None when it is in none."""
    now, over_midnight = local.time(), quiet_from > quiet_to
    begun, not_over = now >= quiet_from, now < quiet_to
    if not (begun or not_over if over_midnight else begun and not_over):
        return None
    tomorrow = over_midnight and begun
    day = local.date() + timedelta(days=1) if tomorrow else local.date()
    return datetime.combine(day, quiet_to, local.tzinfo)


LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
