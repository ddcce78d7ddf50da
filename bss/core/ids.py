"""Public ids: a prefix over the integer key, never stored twice."""

from __future__ import annotations

from bss.core.errors import NotFound


def format_id(prefix: str, number: int, digits: int = 6) -> str:
    """`SUB-000123` for prefix SUB and key 123."""
    return f"{prefix}-{number:0{digits}d}"


def parse_id(public_id: object, prefix: str, noun: str = "object") -> int:
    """The integer key behind a public id; NotFound when it cannot be one."""
    text = str(public_id)
    head, _, digits = text.partition("-")
    if head.upper() != prefix or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise NotFound(noun, text)
    return int(digits)
