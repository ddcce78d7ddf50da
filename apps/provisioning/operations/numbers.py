"""Numbers: held, put on a line, given back, aged, added."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import connection
from pydantic import Field

from apps.crm.models import Customer
from apps.provisioning import policies, queries, rules
from apps.provisioning.events import NumberRangeAdded, NumberReleased, NumberReserved
from apps.provisioning.models import Number
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import NotFound
from bss.core.events import publish
from bss.core.operations import operation

from .pools import calm_if_filled, warn_if_low

READERS = "care supervisor engineer"
HOLD_RAN_OUT = "The hold ran out."
Limit = Annotated[int, Field(ge=1, le=1000)]


@operation("inventory.msisdn.get", effect="read", roles=READERS)
def get_number(*, msisdn: str) -> dict[str, Any]:
    """Show one number."""
    return queries.number_view(msisdn)


@operation("inventory.msisdn.list_available", effect="read", roles=READERS)
def list_available_numbers(
    *,
    prefix: str | None = None,
    limit: Limit = 20,
    status: str = "available",
) -> list[dict[str, Any]]:
    """List free numbers, or those in another state, lowest first."""
    return queries.list_numbers(prefix, status, limit)


@operation("inventory.msisdn.count", effect="read", roles=READERS)
def count_numbers(*, prefix: str | None = None) -> dict[str, Any]:
    """Count the numbers in each state."""
    return queries.count_numbers(prefix)


@operation("inventory.msisdn.add_range", roles="engineer supervisor")
def add_range(*, prefix: str, count: int) -> dict[str, Any]:
    """Add the numbers prefix0000, prefix0001 and so on; those known already are skipped."""
    policies.require_range(prefix, count)
    inserted = insert_numbers(prefix, count)
    added: dict[str, Any] = {
        "prefix": prefix,
        "count": count,
        "inserted": inserted,
        "skipped": count - inserted,
        "first": f"{prefix}0000",
        "last": f"{prefix}{count - 1:04d}",
    }
    calm_if_filled("msisdn")
    publish(
        NumberRangeAdded(**added),
        aggregate=f"RANGE-{prefix}",
        summary=f"{inserted} numbers from {prefix}0000 added",
    )
    return added


# One statement, however many numbers, and two callers at once cannot collide.
_INSERT = """
INSERT INTO provisioning_number
    (msisdn, state, state_reason, state_changed_at, owner, held_for)
SELECT %s || lpad(i::text, 4, '0'), 'available', '', %s, '', ''
FROM generate_series(0, %s) AS i ORDER BY i ON CONFLICT (msisdn) DO NOTHING
"""


def insert_numbers(prefix: str, count: int) -> int:
    """Insert the numbers that are missing; how many those were."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [prefix, clock.now(), count - 1])
        return int(cursor.rowcount)


@operation("inventory.msisdn.reserve", internal=True, result=queries.number_view)
def hold_number(
    *,
    owner: str,
    msisdn: str | None = None,
    expires_at: datetime | None = None,
    from_hold: str = "",
    new_owner: bool = False,
) -> Number:
    """Reserve a number for an owner: exactly the one named, or the lowest free one.

    An owner that has it already keeps it; a `new_owner` surely has none. A number held by
    `from_hold` is taken over and returns to that hold when it is released before the hold ends.
    """
    number = lock_wanted(msisdn, owner, new_owner=new_owner)
    if number is None:
        number = take_free()
    elif number.is_owned_by(owner):
        return prolong(number, expires_at)
    elif from_hold and number.owner == from_hold and number.state == Number.State.RESERVED:
        number.take_over(owner, expires_at)
        return tell_reserved(number)
    require_free(number)
    number.reserve(owner, expires_at)
    tell_reserved(number)
    if not number.leaves_enough:
        warn_if_low("msisdn")
    return number


def tell_reserved(number: Number) -> Number:
    """Tell that a number is kept for the owner it has now."""
    until = iso(number.expires_at) or ""
    fact = NumberReserved(msisdn=number.msisdn, owner=number.owner, expires_at=until)
    publish(fact, aggregate=number, summary=f"{number.msisdn} is kept for {number.owner}")
    return number


def tell_released(number: Number, owner: str, reason: str) -> None:
    """Tell that an owner has a number no more."""
    fact = NumberReleased(msisdn=number.msisdn, owner=owner, reason=reason)
    publish(fact, aggregate=number, summary=f"{number.msisdn} is kept for {owner} no more")


def run_out(number: Number) -> None:
    """End a hold whose time is over."""
    owner = number.owner
    number.leave("release", HOLD_RAN_OUT)
    tell_released(number, owner, HOLD_RAN_OUT)


def lock_wanted(msisdn: str | None, owner: str, *, new_owner: bool) -> Number | None:
    """The number named, or else the one an owner has already, locked."""
    if msisdn:
        return lock_number(msisdn)
    return None if new_owner else lock_own(owner)


