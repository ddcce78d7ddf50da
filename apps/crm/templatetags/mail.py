"""Filters that let mails speak of money, quantities and days as people do."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from bss.core.money import money_text
from bss.core.quantities import GB, MB, MINUTE, UNLIMITED

register = template.Library()


@register.filter
def money(minor: int, currency: str) -> str:
    """`SGD 10.00` for 1000 minor units."""
    return f"{currency} {money_text(int(minor))}"


@register.filter
def quantity(stored: int, kind: str) -> str:
    """`5 GB`, `100 minutes`, `unlimited messages` for a stored quantity of a kind."""
    word, unit = _UNITS[kind](int(stored))
    return f"{word} {unit}"


def _data(stored: int) -> tuple[str, str]:
    if stored == UNLIMITED:
        return "unlimited", "data"
    size, unit = (GB, "GB") if stored >= GB else (MB, "MB")
    return f"{stored / size:.1f}".removesuffix(".0"), unit


def _voice(stored: int) -> tuple[str, str]:
    if stored == UNLIMITED:
        return "unlimited", "minutes"
    return str(stored // MINUTE), "minutes"


def _sms(stored: int) -> tuple[str, str]:
    return ("unlimited" if stored == UNLIMITED else str(stored)), "messages"


def _roaming(stored: int) -> tuple[str, str]:
    if stored == UNLIMITED:
        return "unlimited", "roaming data"
    size, unit = _data(stored)
    return size, f"{unit} roaming"


_UNITS = {"data": _data, "data_roaming": _roaming, "voice": _voice, "sms": _sms}


@register.filter
def day(moment: datetime | str, zone: str = "UTC") -> str:
    """`30 May 2026` for a moment, in the reader's zone."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


@register.filter
def number(msisdn: str) -> str:
    """`9000 0005` for a number, in groups one can read out."""
    head = len(msisdn) % 4
    groups = [
        msisdn[:head],
        *(msisdn[at : at + 4] for at in range(head, len(msisdn), 4)),
    ]
    return " ".join(group for group in groups if group)
