"""Every reason not to count a usage event."""

from __future__ import annotations

from typing import Any

from apps.rating import rules
from apps.rating.models import Usage
from apps.rating.queries import view
from apps.subscription import rules as bundle
from bss.core.errors import InvalidArguments, PolicyViolation, Rule, rule

MOST = 10_000

REFUSALS: dict[str, Rule] = {
    refusal.id: refusal
    for refusal in (
        rule(rules.POSITIVE, "{quantity} cannot be counted: a quantity is a whole number above 0."),
        rule(rules.KNOWN_TYPE, "There is no usage of type {event_type!r}."),
        rule(rules.KNOWN_UNIT, "{event_type} is not measured in {unit!r}."),
        rule(rules.KNOWN_TIME, "The time of the event cannot be read."),
        rule(rules.NOT_AHEAD, "The event lies in the future."),
        rule(rules.USED_ONCE, "{event_key} was reported before with other content."),
        rule(rules.KNOWN_NUMBER, "No line had the number {msisdn} at that time."),
        rule(bundle.NOT_IN_SERVICE, "{subscription_id} was not in service at that time."),
        rule(bundle.NOT_IN_PLAN, "{subscription_id} has no allowance of that kind."),
        rule(bundle.NO_ROAMING, "{subscription_id} has no roaming data left."),
        rule(bundle.NOT_COVERED, "{subscription_id} has roaming data, but none good there."),
        rule(bundle.NOTHING_LEFT, "{subscription_id} has nothing left of that kind."),
    )
}
NOTHING_TO_WRITE_OFF = rule(
    "usage.write_off.nothing_open",
    "{subscription_id} used no {kind} beyond its bundle that is still open.",
)
# Nobody could have counted these; the others were used, but nothing covers them.
AT_THE_DOOR = frozenset(
    {
        *(rules.POSITIVE, rules.KNOWN_TYPE, rules.KNOWN_UNIT, rules.KNOWN_TIME, rules.NOT_AHEAD),
        *(rules.KNOWN_NUMBER, bundle.NOT_IN_SERVICE, bundle.NOT_IN_PLAN),
    }
)


def require_batch(events: list[dict[str, Any]]) -> None:
    """Refuse a batch that nobody should send at once."""
    if not 1 <= len(events) <= MOST:
        raise InvalidArguments(f"A batch has 1 to {MOST} events, not {len(events)}.")


def explain(event: rules.Event, subscription_id: str) -> str:
    """Why an event was refused, in words."""
    refusal = REFUSALS[event.rule]
    return refusal(
        event_key=event.key,
        msisdn=event.msisdn,
        subscription_id=subscription_id,
        event_type=event.event_type,
        quantity=event.raw_quantity,
        unit=event.raw_unit,
    ).message


def used_again(event_key: str) -> PolicyViolation:
    """The refusal of an event whose id stands for another one."""
    return REFUSALS[rules.USED_ONCE](event_key=event_key)


def counted_or_refused(usage_id: str) -> dict[str, Any]:
    """An event as results show it; the refusal when it was turned away at the door."""
    return view(require_counted(usage_id))


def require_counted(usage_id: str) -> Usage:
    """An event with its line; the refusal when it was turned away at the door.

    The event is kept in any case.
    """
    usage: Usage = Usage.objects.select_related("subscription").get_by_id(usage_id)
    if usage.rule in AT_THE_DOOR:
        raise REFUSALS[usage.rule](**facts_of(view(usage)))
    return usage


def facts_of(shown: dict[str, Any]) -> dict[str, Any]:
    """What the sentences of refusals name."""
    return {
        "usage_id": shown["id"],
        "msisdn": shown["msisdn"],
        "subscription_id": shown["subscriptionId"],
        "event_type": shown["eventType"],
        "quantity": shown["quantity"],
        "unit": shown["unit"],
    }
