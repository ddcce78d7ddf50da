"""Attributes as columns: how each may be compared, so that filters and sorting become SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Model, Q, QuerySet

from bss.core.errors import InvalidArguments, NotFound
from bss.core.ids import parse_id
from bss.core.money import parse_money

NOTHING = Q(pk__in=[])
# An empty condition would be swallowed by the first "or".
EVERYTHING = Q(pk__isnull=False)
ORDERINGS = ("gt", "gte", "lt", "lte")


@dataclass(frozen=True)
class Filter:
    """An attribute that is a column; its values are text."""

    column: str

    @property
    def orders(self) -> str:
        """The column to sort by; empty when sorting by it means nothing."""
        return self.column

    def values(self, word: str) -> Sequence[Any]:
        """What the column holds where the attribute is that word."""
        return [word]

    def condition(self, comparison: str, words: Sequence[str]) -> Q:
        """Rows whose attribute compares so with one of the words."""
        values = [value for word in words for value in self.values(word)]
        if comparison in ORDERINGS:
            found = NOTHING
            for value in values:
                found |= Q(**{f"{self.column}__{comparison}": value})
            return found
        equal = Q(**{f"{self.column}__in": values})
        return ~equal if comparison == "ne" else equal


@dataclass(frozen=True)
class Words(Filter):
    """A state or a kind, in the spelling of the API; what is not listed is spelled alike."""

    spelling: Mapping[str, str]

    def values(self, word: str) -> Sequence[str]:
        """Every word of ours that is shown as that one."""
        ours = [ours for ours, theirs in self.spelling.items() if theirs == word]
        return ours if word in self.spelling.values() or word in self.spelling else [*ours, word]

    def condition(self, comparison: str, words: Sequence[str]) -> Q:
        """Words have no order."""
        if comparison in ORDERINGS:
            raise InvalidArguments("Words are equal or not; use = or .ne=.")
        return super().condition(comparison, words)


@dataclass(frozen=True)
class Moment(Filter):
    """A moment, compared as an instant however it is written."""

    def values(self, word: str) -> Sequence[datetime]:
        """The instant; without a zone it is UTC, without a time the day begins."""
        try:
            # A plus sign that nobody escaped has become a space.
            moment = datetime.fromisoformat(word.replace(" ", "+") if "T" in word else word)
        except ValueError:
            raise InvalidArguments(f"{word!r} is not a moment like 2026-03-02T12:00:00Z.") from None
        return [moment if moment.tzinfo else moment.replace(tzinfo=UTC)]


@dataclass(frozen=True)
class Number(Filter):
    """A number."""

    def values(self, word: str) -> Sequence[Any]:
        """The number itself."""
        try:
            number = Decimal(word)
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite() or abs(number) >= 2**63:
            raise InvalidArguments(f"{word[:40]!r} is not a number.")
        return [number]


@dataclass(frozen=True)
class Amount(Number):
    """An amount of money, kept in minor units."""

    def values(self, word: str) -> Sequence[Any]:
        """Its minor units."""
        return [parse_money(super().values(word)[0])]


@dataclass(frozen=True)
class Flag(Filter):
    """True or false."""

    def values(self, word: str) -> Sequence[bool]:
        """Its truth."""
        if word not in ("true", "false"):
            raise InvalidArguments(f"{word[:40]!r} is neither true nor false.")
        return [word == "true"]


@dataclass(frozen=True)
class Id(Filter):
    """The public id of a row, by the key behind it."""

    model: Any
    # What precedes the id in an href.
    before: str = ""

    def values(self, word: str) -> Sequence[int]:
        """The key; no row has an id of another form."""
        _, found, rest = word.rpartition(self.before) if self.before else ("", "x", word)
        try:
            return [parse_id(rest, self.model.PREFIX, "row", self.model.DIGITS)] if found else []
        except NotFound:
            return []


@dataclass(frozen=True)
class Written(Filter):
    """The public id of a row where it is kept as text, or as part of a longer text."""

    form: str = "{}"

    def values(self, word: str) -> Sequence[str]:
        """The text as it is kept."""
        return [self.form.format(word)]


@dataclass(frozen=True)
class Always:
    """An attribute that is the same in every row."""

    word: str
    orders: str = ""

    def condition(self, comparison: str, words: Sequence[str]) -> Q:
        """All rows or none."""
        if comparison in ORDERINGS:
            raise InvalidArguments("Words are equal or not; use = or .ne=.")
        return EVERYTHING if (self.word in words) is (comparison == "eq") else NOTHING


@dataclass(frozen=True)
class Among:
    """An attribute of the elements of a list: rows of which one element compares so."""

    elements: Callable[[], QuerySet[Any]]
    # The column of the element that holds the key of the row.
    key: str
    inner: Filter
    orders: str = ""

    def condition(self, comparison: str, words: Sequence[str]) -> Q:
        """Rows with such an element."""
        wanted = self.elements().filter(self.inner.condition(comparison, words))
        return Q(pk__in=wanted.order_by().values(self.key))


@dataclass(frozen=True)
class Inside:
    """An attribute of a document, at a path through objects and lists."""

    path: str
    column: str = "body"

    @property
    def orders(self) -> str:
        """The path, when no list is on it."""
        return f"{self.column}__{self.path.replace('.', '__')}"

    def condition(self, comparison: str, words: Sequence[str]) -> Q:
        """Documents that contain one of the words there."""
        if comparison in ORDERINGS:
            found = NOTHING
            for word in words:
                found |= Q(**{f"{self.orders}__{comparison}": word})
            return found
        equal = NOTHING
        for shape in (shape for word in words for shape in self.shapes(word)):
            equal |= Q(**{f"{self.column}__contains": shape})
        return ~equal if comparison == "ne" else equal

    def shapes(self, word: str) -> list[Any]:
        """Every document that has the word at the path and nothing else."""
        found: list[Any] = [word, *readings(word)]
        for name in reversed(self.path.split(".")):
            inner = [{name: one} for one in found]
            found = inner + [[one] for one in inner]
        return [one for one in found if isinstance(one, dict)]


def readings(word: str) -> list[Any]:
    """What else a word may be in JSON: a truth or a number."""
    if word in ("true", "false"):
        return [word == "true"]
    try:
        number = Decimal(word)
    except InvalidOperation:
        return []
    return [float(number)] if number.is_finite() else []


AnyFilter = Filter | Always | Among | Inside


def reference(name: str, model: type[Model], column: str, kind: str) -> dict[str, AnyFilter]:
    """The filters of a reference to another resource."""
    return {f"{name}.id": Id(column, model), f"{name}.@referredType": Always(kind)}
