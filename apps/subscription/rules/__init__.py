"""Arithmetic of periods and bundles: when a period begins, which grant pays for what."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.catalog.rules import Discount
from apps.payments.rules import Line

UNLIMITED = -1
KINDS = ("data", "voice", "sms", "data_roaming")
# Without these the line is of no use to its owner, so it stops when they run out.
STOPPING = frozenset({"data"})
THRESHOLDS = (50, 80, 100)

NOT_IN_SERVICE = "usage.record.subscription_must_be_active"
NOT_IN_PLAN = "usage.record.plan_must_carry_kind"
NO_ROAMING = "subscription.usage_rated.roaming_balance_required"
NOT_COVERED = "subscription.usage_rated.zone_not_covered"
NOTHING_LEFT = "subscription.usage_rated.balance_required"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long one paid period lasts."""

    length: int
    unit: str  # "day" or "month"


@dataclass(frozen=True, slots=True)
class Period:
    """A paid stretch of service; the end is excluded."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """True while the moment lies inside."""
        return self.start <= at < self.end


def boundary(anchor: datetime, terms: Terms, number: int, zone: str) -> datetime:
    """The moment at which period `number` begins, counted from the anchor.

    Months keep the anchor's day in the operator's zone: the 31st falls on the last day of a
    shorter month and returns to the 31st afterwards.
    """
    if terms.unit == "day":
        return anchor + timedelta(days=terms.length * number)
    local = anchor.astimezone(ZoneInfo(zone))
    years, month = divmod(local.month - 1 + terms.length * number, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(anchor.tzinfo)


def number_at(anchor: datetime, terms: Terms, zone: str, at: datetime) -> int:
    """The number of the period that holds a moment; negative before the anchor."""
    if terms.unit == "day":
        return (at - anchor) // timedelta(days=terms.length)
    here, there = at.astimezone(ZoneInfo(zone)), anchor.astimezone(ZoneInfo(zone))
    months = (here.year - there.year) * 12 + here.month - there.month
    guess = months // terms.length + 1
    while boundary(anchor, terms, guess, zone) > at:
        guess -= 1
    return guess


def period_holding(anchor: datetime, terms: Terms, zone: str, at: datetime) -> Period:
    """The anchored period that holds a moment."""
    number = number_at(anchor, terms, zone, at)
    return period_number(anchor, terms, zone, number)


def period_number(anchor: datetime, terms: Terms, zone: str, number: int) -> Period:
    """The anchored period of that number."""
    start = boundary(anchor, terms, number, zone)
    return Period(start, boundary(anchor, terms, number + 1, zone))


def period_to_open(
    anchor: datetime, terms: Terms, zone: str, paid_until: datetime, now: datetime
) -> Period:
    """The period the next renewal pays for.

    Late, it is the one that holds now: what was missed is neither served nor charged. Before the
    boundary it is the one that follows it, brought forward.
    """
    return period_holding(anchor, terms, zone, max(paid_until, now))


def local_day(at: datetime, zone: str) -> datetime:
    """When the day of a moment began where the operator is."""
    here = at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return here.astimezone(at.tzinfo)


def local_month(at: datetime, zone: str) -> datetime:
    """When the month of a moment began where the operator is."""
    return local_day(at.astimezone(ZoneInfo(zone)).replace(day=1), zone).astimezone(at.tzinfo)


@dataclass(slots=True)
class Pool:
    """What a grant still gives, as one batch sees it."""

    id: int
    total: int
    used: int
    # What was given away or taken back and can never be used.
    gone: int
    valid_from: datetime
    expires_at: datetime
    # The roaming zone it is good in; everywhere when empty.
    zone: str = ""
    taken: int = 0

    @property
    def unlimited(self) -> bool:
        """True when it never runs out."""
        return self.total == UNLIMITED

    @property
    def left(self) -> int:
        """What can still be taken; meaningless when unlimited."""
        return self.total - self.used - self.gone - self.taken

    @property
    def empty(self) -> bool:
        """True when nothing can be taken any more."""
        return not self.unlimited and self.left <= 0

    def holds(self, at: datetime) -> bool:
        """True while the grant may be used."""
        return self.valid_from <= at < self.expires_at

    def covers(self, zones: frozenset[str]) -> bool:
        """True where one of some zones is enough."""
        return not self.zone or self.zone in zones

    def take(self, quantity: int) -> int:
        """Take as much as there is, and say how much that was."""
        taken = quantity if self.unlimited else min(quantity, self.left)
        self.taken += taken
        return taken


def consume(pools: Iterable[Pool], quantity: int, at: datetime) -> int:
    """Take a quantity from pools that come in order of expiry; what nobody covers is returned."""
    for pool in pools:
        if not quantity:
            break
        if not pool.empty and pool.holds(at):
            quantity -= pool.take(quantity)
    return quantity


def parts(pools: Iterable[Pool], quantity: int, at: datetime) -> list[tuple[Pool, int]]:
    """How much of a quantity each pool gives, those that expire first giving first."""
    found = []
    for pool in pools:
        if quantity and pool.holds(at) and not pool.empty:
            taken = pool.take(quantity)
            quantity -= taken
            found.append((pool, taken))
    return found


def exhausted(pools: Iterable[Pool], at: datetime) -> bool:
    """True when no pool gives anything at that moment."""
    return all(pool.empty or not pool.holds(at) for pool in pools)


def totals(pools: Iterable[Pool], at: datetime) -> tuple[int, int]:
    """(granted, used) over the pools valid at a moment; granted is -1 if one is unlimited."""
    valid = [pool for pool in pools if pool.holds(at)]
    used = sum(pool.used + pool.taken for pool in valid)
    if any(pool.unlimited for pool in valid):
        return UNLIMITED, used
    return sum(pool.total - pool.gone for pool in valid), used


def level(granted: int, used: int, thresholds: Sequence[int] = THRESHOLDS) -> int:
    """The highest threshold (in percent) that the use has reached; 0 when none or unlimited."""
    if granted == UNLIMITED:
        return 0
    return max((mark for mark in thresholds if used * 100 >= granted * mark), default=0)


@dataclass(frozen=True, slots=True)
class Charge:
    """A rated quantity to be taken from a line."""

    subscription: int
    kind: str
    quantity: int
    at: datetime
    # The roaming zones it happened in; None when the network did not say.
    zones: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Charged:
    """What became of a charge: how much nothing covered, or the rule that refused it."""

    overshoot: int = 0
    rule: str = ""


@dataclass(slots=True)
class Account:
    """A line and its pools, as one batch sees them."""

    id: int
    # None while in service, else since when not.
    stopped_at: datetime | None
    pools: dict[str, list[Pool]] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    overshoot: dict[str, int] = field(default_factory=dict)

    def refusal(self, charge: Charge) -> str:
        """The rule that refuses a charge, or nothing.

        What happened before the line stopped is counted however late it is told.
        """
        if self.stopped_at and charge.at >= self.stopped_at:
            return NOT_IN_SERVICE
        if charge.kind not in self.pools:
            return NO_ROAMING if charge.kind == "data_roaming" else NOT_IN_PLAN
        if charge.kind in STOPPING or not exhausted(self.good_for(charge), charge.at):
            return ""
        if charge.kind != "data_roaming":
            return NOTHING_LEFT
        return NO_ROAMING if exhausted(self.pools[charge.kind], charge.at) else NOT_COVERED

    def good_for(self, charge: Charge) -> list[Pool]:
        """The pools that a charge may take from."""
        pools = self.pools[charge.kind]
        zones = charge.zones
        return pools if zones is None else [pool for pool in pools if pool.covers(zones)]

    def charge(self, charge: Charge, now: datetime) -> Charged:
        """Take a charge from the pools, counting all of it; or refuse all of it."""
        if rule := self.refusal(charge):
            return Charged(rule=rule)
        pools = self.pools[charge.kind]
        over = consume(self.good_for(charge), charge.quantity, charge.at)
        self.used[charge.kind] = self.used.get(charge.kind, 0) + charge.quantity
        self.overshoot[charge.kind] = self.overshoot.get(charge.kind, 0) + over
        if charge.kind in STOPPING and self.stopped_at is None and exhausted(pools, now):
            self.stopped_at = now
        return Charged(overshoot=over)


def charge_all(
    accounts: dict[int, Account], batch: Iterable[Charge], now: datetime
) -> list[Charged]:
    """Charge a batch in its order; the same as charging its members one after another."""
    return [accounts[charge.subscription].charge(charge, now) for charge in batch]


def receipt_lines(
    text: str, offering_id: str, amount: int, discount: Discount | None
) -> list[Line]:
    """What the receipt of a period says: its price, and what is taken off that."""
    lines = [Line(text, offering_id, tax_class="", net=amount, tax=0)]
    if discount:
        off = -discount.off(amount)
        lines.append(Line(discount.words, offering_id, tax_class="", net=off, tax=0))
    return lines


# A second profile may wait this long to be enabled, and a switch can be taken back this long.
DEVICE_OFFER = timedelta(days=7)
DEVICE_ROLLBACK = timedelta(hours=72)
