"""Events of usage, written in the order of days as a network would have reported them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from .lives import SMS_EACH, VOICE_EACH, Life, Stretch
from .money import msisdn
from .world import DAY, SPAN_DAYS, Row, Table, World

# An event is a stretch and its place in it, packed into one number.
PLACES = 24


def table(world: World, lives: Sequence[Life]) -> Table:
    """All usage."""
    owners = [(life, stretch) for life in lives for stretch in life.stretches if stretch.events]
    return Table(
        "rating_usage",
        "id, event_key, subscription_id, msisdn, event_type, kind, quantity, overshoot,"
        " raw_quantity, raw_unit, at, received_at, period_start, roaming, state, rule, source,"
        " raw_cdr_ref",
        sum(stretch.events for _, stretch in owners),
        events(world, owners),
    )


def by_day(stretches: Sequence[Stretch]) -> list[array[int]]:
    """The events of each day."""
    days: list[array[int]] = [array("q") for _ in range(SPAN_DAYS + 2)]
    for index, stretch in enumerate(stretches):
        packed = index << PLACES
        begin, width = stretch.pace
        for place in range(stretch.events):
            days[(begin + width * place) // DAY].append(packed + place)
    return days


def events(world: World, owners: Sequence[tuple[Life, Stretch]]) -> Iterator[Row]:
    keys, at, mask = world.ids("rating_usage"), world.moments.at, (1 << PLACES) - 1
    sources = [source_of(world, life, stretch) for life, stretch in owners]
    stretches = [stretch for _, stretch in owners]
    for day in by_day(stretches):
        for packed in day:
            index, place = packed >> PLACES, packed & mask
            stretch, (prefix, line, number, period) = stretches[index], sources[index]
            kind, quantity, over, unit = measured(stretch, place)
            begin, width = stretch.pace
            when = at(begin + width * place)
            yield (
                *(next(keys), f"{prefix}{place}", line, number, kind, kind, quantity, over),
                *(quantity, unit, when, when, period, "f", "rated", "", "mediation", ""),
            )


def source_of(world: World, life: Life, stretch: Stretch) -> tuple[str, int, str, str]:
    """What the events of a stretch have in common: key, line, number, period."""
    line = world.first["subscription_subscription"] + life.index
    begun = world.moments.at(stretch.start)
    return f"cdr/{line}/{stretch.number}/", line, msisdn(world, life), begun


def measured(stretch: Stretch, place: int) -> tuple[str, int, int, str]:
    """Kind, quantity, what of it nothing covered, and the unit."""
    turn, rest = divmod(place, 8)
    if rest == 1 and turn < stretch.calls:
        return "voice", VOICE_EACH, 0, "seconds"
    if rest == 3 and turn < stretch.messages:
        return "sms", SMS_EACH, 0, "count"
    if place == stretch.events - 1:
        return "data", stretch.session + stretch.last, stretch.over, "bytes"
    return "data", stretch.session, 0, "bytes"
