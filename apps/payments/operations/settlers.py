"""Who gives the value that a payment of each purpose is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.checks import CheckMessage, Error, register

from apps.payments.models import Purpose

F = TypeVar("F", bound=Callable[..., Any])

_settlers: dict[str, Callable[..., Any]] = {}


def settles(purpose: str) -> Callable[[F], F]:
    """Make an internal operation `(payment_id, outcome)` the settler of a purpose.

    It runs at every outcome of every call of such payments. It locks its own aggregate first, then
    uses `record_outcome`, then gives or takes back, all in one transaction.
    """

    def remember(settler: F) -> F:
        if purpose in _settlers:
            raise RuntimeError(f"purpose {purpose} has two settlers")
        if purpose not in Purpose.values:
            raise RuntimeError(f"there is no purpose {purpose}")
        _settlers[purpose] = settler
        return settler

    return remember


def settler_of(purpose: str) -> str:
    """The name of the operation that settles payments of a purpose."""
    if purpose not in _settlers:
        raise RuntimeError(f"No operation settles payments of purpose {purpose}.")
    name: str = _settlers[purpose].operation.name  # type: ignore[attr-defined]
    return name


@register()
def missing_settlers(**_: Any) -> list[CheckMessage]:
    """A start-up check: whatever can be paid for must be given by somebody."""
    return [
        Error(
            f"No operation settles payments of purpose '{purpose}'.",
            hint=f"Put @settles('{purpose}') on the operation of the app that gives the value.",
            id="payments.E001",
        )
        for purpose in Purpose.values
        if purpose not in _settlers
    ]
