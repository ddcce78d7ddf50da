"""What is true about people and contact details without asking the database."""

import re
from datetime import date, timedelta

MINIMUM_AGE = 18
# A proof of identity is asked for again after this long.
KYC_VALIDITY = timedelta(days=730)
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
