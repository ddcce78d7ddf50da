"""What happened to each line: when it began, what it used, how it ended. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .world import DAY, SPAN_DAYS, Plan

SMS_EACH, VOICE_EACH = 1, 60
MOST_SMS, MOST_CALLS = 40, 50
ENDED_AFTER = (25 * DAY, 35 * DAY)
# Nobody uses a line at once.
PATIENCE = 3_600


@dataclass(slots=True)
class Stretch:
    """One paid period of a line, and what was used in it."""

    number: int
    start: int
    end: int
    # Until when the line could use it: its end, or that of the line, or now.
    until: int
    calls: int = 0
    messages: int = 0
    sessions: int = 0
    session: int = 0
    # What the last session used besides, and the part of that which nothing covered.
    last: int = 0
    over: int = 0
    topped_up: int = 0

    @property
    def events(self) -> int:
        """How many events of usage it has."""
        return self.sessions + self.calls + self.messages

    def used(self, kind: str) -> int:
        """How much of a kind its events add up to."""
        if kind == "voice":
            return self.calls * VOICE_EACH
        if kind == "sms":
            return self.messages * SMS_EACH
        return self.sessions * self.session + self.last if kind == "data" else 0

    def covered(self, kind: str) -> int:
        """The part of that which its grant covered."""
        return self.used(kind) - (self.over if kind == "data" else 0)

    @property
    def pace(self) -> tuple[int, int]:
        """When its first event happened, and the seconds from one to the next."""
        begin = self.start + min(PATIENCE, (self.until - self.start) // 4)
        return begin, (self.until - begin - PATIENCE // 60) // max(1, self.events)


@dataclass(slots=True)
class Life:
    """A line from its order to its end, or to now."""

    index: int
    plan: Plan
    begun: int
    # The place of its number among the new numbers.
    number: int
    stretches: list[Stretch] = field(default_factory=list)
    ended: int = 0
    blocked: str = ""
    blocked_at: int = 0
    # The number of the last event about it.
    version: int = 0

    @property
    def state(self) -> str:
        """Where it is in its life now."""
        return "terminated" if self.ended else "blocked" if self.blocked else "active"

    @property
    def current(self) -> Stretch:
        """The last period that was paid."""
        return self.stretches[-1]

    @property
    def unpaid(self) -> bool:
        """True when the card was declined for its next period."""
        return self.blocked == "payment_failed"


class Episode(NamedTuple):
    """Something that happened to a line in one moment; they sort by time."""

    at: int
    life: int
    what: str  # joined, renewed, topped_up, declined, blocked or ended
    stretch: int


PAID = ("joined", "renewed", "topped_up")


def imagine(count: int, usage: int, plans: Sequence[Plan], now: int) -> list[Life]:
    """That many lives, with that many events of usage spread over their periods."""
    lives = [begin(index, count, plans, now) for index in range(count)]
    stretches = [stretch for life in lives for stretch in life.stretches]
    share, more = divmod(usage, max(1, len(stretches)))
    for index, stretch in enumerate(stretches):
        spread(stretch, share + (index < more))
    for life in lives:
        for stretch in life.stretches:
            measure(life, stretch)
        exhaust(life)
    return lives


def begin(index: int, count: int, plans: Sequence[Plan], now: int) -> Life:
    """A life with its periods: lines join evenly until yesterday, a tenth of them left early.

    Those who joined last have the numbers of those who left, long enough afterwards.
    """
    begun = (now - (SPAN_DAYS - 1) * DAY) + (SPAN_DAYS - 2) * DAY * index // max(1, count)
    leavers = count // 10
    plan = plans[(0, 0, 1, 0, 2, 0, 1, 0, 1, 2)[index % 10] % len(plans)]
    life = Life(index, plan, begun, number=index)
    if index < 2 * leavers and index % 2:
        life.ended = begun + ENDED_AFTER[index // 2 % 2]
    if index >= count - leavers:
        life.number = 2 * (index - count + leavers) + 1
    if index % 20 == 8:
        life.blocked = "payment_failed" if index % 40 == 8 else "exhausted"
    pay(life, now)
    return life


def pay(life: Life, now: int) -> None:
    """Give a life the periods that were paid; a declined one is left out."""
    length, end = life.plan.period, life.ended or now
    starts = range(life.begun, end, length)
    if life.unpaid and len(starts) < 2:
        life.blocked = "exhausted"
    if life.unpaid:
        life.blocked_at = starts[-1] + delay_of(life)
        starts = starts[:-1]
    for number, start in enumerate(starts):
        life.stretches.append(Stretch(number, start, start + length, min(start + length, end)))


def delay_of(life: Life) -> int:
    """Seconds from a boundary until the sweep charged the next period."""
    return 5 + life.index % 50


def spread(stretch: Stretch, events: int) -> None:
    """Say what the events of a period are: mostly data, some calls and messages."""
    stretch.calls = min(events // 8, MOST_CALLS)
    stretch.messages = min(events // 8, MOST_SMS)
    stretch.sessions = events - stretch.calls - stretch.messages


def measure(life: Life, stretch: Stretch) -> None:
    """Say how much its sessions used: a tenth to four fifths of what the plan grants."""
    percent = 10 + (life.index * 7 + stretch.number * 13) % 70
    if stretch.sessions:
        granted = life.plan.allowances["data"]
        stretch.session = max(1, granted * percent // 100 // stretch.sessions)
    bought = stretch.start + 12 * DAY + life.index % DAY
    if (life.index + stretch.number) % 5 == 0 and bought < stretch.until - DAY:
        stretch.topped_up = bought


def exhaust(life: Life) -> None:
    """Let the last session of an exhausted line use up what was left, and a little more."""
    if life.blocked != "exhausted":
        return
    stretch = life.current
    if not stretch.sessions:
        life.blocked = ""
        return
    stretch.topped_up = 0
    stretch.over = 1 + life.index % 1000
    stretch.last = life.plan.allowances["data"] - stretch.used("data") + stretch.over
    begin, width = stretch.pace
    life.blocked_at = begin + width * (stretch.events - 1)


def chronicle(lives: Sequence[Life]) -> list[Episode]:
    """Everything that happened, in the order in which it did."""
    return sorted(episode for life in lives for episode in episodes_of(life))


def episodes_of(life: Life) -> Iterator[Episode]:
    """What happened to one line."""
    for stretch in life.stretches:
        if stretch.number == 0:
            yield Episode(life.begun, life.index, "joined", 0)
        else:
            yield Episode(stretch.start + delay_of(life), life.index, "renewed", stretch.number)
        if stretch.topped_up:
            yield Episode(stretch.topped_up, life.index, "topped_up", stretch.number)
    if life.unpaid:
        yield Episode(life.blocked_at, life.index, "declined", life.current.number + 1)
    elif life.blocked:
        yield Episode(life.blocked_at, life.index, "blocked", life.current.number)
    if life.ended:
        yield Episode(life.ended, life.index, "ended", life.current.number)
