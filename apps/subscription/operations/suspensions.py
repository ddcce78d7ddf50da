"""Out of service because somebody wants it so, and back again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from apps.payments.models import OPEN_STATES, Payment
from apps.subscription import queries, rules
from apps.subscription.events.changes import (
    SubscriptionResumed,
    SubscriptionSuspended,
)
from apps.subscription.models import BlockReason, Cause, Subscription, Suspension
from apps.subscription.policies import changes as refusals
from apps.subscription.queries import accounts, changes
from bss.core import clock
from bss.core.operations import operation

from .facts import announce
from .renewals import charge
from .selling import next_sale
from .service import block

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Basis = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
CARE = "care supervisor"
HEARD = {
    Cause.PAUSE: "is paused",
    Cause.LOST: "is suspended because its phone is lost",
    Cause.STOLEN: "is suspended because its phone is stolen",
    Cause.DISPUTE: "is suspended because a payment for it is disputed",
    Cause.LAWFUL: "is suspended by law",
}


@operation("subscription.suspend", roles=CARE, result=queries.subscription_view)
def suspend(
    *,
    subscription_id: str,
    cause: Literal["lost", "stolen"],
    reason: Note = "",
    keep_renewing: bool = False,
) -> Subscription:
    """Bar a line whose phone is lost or stolen; it is renewed meanwhile only if asked for."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    hold(line, Cause(cause), reason=reason, renews=keep_renewing)
    return line


@operation("subscription.pause", roles=CARE, result=queries.subscription_view)
def pause(*, subscription_id: str, until: datetime, reason: Note = "") -> Subscription:
    """Let a line rest until a moment; nothing is charged before it comes back."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    refusals.require_pausable(line, until, clock.now())
    hold(line, Cause.PAUSE, reason=reason, until=until)
    return line


@operation(
    "subscription.suspend_by_law", roles="supervisor", second_person=True,
    result=queries.subscription_view,
)  # fmt: skip
def suspend_by_law(*, subscription_id: str, legal_basis: Basis, reason: Note = "") -> Subscription:
    """Bar a line because the law demands it, on a basis that is kept."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    hold(line, Cause.LAWFUL, reason=reason, legal_basis=legal_basis)
    return line


def hold(line: Subscription, cause: Cause, **particulars: Any) -> None:
    """Add a cause that keeps a line out of service."""
    refusals.require_suspendable(line, cause)
    held = Suspension.objects.create(subscription=line, cause=cause, **particulars)
    if not held.renews:
        line.renewal_due_at = None
    if not line.is_suspended:
        line.move("suspend", reason=cause, also=["renewal_due_at"])
    else:
        line.follow_up(
            state_reason=gravest(Cause(line.state_reason), cause),
            renewal_due_at=line.renewal_due_at,
        )
    announce(
        line,
        SubscriptionSuspended,
        HEARD[cause],
        suspension_id=held.public_id,
        cause=str(cause),
        until=queries.iso(held.until) or "",
        renews=held.renews,
    )


def gravest(*causes: Cause) -> Cause:
    """The cause that a line's state names."""
    return max(causes, key=lambda cause: cause.weight)


@operation("subscription.resume", effect="charge", roles=CARE, result=queries.subscription_view)
def resume(*, subscription_id: str) -> Subscription:
    """Bring a paused, lost or stolen line back; a period that is due is charged with it."""
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    refusals.require_resumable(line)
    release(line, list(Suspension.objects.of(line)))
    return line


@operation(
    "subscription.lift_lawful_suspension", effect="charge", roles="supervisor", second_person=True,
    result=queries.subscription_view,
)  # fmt: skip
def lift_lawful_suspension(*, subscription_id: str, reason: Basis) -> Subscription:
    """End what the law demanded of a line; what else suspends it goes on."""
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    release(line, [refusals.require_held_by_law(line)])
    return line


@operation("subscription.end_pause", internal=True, effect="charge")
def end_pause(*, suspension_id: str) -> None:
    """Bring a line back whose pause is over."""
    known = Suspension.objects.get_by_id(suspension_id)
    line: Subscription = Subscription.objects.for_sale().lock(known.subscription_id)
    over = Suspension.objects.of(line).filter(pk=known.pk, until__lte=clock.now())
    if held := list(over):
        release(line, held, by_itself=True)


@operation("subscription.hold_disputed", internal=True)
def hold_disputed(*, subscription_id: str) -> None:
    """Bar a line while a bank withholds what was paid for it."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    if line.is_live and not Suspension.objects.of(line).filter(cause=Cause.DISPUTE).exists():
        hold(line, Cause.DISPUTE)


@operation("subscription.release_disputed", internal=True, effect="charge")
def release_disputed(*, subscription_id: str) -> None:
    """Bring a line back once the money that was withheld for it is ours again."""
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    if held := list(Suspension.objects.of(line).filter(cause=Cause.DISPUTE)):
        release(line, held)


@operation("subscription.list_suspensions", effect="read", roles="care supervisor engineer")
def list_suspensions(*, subscription_id: str) -> list[dict[str, Any]]:
    """List what suspended a line and what still does, newest first."""
    return changes.suspensions_of(subscription_id)


def release(line: Subscription, ended: list[Suspension], *, by_itself: bool = False) -> None:
    """End some causes; the line comes back once none is left."""
    now = clock.now()
    Suspension.objects.filter(pk__in=[one.pk for one in ended]).update(ended_at=now)
    left = list(Suspension.objects.of(line))
    if left:
        line.follow_up(state_reason=gravest(*(Cause(one.cause) for one in left)))
        return
    missed = come_back(line, now)
    announce(
        line,
        SubscriptionResumed,
        "is back from its suspension",
        cause=str(gravest(*(Cause(one.cause) for one in ended))),
        by_itself=by_itself,
    )
    find_standing(line, now, missed=missed)


def come_back(line: Subscription, now: datetime) -> bool:
    """Put a line into service again; answers whether its period ended meanwhile.

    A line that was not renewed meanwhile counts its periods anew from now: nobody pays for days
    on which the line was at rest.
    """
    assert line.period_end is not None
    missed = line.period_end <= now
    rested = line.renewal_due_at is None and not line.ends_with_period
    # On the very day of the boundary the anchor stays: that day names the payment.
    if missed and rested and line.period_end.date() < now.date():
        line.anchor_at = now
    if rested:
        line.renewal_due_at = line.period_end
    line.move("resume", also=["renewal_due_at", "anchor_at"])
    return missed


def find_standing(line: Subscription, now: datetime, *, missed: bool) -> None:
    """Charge the period a line needs, or block it when it has no data."""
    if not missed:
        pools = accounts.pools_of([line.pk], now, list(rules.STOPPING))
        if any(rules.exhausted(pools.get((line.pk, kind), ()), now) for kind in rules.STOPPING):
            block(line, BlockReason.EXHAUSTED)
    elif not line.ends_with_period:
        sale = next_sale(line, now)
        if Payment.objects.filter(key=sale.key, state__in=OPEN_STATES).exists():
            line.follow_up(renewal_due_at=sale.period.end)
        else:
            charge([sale])
