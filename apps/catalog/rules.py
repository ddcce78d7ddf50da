"""Which price holds when, without asking the database."""

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
