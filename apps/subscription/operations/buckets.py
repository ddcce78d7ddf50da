"""The hands of people in the buckets of lines: corrected, transferred, reserved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.db.models import F
from pydantic import Field, StringConstraints

from apps.subscription import rules
from apps.subscription.events.changes import (
    BucketAdjusted,
    BucketEvent,
    BucketReleased,
    BucketReserved,
    BucketTransferred,
)
from apps.subscription.models import BalanceChange, BlockReason, Grant, Subscription
from apps.subscription.policies import changes as refusals
from apps.subscription.queries import accounts, changes
from bss.core import clock
from bss.core.context import current
from bss.core.operations import operation
from bss.core.quantities import from_units, to_units, unit_of

from .facts import announce
from .grants import grant, recount
from .service import block
from .top_ups import bring_back, end_of_period

Kind = Literal["data", "voice", "sms", "data_roaming"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Quantity = Annotated[int, Field(ge=1, le=10**7)]
Signed = Annotated[int, Field(ge=-(10**7), le=10**7)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
SAID: dict[type[BucketEvent], str] = {
    BucketAdjusted: "was corrected by",
    BucketTransferred: "gave away",
    BucketReserved: "keeps apart",
    BucketReleased: "keeps apart no more",
}


@operation("bucket.adjust", roles="supervisor", result=changes.balance_change_view)
def adjust(*, subscription_id: str, kind: Kind, quantity: Signed, reason: Reason) -> BalanceChange:
    """Correct what a line has of a kind, in megabytes, minutes or messages; below zero takes away.

    What is given ends with the period that holds now.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    refusals.require_usable(line)
    change = write_down(line, "adjust", kind, stored(kind, quantity), reason)
    if change.quantity > 0:
        hand_over(line, change, [(change.quantity, end_of_period(line), "")])
    else:
        draw(line, kind, -change.quantity, "revoked")
        stop_if_empty(line)
    tell(line, BucketAdjusted, change)
    return change


@operation("bucket.transfer", roles="care supervisor", result=changes.balance_change_view)
def transfer(
    *, subscription_id: str, to_subscription_id: str, kind: Kind, quantity: Quantity, reason: Reason
) -> BalanceChange:
    """Give some of what a line has to another line of its owner; it lasts no longer there.

    Quantities are in megabytes, minutes or messages.
    """
    line, receiver = lock_both(subscription_id, to_subscription_id)
    refusals.require_same_owner(line, receiver)
    refusals.require_usable(line)
    refusals.require_usable(receiver)
    change = write_down(line, "transfer", kind, stored(kind, quantity), reason, receiver=receiver)
    drawn = draw(line, kind, change.quantity, "transferred")
    hand_over(receiver, change, [(taken, pool.expires_at, pool.zone) for pool, taken in drawn])
    stop_if_empty(line)
    tell(line, BucketTransferred, change, receiver_id=receiver.public_id)
    return change


