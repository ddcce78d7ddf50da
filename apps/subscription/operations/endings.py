"""Ending with the paid period rather than now, and thinking better of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from apps.subscription import queries
from apps.subscription.events.changes import (
    TerminationCancelled,
    TerminationScheduled,
)
from apps.subscription.models import Subscription, Suspension
from apps.subscription.policies import changes as refusals
from bss.core import clock
from bss.core.operations import operation

from .facts import announce
from .lines import EndCode, terminate

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
WITH_PERIOD = "ended with its period"


@operation(
    "subscription.terminate_at_period_end", roles="care supervisor",
    result=queries.subscription_view,
)  # fmt: skip
def terminate_at_period_end(
    *, subscription_id: str, code: EndCode, reason: Note = ""
) -> Subscription:
    """Let a line work until its paid period is over and end then, without another charge."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    refusals.require_period_to_end_with(line, clock.now())
    line.follow_up(ends_with_period=True, end_code=code, renewal_due_at=None)
    ends_at = queries.iso(line.period_end) or ""
    announce(
        line, TerminationScheduled, f"ends on {ends_at[:10]}", code=code, reason=reason,
        ends_at=ends_at,
    )  # fmt: skip
    return line


@operation(
    "subscription.cancel_termination", roles="care supervisor", result=queries.subscription_view
)
def cancel_termination(*, subscription_id: str) -> Subscription:
    """Let a line that was to end with its period go on and be renewed."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    refusals.require_ending(line)
    rests = Suspension.objects.of(line).filter(renews=False).exists()
    due = None if rests else line.period_end
    line.follow_up(ends_with_period=False, end_code="", renewal_due_at=due)
    announce(
        line, TerminationCancelled, "goes on after all", ends_at=queries.iso(line.period_end) or ""
    )
    return line


@operation("subscription.end_with_period", internal=True, effect="destructive")
def end_with_period(*, subscription_id: str) -> None:
    """End a line whose last period is over."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    over = line.period_end is not None and line.period_end <= clock.now()
    if line.is_live and line.ends_with_period and over:
        code: EndCode = line.end_code  # type: ignore[assignment]
        terminate(subscription_id=subscription_id, reason=WITH_PERIOD, code=code)
