"""Every reason to refuse what people decide about lines."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.catalog.models import VasOffering
from apps.subscription import rules
from apps.subscription.models import BalanceChange, Cause, Subscription, Suspension
from bss.core.errors import rule
from bss.core.money import money_text
from bss.core.quantities import to_units, unit_of

from . import require_terminable

State = Subscription.State
# Longer than a season nobody pauses; a number should not rest for ever.
LONGEST_PAUSE = timedelta(days=180)
CAP_TOO_LOW = rule(
    "subscription.auto_top_up.cap_too_low",
    "{name} costs {amount}; with {monthly_cap} a month it could never be bought.",
)
NO_AUTO_TOP_UP = rule(
    "subscription.auto_top_up.not_agreed", "Nothing is bought by itself for {subscription_id}."
)
BUCKET_NOT_LIVE = rule(
    "bucket.change.line_not_live",
    "{subscription_id} is {state}; only the buckets of a line that can be used are changed.",
)
BUCKET_UNLIMITED = rule(
    "bucket.change.unlimited", "The {kind} of {subscription_id} is unlimited; no part can be taken."
)
BUCKET_TOO_LITTLE = rule(
    "bucket.change.not_enough", "{subscription_id} has only {left} {unit} of {kind} left."
)
BUCKET_OTHER_OWNER = rule(
    "bucket.transfer.same_customer",
    "{receiver_id} is no other line of {customer_id}; nothing is given to strangers.",
)
BUCKET_NOT_HELD = rule(
    "bucket.release.not_held", "{change_id} is {state}; only what is held can be released or used."
)
ENDS_ALREADY = rule(
    "subscription.terminate.already_scheduled", "{subscription_id} ends with its period already."
)
PERIOD_OVER = rule(
    "subscription.terminate.period_over",
    "The paid period of {subscription_id} is over; terminate it now, or renew it first.",
)
NOT_ENDING = rule(
    "subscription.cancel_termination.nothing_scheduled", "{subscription_id} is not about to end."
)
CANNOT_SUSPEND = rule(
    "subscription.suspend.not_in_service",
    "{subscription_id} is {state}; only a line that was put into service can be suspended.",
)
SUSPENDED_ALREADY = rule(
    "subscription.suspend.already", "{subscription_id} is suspended for that cause already."
)
CANNOT_PAUSE = rule(
    "subscription.pause.only_if_active",
    "{subscription_id} is {state}; only a line in service can be paused.",
)
PAUSE_ENDS = rule(
    "subscription.pause.end_date",
    "A pause ends at a moment to come, within {most_days} days; {until} is not one.",
)
RESUME_BY_LAW = rule(
    "subscription.resume.suspended_by_law",
    "{subscription_id} is suspended by law; only lifting that brings it back.",
)
NOT_BY_LAW = rule(
    "subscription.lift_lawful_suspension.not_suspended",
    "{subscription_id} is not suspended by law.",
)


def require_usable(line: Subscription) -> None:
    """Refuse to change the buckets of a line that nobody can use."""
    if not line.is_live or line.is_suspended:
        raise BUCKET_NOT_LIVE(subscription_id=line.public_id, state=line.state)


def require_enough(line: Subscription, kind: str, pools: list[rules.Pool], quantity: int) -> None:
    """Refuse to take more than is left, or a part of something unlimited."""
    facts = {"subscription_id": line.public_id, "kind": kind}
    if any(pool.unlimited for pool in pools):
        raise BUCKET_UNLIMITED(**facts)
    left = sum(pool.left for pool in pools if not pool.empty)
    if left < quantity:
        raise BUCKET_TOO_LITTLE(**facts, left=to_units(kind, left), unit=unit_of(kind))


def require_same_owner(line: Subscription, receiver: Subscription) -> None:
    """Refuse to give what somebody paid for to anybody else."""
    if line == receiver or line.customer_id != receiver.customer_id:
        raise BUCKET_OTHER_OWNER(receiver_id=receiver.public_id, customer_id=line.owner)


def require_held(change: BalanceChange) -> None:
    """Refuse to end a reservation twice."""
    if change.state != BalanceChange.State.HELD:
        raise BUCKET_NOT_HELD(change_id=change.public_id, state=change.state)


def require_worth(vas: VasOffering, monthly_cap: int) -> None:
    """Refuse a limit under which nothing could ever be bought."""
    if monthly_cap < max(vas.amount, 1):
        cap, amount = money_text(monthly_cap), money_text(vas.amount)
        raise CAP_TOO_LOW(name=vas.name, amount=amount, monthly_cap=cap)


def require_period_to_end_with(line: Subscription, now: datetime) -> None:
    """Refuse to let a line end with its period when that was said, or is over."""
    require_terminable(line)
    if line.ends_with_period:
        raise ENDS_ALREADY(subscription_id=line.public_id)
    if now >= (line.period_end or now):
        raise PERIOD_OVER(subscription_id=line.public_id)


def require_ending(line: Subscription) -> None:
    """Refuse to call off what nobody asked for."""
    if not line.is_live or not line.ends_with_period:
        raise NOT_ENDING(subscription_id=line.public_id)


def require_suspendable(line: Subscription, cause: Cause) -> None:
    """Refuse to suspend what is not in service, or twice for one cause."""
    if not line.is_live:
        raise CANNOT_SUSPEND(subscription_id=line.public_id, state=line.state)
    if Suspension.objects.of(line).filter(cause=cause).exists():
        raise SUSPENDED_ALREADY(subscription_id=line.public_id)


def require_pausable(line: Subscription, until: datetime, now: datetime) -> None:
    """Refuse a pause of a line that does not work, and one without a sensible end."""
    if line.state != State.ACTIVE:
        raise CANNOT_PAUSE(subscription_id=line.public_id, state=line.state)
    if not now < until <= now + LONGEST_PAUSE:
        days = LONGEST_PAUSE.days
        raise PAUSE_ENDS(until=until.isoformat(timespec="minutes"), most_days=days)


def require_resumable(line: Subscription) -> None:
    """Refuse to bring back what is not suspended, or what the law suspends."""
    line.LIFECYCLE.target(line.public_id, line.state, "resume")
    if line.state_reason == Cause.LAWFUL:
        raise RESUME_BY_LAW(subscription_id=line.public_id)


def require_held_by_law(line: Subscription) -> Suspension:
    """The lawful suspension of a line, or the refusal."""
    held: Suspension | None = Suspension.objects.of(line).filter(cause=Cause.LAWFUL).first()
    if held is None:
        raise NOT_BY_LAW(subscription_id=line.public_id)
    return held
