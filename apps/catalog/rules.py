"""Which price holds when and what is taken off it, without asking the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar


class Windowed(Protocol):
    """Something that is valid from a moment until just before another."""

    valid_from: datetime | None
    valid_to: datetime | None


class Priced(Windowed, Protocol):
    """Something windowed that costs an amount and has an id."""

    pk: str
    amount: int


P = TypeVar("P", bound=Priced)


@dataclass(frozen=True)
class ServiceMapping:
    """What selling a product means for the network."""

    cfs_spec_id: str
    rfs_spec_ids: Sequence[str]
    # For each action on a line, the network tasks it takes.
    tasks: Mapping[str, Sequence[str]]


def holds(row: Windowed, at: datetime) -> bool:
    """True inside the window; a missing end is open, the end itself is outside."""
    started = row.valid_from is None or row.valid_from <= at
    return started and (row.valid_to is None or at < row.valid_to)


def cheapest(prices: Iterable[P], at: datetime) -> P | None:
    """The price that holds: the lowest amount, then the first id."""
    candidates = [price for price in prices if holds(price, at)]
    return min(candidates, key=lambda price: (price.amount, price.pk), default=None)


def utc(moment: datetime | None) -> datetime | None:
    """A moment with a zone; one that names none means UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def ends_in_order(valid_from: datetime | None, valid_to: datetime | None) -> bool:
    """True unless the window would close before it opens."""
    return valid_from is None or valid_to is None or valid_from < valid_to


def cut_off(row: Windowed, at: datetime) -> datetime:
    """Where a window ends that is cut off at a moment; one that had not begun never does."""
    return max(at, row.valid_from) if row.valid_from else at


FOR_EVER = -1
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Discount:
    """What a promotion takes off a price, for how many periods."""

    promotion_id: str
    code: str
    type: str  # "percent" or "absolute"
    # Hundredths of a percent, or minor units.
    value: int
    periods: int

    def off(self, amount: int) -> int:
        """What it takes off an amount: never more than that; what is left is rounded half up."""
        if self.type == "absolute":
            return min(self.value, amount)
        return amount - (amount * (WHOLE - self.value) + WHOLE // 2) // WHOLE

    @property
    def words(self) -> str:
        """How a receipt calls it."""
        share = f" {self.value / 100:g} %" if self.type == "percent" else ""
        return f"Discount {self.code or self.promotion_id}{share}"


def periods_of(duration_kind: str, total: int | None) -> int:
    """How many periods a discount is good for; -1 is for ever."""
    return {"single": 1, "perpetual": FOR_EVER}.get(duration_kind, total or 0)


def duration_kind_of(periods: int) -> str:
    """The word for a number of periods."""
    return {1: "single", FOR_EVER: "perpetual"}.get(periods, "multi")


def valid_periods(duration_kind: str, total: int | None) -> bool:
    """True when only `multi` says how many periods, and it says two or more."""
    return (total is not None and total >= 2) if duration_kind == "multi" else total is None


def valid_discount(type: str, value: int) -> bool:
    """True when something is taken off, and no more than everything."""
    return value > 0 and (type == "absolute" or value <= WHOLE)


def overlaps(row: Windowed, other: Windowed) -> bool:
    """True when there is a moment at which both hold."""
    first = row.valid_to is None or other.valid_from is None or other.valid_from < row.valid_to
    second = other.valid_to is None or row.valid_from is None or row.valid_from < other.valid_to
    return first and second
