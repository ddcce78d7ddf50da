"""Values as people write them: money, quantities, numbers, days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REASONS = {
    "exhausted": "the data is used up",
    "data_exhausted": "the data is used up",
    "payment_failed": "the renewal could not be paid",
    "payment_declined": "the renewal was declined",
    "suspended": "it was suspended by hand",
}

# What a state means to somebody who glances at it.
TONES = {
    **dict.fromkeys(
        ("active", "completed", "captured", "verified", "available", "done", "activated",
         "succeeded", "resolved", "approved", "refunded", "enabled", "installed"),
        "good",
    ),
    **dict.fromkeys(
        ("pending", "in_progress", "acknowledged", "reserved", "prepared", "authorised", "held",
         "requested", "open", "assigned", "downloaded", "quarantined", "answered", "not_verified"),
        "warn",
    ),
    **dict.fromkeys(
        ("blocked", "failed", "declined", "stuck", "unknown", "parked", "rejected", "suspended"),
        "bad",
    ),
}  # fmt: skip


def grouped(number: str | None) -> str:
    """`9000 0005`: digits in fours, from the left."""
    text = number or "–"
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def money(amount: Any, currency: str | None = None) -> str:
    """`SGD 25.00`"""
    if amount is None:
        return "–"
    return f"{currency} {float(amount):,.2f}" if currency else f"{float(amount):,.2f}"


def amount_of(kind: str, quantity: float, unit: str | None = None) -> str:
    """`30 GB`, `500 MB`, `100 min`, `100 SMS`, or `unlimited`."""
    if quantity == -1:
        return "unlimited"
    if kind.startswith("data"):
        return f"{trimmed(quantity / 1024)} GB" if quantity >= 1024 else f"{trimmed(quantity)} MB"
    return f"{trimmed(quantity)} {'min' if kind.startswith('voice') else 'SMS'}"


def trimmed(number: float) -> str:
    """At most one decimal, and none where it would be zero."""
    return f"{number:,.1f}".removesuffix(".0")


KINDS = {"data": "Data", "voice": "Voice", "voice_minutes": "Voice", "sms": "SMS",
         "data_roaming": "Roaming"}  # fmt: skip


def kind_name(kind: str) -> str:
    """An allowance as people say it."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def get(data: Mapping[str, Any] | None, *names: str, default: Any = None) -> Any:
    """The first of these keys that holds something."""
    found = (data[name] for name in names if data and data.get(name) is not None)
    return next(found, default)


def in_days(days: int) -> str:
    """`in 3 days`, `today`, `2 days late`."""
    if days == 0:
        return "today"
    word = "day" if abs(days) == 1 else "days"
    return f"in {days} {word}" if days > 0 else f"{-days} {word} late"


def full_name(customer: Mapping[str, Any] | None) -> str:
    """`Ada Lovelace`"""
    person = (customer or {}).get("individual") or {}
    return f"{person.get('givenName') or ''} {person.get('familyName') or ''}".strip()


def card_words(method: Mapping[str, Any]) -> str:
    """`visa •••• 4242, 12/2030, default`"""
    summary = method.get("cardSummary") or {}
    words = f"{summary.get('brand', 'card')} •••• {summary.get('last4', '????')}"
    if summary.get("expYear"):
        words += f", {int(summary.get('expMonth') or 0):02d}/{summary['expYear']}"
    return words + (", default" if method.get("isDefault") else "")