@operation("bucket.reserve", roles="care supervisor engineer", result=changes.balance_change_view)
def reserve(
    *, subscription_id: str, kind: Kind, quantity: Quantity, reason: Reason, minutes: Minutes = 60
) -> BalanceChange:
    """Keep a part of what a line has from use until it is released, used, or some minutes passed.

    Quantities are in megabytes, minutes or messages.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    refusals.require_usable(line)
    held_until = clock.now() + timedelta(minutes=minutes)
    drawn = draw(line, kind, stored(kind, quantity), "transferred")
    parts = [[pool.id, taken] for pool, taken in drawn]
    change = write_down(
        line, "reserve", kind, stored(kind, quantity), reason, parts=parts,
        state=BalanceChange.State.HELD, held_until=held_until,
    )  # fmt: skip
    stop_if_empty(line)
    tell(line, BucketReserved, change, until=held_until.isoformat())
    return change


@operation("bucket.release", roles="care supervisor engineer", result=changes.balance_change_view)
def release(*, change_id: str) -> BalanceChange:
    """Let a line use again what was reserved of it."""
    change: BalanceChange = BalanceChange.objects.with_line().lock(change_id)
    refusals.require_held(change)
    end(change, BalanceChange.State.RELEASED)
    return change


@operation(
    "bucket.use_reserve", roles="care supervisor engineer", result=changes.balance_change_view
)
def use_reserve(*, change_id: str) -> BalanceChange:
    """Take what was reserved from a line for good."""
    change: BalanceChange = BalanceChange.objects.with_line().lock(change_id)
    refusals.require_held(change)
    end(change, BalanceChange.State.USED)
    return change


@operation("bucket.lapse", internal=True)
def lapse(*, change_id: str) -> None:
    """Release what was reserved for too long."""
    change: BalanceChange = BalanceChange.objects.with_line().lock(change_id)
    over = change.held_until is not None and change.held_until <= clock.now()
    if over and change.state == BalanceChange.State.HELD:
        end(change, BalanceChange.State.RELEASED)


@operation("bucket.list_changes", effect="read", roles="care supervisor engineer finance")
def list_changes(*, subscription_id: str) -> list[dict[str, Any]]:
    """List what people did to the buckets of a line, newest first."""
    return changes.balance_changes_of(subscription_id)


def stored(kind: str, quantity: int) -> int:
    """A quantity as it is stored; -1 is a quantity here and not unlimited."""
    size = from_units(abs(quantity), unit_of(kind))
    return size if quantity > 0 else -size


def lock_both(first: str, second: str) -> tuple[Subscription, Subscription]:
    """Two lines, locked in the order of their keys."""
    one = Subscription.objects.get_by_id(first)
    other = Subscription.objects.get_by_id(second)
    locked = {line.pk: line for line in Subscription.objects.lock_all([one.pk, other.pk])}
    return locked[one.pk], locked[other.pk]


def write_down(
    line: Subscription, action: str, kind: str, quantity: int, reason: str, **particulars: Any
) -> BalanceChange:
    """Keep what somebody does and why."""
    change: BalanceChange = BalanceChange.objects.create(
        subscription=line, action=action, kind=kind, quantity=quantity, reason=reason,
        made_by=current().person, **particulars,
    )  # fmt: skip
    return change


def draw(
    line: Subscription, kind: str, quantity: int, column: Literal["revoked", "transferred"]
) -> list[tuple[rules.Pool, int]]:
    """Take a quantity out of the grants of a locked line; answers which gave how much."""
    now = clock.now()
    found = accounts.pools_of([line.pk], now, [kind]).get((line.pk, kind), [])
    pools = [pool for pool in found if pool.holds(now)]
    refusals.require_enough(line, kind, pools, quantity)
    drawn = rules.parts(pools, quantity, now)
    for pool, taken in drawn:
        Grant.objects.filter(pk=pool.id).update(**{column: F(column) + taken})
    return drawn


def hand_over(
    line: Subscription, change: BalanceChange, parts: list[tuple[int, datetime, str]]
) -> None:
    """Give a line quantities, each with its end and zone; with them it may work again."""
    for number, (quantity, expires_at, zone) in enumerate(parts, 1):
        given = Grant(
            source=f"{change.action}/{change.public_id}/{number}",
            subscription=line,
            kind=change.kind,
            total=quantity,
            valid_from=clock.now(),
            expires_at=expires_at,
            zone=zone,
        )
        bring_back(line, grant(line, {change.kind: given}))


def stop_if_empty(line: Subscription) -> dict[str, list[rules.Pool]]:
    """Count a line's levels anew, and block it when no data is left; answers what it has."""
    now = clock.now()
    pools = recount(accounts.buckets_of([line.pk], now))
    empty = any(rules.exhausted(pools.get(kind, ()), now) for kind in rules.STOPPING)
    if empty and line.in_service(now):
        block(line, BlockReason.EXHAUSTED)
    return pools


def end(change: BalanceChange, state: BalanceChange.State) -> None:
    """Give back what a reservation holds, or take it for good."""
    change.state = state
    change.save(update_fields=["state"])
    used = state == BalanceChange.State.USED
    for key, taken in change.parts:
        give_back(Grant.objects.get(pk=key), taken, used=used)
    line = change.subscription
    bring_back(line, stop_if_empty(line))
    tell(line, BucketReleased, change, used=used)


def give_back(grant: Grant, taken: int, *, used: bool) -> None:
    """Return to a grant what was taken; if it is over by now, that is lost as its rest was."""
    over = grant.closed_at is not None
    grant.transferred -= taken
    if over and grant.expires_at <= clock.now():
        grant.expired += taken
    elif over or used:
        grant.revoked += taken
    grant.save(update_fields=["transferred", "expired", "revoked"])


def tell(line: Subscription, event: type[BucketEvent], change: BalanceChange, **more: Any) -> None:
    """Publish what somebody did to a line's buckets."""
    sign = -1 if change.quantity < 0 else 1
    quantity = sign * to_units(change.kind, abs(change.quantity))
    announce(
        line,
        event,
        f"{SAID[event]} {quantity} {unit_of(change.kind)} of {change.kind}: {change.reason}",
        change_id=change.public_id,
        kind=change.kind,
        quantity=quantity,
        unit=unit_of(change.kind),
        reason=change.reason,
        **more,
    )
