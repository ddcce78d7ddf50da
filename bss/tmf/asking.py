"""What the query string of a request asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from django.db.models import Q

from bss.core.errors import InvalidArguments
from bss.tmf.filters import AnyFilter

USUAL, MOST = 50, 500
RESERVED = ("fields", "offset", "limit", "sort", "filter")
COMPARISONS = {"=": "eq", "==": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_CONDITION = re.compile(r"([@\w.-]+)(>=|<=|!=|==|=|>|<)(.*)", re.DOTALL)
_SUFFIX = re.compile(r"(.+)\.(eq|ne|gt|gte|lt|lte|regex)")
_WORDS = re.compile(r'"[^"]*"|[^,]+')


@dataclass(frozen=True, slots=True)
class Condition:
    """One attribute compared with some words, of which one must do."""

    path: str
    comparison: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Asked:
    """A read as it was asked for."""

    fields: list[str] | None = None
    offset: int = 0
    limit: int = USUAL
    sort: list[str] = field(default_factory=list)
    # All of these must hold, of each one of its alternatives.
    conditions: list[list[Condition]] = field(default_factory=list)

    def where(self, filters: Mapping[str, AnyFilter]) -> Q:
        """The conditions as one; refuses attributes that cannot be filtered by."""
        found = Q()
        for alternatives in self.conditions:
            either = Q(pk__in=[])
            for condition in alternatives:
                known = known_filter(condition.path, filters)
                either |= known.condition(condition.comparison, condition.words)
            found &= either
        return found

    def order(self, filters: Mapping[str, AnyFilter]) -> list[str]:
        """The columns to sort by; refuses attributes that have no order."""
        columns = []
        for word in self.sort:
            column = known_filter(word.lstrip("-"), filters).orders
            if not column:
                raise InvalidArguments(f"sort: {word.lstrip('-')} has no order.")
            columns.append(f"-{column}" if word.startswith("-") else column)
        return columns


def known_filter(path: str, filters: Mapping[str, AnyFilter]) -> AnyFilter:
    """The filter of an attribute; refuses what is unknown rather than showing everything."""
    if path not in filters:
        known = ", ".join(sorted(filters))
        raise InvalidArguments(f"{path[:80]} cannot be filtered or sorted by; use one of {known}.")
    return filters[path]


def asked(query_string: str) -> Asked:
    """What a query string asks for; raises InvalidArguments."""
    found = Asked()
    same: dict[str, list[Condition]] = {}
    for part in filter(None, query_string.split("&")):
        name, _, value = part.partition("=")
        if (name := unquote_plus(name)) in RESERVED:
            take_reserved(found, name, unquote_plus(value).strip())
            continue
        alternatives = alternatives_of(part)
        (only,) = alternatives if len(alternatives) == 1 else (None,)
        if only is None or only.comparison != "eq":
            found.conditions.append(alternatives)
        elif only.path in same:
            # An attribute that is named twice may have either value.
            same[only.path].append(only)
        else:
            same[only.path] = [only]
            found.conditions.append(same[only.path])
    return found


def take_reserved(found: Asked, name: str, value: str) -> None:
    """Note a parameter that is no filter."""
    if name == "filter":
        raise InvalidArguments("filter: JSONPath is not spoken here; filter by attribute=value.")
    if name == "fields":
        found.fields = [*(found.fields or []), *filter(None, value.split(","))] or None
    elif name == "sort":
        found.sort += [word.strip().lstrip("+") for word in value.split(",") if word.strip()]
    elif name == "offset":
        found.offset = whole(name, value)
    else:
        found.limit = min(whole(name, value), MOST)


def whole(name: str, value: str) -> int:
    """A number that counts rows."""
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise InvalidArguments(f"{name}: a whole number from 0 belongs here.")
    return int(value)


def alternatives_of(part: str) -> list[Condition]:
    """The conditions of one part of a query, of which one must hold."""
    pieces = [condition(piece) for piece in part.split(";")]
    if len(pieces) > 1 and all(pieces):
        return [piece for piece in pieces if piece]
    only = condition(part)
    if only is None:
        raise InvalidArguments(f"{part[:80]} is no condition like attribute=value.")
    return [only]


def condition(text: str) -> Condition | None:
    """One condition, or None when it is none."""
    found = _CONDITION.fullmatch(unquote_plus(text))
    if found is None:
        return None
    path, comparison, value = found[1], COMPARISONS[found[2]], found[3]
    if (suffix := _SUFFIX.fullmatch(path)) and comparison == "eq":
        path, comparison = suffix[1], suffix[2]
    if comparison == "regex":
        raise InvalidArguments(f"{path}: patterns are not spoken here; compare with = or .gt=.")
    if "\x00" in value:
        raise InvalidArguments(f"{path}: the value contains a control character.")
    words = tuple(unquoted(word) for word in _WORDS.findall(value)) or ("",)
    return Condition(path, comparison, words)


def unquoted(word: str) -> str:
    """A word without the quotes that some clients put around it."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word