def lock_number(msisdn: str) -> Number:
    """The number, locked."""
    number: Number = Number.objects.lock(msisdn)
    return number


def lock_own(owner: str) -> Number | None:
    """The number an owner has, locked."""
    own = Number.objects.owned_by(owner).locking().order_by("state", "msisdn")
    number: Number | None = own.first()
    return number


def take_free() -> Number:
    """The lowest free number, locked."""
    number: Number | None = Number.objects.take_free()
    if number is None:
        raise policies.NO_NUMBERS()
    return number


def prolong(number: Number, expires_at: datetime | None) -> Number:
    """Let an owner's own reservation last until another moment."""
    if number.state == Number.State.RESERVED and number.expires_at != expires_at:
        number.expires_at = expires_at
        number.save(update_fields=["expires_at"])
    return number


def require_free(number: Number) -> None:
    """Refuse a number that somebody has; a hold that ran out counts as ended."""
    if number.expired_at(clock.now()):
        run_out(number)
    if number.state != Number.State.AVAILABLE:
        raise policies.NUMBER_TAKEN(msisdn=number.msisdn, status=number.state)


@operation("inventory.msisdn.hold", roles="care supervisor", result=queries.number_view)
def hold_for_customer(
    *, msisdn: str, customer_id: str, hours: Annotated[int, Field(ge=1, le=168)] = rules.HOLD_HOURS
) -> Number:
    """Keep a number for a customer for some hours while they make up their mind."""
    owner = Customer.objects.get_by_id(customer_id).public_id
    policies.require_room_for_hold(owner)
    until = clock.now() + timedelta(hours=hours)
    return hold_number(owner=owner, msisdn=msisdn, expires_at=until)


@operation("inventory.msisdn.release_hold", roles="care supervisor", result=queries.number_view)
def release_hold(*, msisdn: str, customer_id: str) -> Number:
    """Let go of a number that was kept for a customer."""
    return release_number(owner=customer_id, msisdn=msisdn, reason="The customer let go of it.")


@operation("inventory.msisdn.assign", internal=True, result=queries.number_view)
def assign_number(*, owner: str, msisdn: str | None = None) -> Number:
    """Put a reserved number on its owner's line."""
    number = lock_for(owner, msisdn)
    if not number.is_owned_by(owner):
        raise policies.NOT_RESERVED(msisdn=number.msisdn, status=number.state, owner=owner)
    if number.state == Number.State.RESERVED:
        number.assign()
    return number


def lock_for(owner: str, msisdn: str | None) -> Number:
    """The number named, or else the owner's own, locked."""
    if msisdn:
        return lock_number(msisdn)
    number = lock_own(owner)
    if number is None:
        raise NotFound("number", f"of {owner}")
    return number


@operation("inventory.msisdn.release", internal=True, result=queries.number_view)
def release_number(*, owner: str, msisdn: str | None = None, reason: str = "") -> Number:
    """Give a number back to the hold it was taken from while that lasts, else to the pool."""
    number = lock_for(owner, msisdn)
    policies.require_owned(number, owner)
    if number.hold_lasts(clock.now()):
        number.give_back(reason)
    else:
        number.leave("release", reason)
    tell_released(number, owner, reason)
    return number


@operation("inventory.msisdn.quarantine", internal=True, result=queries.number_view)
def quarantine_number(*, owner: str, msisdn: str | None = None, reason: str = "") -> Number:
    """Keep the number of a line that ended from everybody until nobody expects it any more.

    A number that never served goes back at once; one that was ported out stays so.
    """
    number = lock_for(owner, msisdn)
    if number.state == Number.State.PORTED_OUT:
        return number
    policies.require_owned(number, owner)
    if number.state == Number.State.RESERVED:
        return release_number(owner=owner, msisdn=number.msisdn, reason=reason)
    until = clock.now() + timedelta(days=rules.QUARANTINE_DAYS)
    number.leave("quarantine", reason, until)
    return number


@operation("inventory.msisdn.expire_holds", internal=True)
def expire_holds(*, msisdns: list[str]) -> list[str]:
    """Free the numbers whose holds ran out."""
    now = clock.now()
    ended = [number for number in Number.objects.lock_codes(msisdns) if number.expired_at(now)]
    for number in ended:
        run_out(number)
    return [number.msisdn for number in ended]


@operation("inventory.msisdn.end_quarantine", internal=True)
def end_quarantine(*, msisdns: list[str]) -> list[str]:
    """Make numbers sellable again that have rested long enough."""
    now = clock.now()
    rested = [
        number
        for number in Number.objects.lock_codes(msisdns)
        if number.quarantine_until and number.quarantine_until <= now
    ]
    for number in rested:
        number.leave("age")
    return [number.msisdn for number in rested]
