"""Quantities as whole bytes, seconds and messages; outside they speak megabytes and minutes."""

from __future__ import annotations

from bss.core.errors import InvalidArguments

KB = 1024
MB = 1024 * KB
GB = 1024 * MB
MINUTE = 60
UNLIMITED = -1

# kind of allowance -> (unit outside, how many stored units one of it is)
_OUTSIDE = {
    "data": ("mb", MB),
    "data_roaming": ("mb", MB),
    "voice": ("minutes", MINUTE),
    "sms": ("count", 1),
}
_UNITS = {
    "mb": MB,
    "gb": GB,
    "kb": KB,
    "bytes": 1,
    "minutes": MINUTE,
    "seconds": 1,
    "count": 1,
}


def unit_of(kind: str) -> str:
    """The unit in which a kind is spoken of outside."""
    return _OUTSIDE[kind][0]


def to_units(kind: str, stored: int) -> int:
    """Whole outside units of a stored quantity, rounded down; unlimited stays -1."""
    return stored if stored == UNLIMITED else stored // _OUTSIDE[kind][1]


def from_units(quantity: int, unit: str) -> int:
    """The stored quantity of so many outside units; unlimited stays -1."""
    if unit not in _UNITS:
        raise InvalidArguments(f"{unit!r} is not a unit; use one of {', '.join(_UNITS)}.")
    return quantity if quantity == UNLIMITED else quantity * _UNITS[unit]


def allowance(kind: str, quantity: int) -> int:
    """The stored quantity of a kind given in its own outside unit."""
    return from_units(quantity, unit_of(kind))
