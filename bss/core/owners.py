"""Whose something is: to a customer, what belongs to others does not exist."""

from __future__ import annotations

from bss.core.context import current
from bss.core.errors import NotFound, PermissionDenied


def require_own(noun: str, customer_id: str | None, asked: object) -> None:
    """Refuse a customer what is not theirs, in the words for what does not exist."""
    acting = current().customer_id
    if acting and acting != customer_id:
        raise NotFound(noun, asked)


def acting_customer() -> str:
    """The customer who acts; whoever acts for nobody in particular is refused."""
    acting = current()
    if not acting.customer_id:
        message = f"{acting.actor} is no customer; use the operation that names one."
        raise PermissionDenied(message, {"actor": acting.actor})
    return acting.customer_id
