"""What a file of subscribers looks like, and what to do about each thing that can be wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bss.core.csv_rows import Column, Columns, Row

# Rows of one transaction; a longer file is sent in parts.
IMPORT_ROWS = 500


def needed(shape: str, meaning: str) -> Column:
    """A column that every row fills."""
    return Column(re.compile(shape), meaning)


def may(shape: str, meaning: str) -> Column:
    """A column that may be empty or missing."""
    return Column(re.compile(shape), meaning, optional=True)


REFERENCE = (r"[A-Za-z0-9_.:/-]{1,80}", "the id in the former books, at most 80 letters and digits")
DAY = (r"\d{4}-\d\d-\d\d", "a day like 2026-03-31")
LEFT = (r"\d{1,9}|unlimited", "a whole number or the word unlimited")
CUSTOMER: Columns = {
    "customer_reference": needed(*REFERENCE),
    "name": needed(r".{1,160}", "the name of a person"),
    "email": may(r"[^@\s]+@[^@\s]+", "an e-mail address"),
    "phone": may(r"\+?[\d ()-]{4,24}", "a phone number"),
    "date_of_birth": may(*DAY),
    "verified_on": may(*DAY),
    "document_type": may(
        r"nric|passport|fin|driving_license", "nric, passport, fin or driving_license"
    ),
    "document_number": may(r".{4,40}", "the number of the document"),
    "document_country": may(r"[A-Za-z]{2}", "a country of two letters"),
    "nationality": may(r"[A-Za-z]{2}", "a country of two letters"),
    "card_token": may(r"\S{4,120}", "the processor's token of the card, never its number"),
    "card_payer": may(r"\S{1,80}", "the processor's id of the payer"),
    "card_brand": may(r"[A-Za-z ]{1,20}", "a brand like visa"),
    "card_last4": may(r"\d{4}", "the last four digits"),
    "card_exp_month": may(r"0?[1-9]|1[0-2]", "a month from 1 to 12"),
    "card_exp_year": may(r"20\d\d", "a year like 2029"),
}  # fmt: skip
# By the kind of what is left.
BALANCES: Mapping[str, str] = {
    "data": "data_left_mb",
    "voice": "voice_left_minutes",
    "sms": "sms_left",
    "data_roaming": "data_roaming_left_mb",
}
LINE: Columns = {
    "line_reference": may(*REFERENCE),
    "msisdn": may(r"\d{7,15}", "7 to 15 digits"),
    "iccid": may(r"89\d{16,18}", "18 to 20 digits that begin with 89"),
    "offering": may(r"[\w-]{1,40}", "the id of a plan like PLAN_S"),
    "price": may(r"[\w-]{1,60}", "the id of a price like PRICE_PLAN_S"),
    "activated_on": may(*DAY),
    "paid_until": may(
        r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?)?",
        "a day or a moment like 2026-03-31T12:00:00+00:00",
    ),
    "nickname": may(r".{1,40}", "at most 40 characters"),
    **{column: may(*LEFT) for column in BALANCES.values()},
}
COLUMNS: Columns = {**CUSTOMER, **LINE}
WHOSE_LINE: Columns = {"customer_reference": CUSTOMER["customer_reference"], **LINE}
# A row that names a line must say all of this, and one that names a card all of that.
LINE_NEEDS = ("msisdn", "iccid", "offering", "paid_until")
CARD_NEEDS = ("card_brand", "card_last4", "card_exp_month", "card_exp_year")
PROOF_NEEDS = ("document_type", "document_number", "document_country")

# What stops a row, by its rule: the column to look at, and what helps.
ADVICE: Mapping[str, tuple[str, str]] = {
    "customer.create.email_unique": ("email", "give each customer an address of their own"),
    "customer.create.requires_contact_medium": ("email", "fill email or phone"),
    "customer.contact_medium.invalid_value": ("phone", "correct email and phone"),
    "customer.attest_kyc.document_hash_unique_per_tenant": (
        "document_number", "find out which of the two it belongs to",
    ),
    "customer.attest_kyc.minimum_age": ("date_of_birth", "leave the customer out"),
    "customer.attest_kyc.proof_already_used": ("customer_reference", "look who has it"),
    "customer.take_over.proof_in_the_past": ("verified_on", "correct the day"),
    "payment.take_over_card.token_only": ("card_token", "ask the processor for the token"),
    "payment.take_over_card.token_taken": ("card_token", "leave the card out"),
    "payment_method.add.card_not_expired": ("card_exp_year", "leave the card out"),
    "payment_method.add.at_most_n_methods": ("card_token", "leave the card out"),
    "msisdn.reserve.status_must_be_available": ("msisdn", "bss inventory msisdn get shows whose"),
    "esim.adopt.must_be_available": ("iccid", "bss inventory esim get shows whose"),
    "number.not_found": ("msisdn", "add it first: bss inventory msisdn import-csv"),
    "esim.not_found": ("iccid", "add it first: bss inventory esim import-csv"),
    "subscription.take_over.plan_known": ("offering", "bss catalog list shows the plans"),
    "subscription.take_over.price_known": ("price", "bss catalog show tells its prices"),
    "subscription.take_over.paid_now": ("paid_until", "renew it in the former books first"),
    "subscription.take_over.balance_given": ("data_left_mb", "fill in what is left, 0 if nothing"),
    "subscription.take_over.identity_proven": (
        "verified_on", "fill verified_on and the document columns",
    ),
    "subscriber.import.complete": ("line_reference", "fill the columns named"),
    "subscriber.import.changed": ("customer_reference", "change it with the commands for that"),
}  # fmt: skip


def incomplete(row: Row) -> list[str]:
    """The columns that a row must fill because of what else it says."""
    values = row.values
    wanted: list[str] = []
    if any(values[column] for column in LINE):
        wanted += ["line_reference", *LINE_NEEDS]
    if values["card_token"]:
        wanted += CARD_NEEDS
    if any(values[column] for column in ("verified_on", *PROOF_NEEDS)):
        wanted += ["verified_on", *PROOF_NEEDS]
    return [column for column in dict.fromkeys(wanted) if not values[column]]


def text_of(row: Row, columns: Columns) -> str:
    """What a row says in some columns, as one text that differs when any of it does."""
    return "\x1f".join(row.values[column] for column in columns)
