"""Numbers that come from other operators, that go to them, and that stay where they are."""

from __future__ import annotations

from apps.provisioning import policies, queries
from apps.provisioning.events import (
    NumberLocked,
    NumberPortedIn,
    NumberPortedOut,
    NumberUnlocked,
)
from apps.provisioning.models import Number
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation

from .numbers import lock_number


@operation("inventory.msisdn.port_in", internal=True, result=queries.number_view)
def port_in_number(*, msisdn: str, owner: str = "") -> Number:
    """Take in a number of another operator: reserved for an owner, or for anybody.

    One that left us before comes home.
    """
    number: Number | None = Number.objects.filter(msisdn=msisdn).locking().first()
    policies.require_foreign(number)
    if number is None:
        number = Number.objects.create(msisdn=msisdn)
    else:
        number.leave("port_in")
    if owner:
        number.reserve(owner, expires_at=None)
    publish(
        NumberPortedIn(msisdn=msisdn, owner=owner),
        aggregate=number,
        about=owner,
        summary=f"{msisdn} came from another operator",
    )
    return number


@operation(
    "inventory.msisdn.port_out",
    effect="destructive",
    internal=True,
    result=queries.number_view,
)
def port_out_number(*, msisdn: str) -> Number:
    """Let a number go to another operator for good; a locked one stays."""
    number = lock_number(msisdn)
    policies.require_unlocked(number)
    owner = number.owner
    number.leave("port_out")
    publish(
        NumberPortedOut(msisdn=msisdn, owner=owner),
        aggregate=number,
        summary=f"{msisdn} went to another operator",
    )
    return number


@operation("inventory.msisdn.lock", roles="care supervisor", result=queries.number_view)
def lock_to_line(*, msisdn: str) -> Number:
    """Lock a number to its line: no porting and no other device until it is unlocked."""
    number = lock_number(msisdn)
    policies.require_lockable(number)
    if number.locked_at is None:
        number.locked_at = clock.now()
        number.save(update_fields=["locked_at"])
        publish(
            NumberLocked(msisdn=msisdn, owner=number.owner),
            aggregate=number,
            about=number.owner,
            summary=f"{msisdn} was locked to its line",
        )
    return number


@operation("inventory.msisdn.unlock", roles="care supervisor", result=queries.number_view)
def unlock_from_line(*, msisdn: str, reason: str) -> Number:
    """Let a locked number go again, saying who asked for it."""
    number = lock_number(msisdn)
    if number.locked_at is not None:
        number.locked_at = None
        number.save(update_fields=["locked_at"])
        publish(
            NumberUnlocked(msisdn=msisdn, owner=number.owner, reason=reason),
            aggregate=number,
            about=number.owner,
            summary=f"{msisdn} was unlocked: {reason}",
        )
    return number
