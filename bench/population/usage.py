"""Events of usage, written in the order of days as a network would have reported them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from .lives import SMS_EACH, VOICE_EACH, Life, Stretch
from .money import msisdn
from .world import DAY, SPAN_DAYS, Row, Table, World

# An event is a stretch and its place in it, packed into one number.
PLACES = 24
REPORTED_AFTER = 2


def table(world: World, lives: Sequence[Life]) -> Table:
    """All usage."""
    owners = [(life, stretch) for life in lives for stretch in life.stretches]
    return Table(
        "rating_usage",
        "id, event_key, subscription_id, msisdn, event_type, kind, quantity, overshoot,"
        " raw_quantity, raw_unit, at, received_at, period_start, roaming, state, rule, source,"
        " raw_cdr_ref",
        sum(stretch.events for _, stretch in owners),
        events(world, owners),
    )


def by_day(owners: Sequence[tuple[Life, Stretch]]) -> list[array[int]]:
    """The events of each day."""
    days: list[array[int]] = [array("q") for _ in range(SPAN_DAYS + 2)]
    for index, (_, stretch) in enumerate(owners):
        packed = index << PLACES
        for place in range(stretch.events):
            days[stretch.at(place) // DAY].append(packed + place)
    return days


def events(world: World, owners: Sequence[tuple[Life, Stretch]]) -> Iterator[Row]:
    keys, line = world.ids("rating_usage"), world.first["subscription_subscription"]
    moments, mask = world.moments, (1 << PLACES) - 1
    for day in by_day(owners):
        for packed in day:
            life, stretch = owners[packed >> PLACES]
            place, owner = packed & mask, line + life.index
            kind, quantity, over, raw, unit = measured(stretch, place)
            second = stretch.at(place)
            yield (
                *(next(keys), f"cdr/{owner}/{stretch.number}/{place}", owner),
                *(msisdn(world, life), kind, kind, quantity, over, raw, unit),
                *(moments.at(second), moments.at(second + REPORTED_AFTER)),
                *(moments.at(stretch.start), "f", "rated", "", "mediation", ""),
            )


def measured(stretch: Stretch, place: int) -> tuple[str, int, int, int, str]:
    """Kind, quantity, what of it nothing covered, and the same as the network spelled it."""
    turn, rest = divmod(place, 8)
    if rest == 1 and turn < stretch.calls:
        return "voice", VOICE_EACH, 0, VOICE_EACH, "seconds"
    if rest == 3 and turn < stretch.messages:
        return "sms", SMS_EACH, 0, SMS_EACH, "count"
    quantity, over = stretch.session, 0
    if place == stretch.events - 1:
        quantity, over = quantity + stretch.last, stretch.over
    return "data", quantity, over, quantity, "bytes"
