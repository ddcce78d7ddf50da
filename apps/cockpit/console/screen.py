"""What a screen is: a list and a page, declared. See `screens/` for all of them.

A screen reads what every other door reads: its list the app's own query and shape, its page and
each section one read operation. What a role may not run it does not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from bss.core.lifecycle import Lifecycle

from . import cells
from .addresses import PLACES
from .cells import Cell

Row = Mapping[str, Any]
Rows = QuerySet[Any, Any]


def always(row: Row) -> bool:
    """For verbs that fit any state."""
    return True


@dataclass(frozen=True)
class Column:
    """One value of a row: its title, where it is in the row, how it is shown."""

    title: str
    value: str | Callable[[Row], Any]
    cell: Cell = cells.text
    right: bool = False

    def of(self, row: Row) -> Any:
        """The value in a row; `individual.givenName` looks into what is nested."""
        if callable(self.value):
            return self.value(row)
        return reached(row, self.value)


def reached(row: Any, path: str) -> Any:
    """What is at a dotted path, or None on the way."""
    for name in path.split("."):
        row = row.get(name) if isinstance(row, Mapping) else None
    return row


@dataclass(frozen=True)
class Verb:
    """A button: an operation, with the arguments that the row already answers."""

    operation: str
    label: str
    # argument -> path in the row
    args: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    when: Callable[[Row], bool] = always
    # Shown as a button of its own; the others share a menu.
    first: bool = False


def in_state(*states: str, key: str = "state") -> Callable[[Row], bool]:
    """True for rows in one of these states."""
    return lambda row: row.get(key) in states


def can(lifecycle: Lifecycle, trigger: str, key: str = "state") -> Callable[[Row], bool]:
    """True for rows whose lifecycle offers that trigger now."""
    return lambda row: trigger in lifecycle.triggers(str(row.get(key)))


@dataclass(frozen=True)
class Filter:
    """A choice above a list; what is chosen narrows the query."""

    name: str
    title: str
    choices: Callable[[], Iterable[tuple[str, str]]]
    narrow: Callable[[Rows, str], Rows]


def by_field(name: str, title: str, values: Iterable[str], at: str = "") -> Filter:
    """A filter on one field that takes one of a few values."""
    known = tuple(str(value) for value in values)

    def narrow(rows: Rows, chosen: str) -> Rows:
        return rows.filter(**{at or name: chosen}) if chosen in known else rows.none()

    return Filter(name, title, lambda: [(one, one.replace("_", " ")) for one in known], narrow)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of a screen, paged by key."""

    may: str  # the read operation whose holders see it
    rows: Callable[[], Rows]
    shapes: Callable[[Sequence[Any]], Iterable[Row]]
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    find: Callable[[Rows, str], Rows] | None = None
    hint: str = ""
    key: str = "pk"
    newest_first: bool = True
    empty: str = "Nothing here yet."
    verbs: tuple[Verb, ...] = ()
    row_verbs: tuple[Verb, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a page that loads by itself: one read operation, shown as a table or a template."""

    name: str
    title: str
    read: str
    args: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    template: str = ""
    # From the answer to the rows of the table, or to what the template shows.
    pick: Callable[[Any], Any] = lambda answer: answer
    empty: str = "Nothing here yet."
    verbs: tuple[Verb, ...] = ()
    row_verbs: tuple[Verb, ...] = ()
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page of one thing."""

    read: str
    argument: str
    title: Callable[[Row], str]
    facts: tuple[Column, ...]
    state: str = "state"
    note: Callable[[Row], str] = lambda row: ""
    sections: tuple[Section, ...] = ()
    verbs: tuple[Verb, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A place in the console."""

    name: str
    title: str
    group: str
    listing: Listing | None = None
    page: Page | None = None
    prefix: str = ""
    # Words by which somebody might look for it.
    also: str = ""


SCREENS: dict[str, Screen] = {}


def show(screen: Screen) -> Screen:
    """Put a screen into the console."""
    if screen.name in SCREENS:
        raise RuntimeError(f"screen {screen.name} is declared twice")
    SCREENS[screen.name] = screen
    if screen.prefix and screen.page:
        PLACES[screen.prefix] = screen.name
    return screen
