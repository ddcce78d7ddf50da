"""Public ids: a prefix over the integer key, never stored twice."""

from __future__ import annotations

from bss.core.errors import NotFound


def format_id(prefix: str, number: int, digits: int = 6) -> str:
    """`SUB-000123` for prefix SUB and key 123."""
    return f"{prefix}-{number:0{digits}d}"


def parse_id(public_id: object, prefix: str, noun: str = "object", digits: int = 6) -> int:
    """The integer key behind a public id; NotFound when it cannot be one."""
    text = str(public_id)
    head, _, number = text.partition("-")
    plain = head == prefix and number.isascii() and number.isdigit() and len(number) <= 18
    # One row has one name: what is kept under an id must be found under it again.
    if not plain or format_id(prefix, int(number), digits) != text:
        raise NotFound(noun, text)
    return int(number)
