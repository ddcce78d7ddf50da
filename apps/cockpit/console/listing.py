"""Lists: narrowed, found in, paged by key, and written as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.cockpit.queries.sight import Sight
from bss.core.errors import InvalidArguments

from .screen import Listing, Row, Rows

LENGTH = 50
CHUNK = 500
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def asked_in(query: QueryDict) -> dict[str, str]:
    """What an address or a form says, without what is empty."""
    return {name: str(value) for name, value in query.items() if value}


@dataclass(frozen=True)
class Slice:
    """Some rows of a list, and from where the next begin."""

    rows: list[Row]
    after: str


def narrowed(listing: Listing, asked: Mapping[str, str]) -> Rows:
    """The query with every chosen filter and the search words applied."""
    rows = listing.rows()
    for one in listing.filters:
        if chosen := asked.get(one.name):
            rows = one.narrow(rows, chosen)
    words = asked.get("q", "").strip()
    return listing.find(rows, words) if words and listing.find else rows


def cut(listing: Listing, asked: Mapping[str, str], length: int = LENGTH) -> Slice:
    """The rows after a key; their number decides the time, not where they are."""
    rows = narrowed(listing, asked)
    if after := asked.get("after"):
        rows = behind(rows, listing, after)
    sign = "-" if listing.newest_first else ""
    found = list(rows.order_by(f"{sign}{listing.key}")[: length + 1])
    more = len(found) > length
    last = str(getattr(found[length - 1], listing.key)) if more else ""
    return Slice(list(listing.shapes(found[:length])), last)


def behind(rows: Rows, listing: Listing, after: str) -> Rows:
    """Rows beyond a key that somebody sent."""
    side = "lt" if listing.newest_first else "gt"
    try:
        return rows.filter(**{f"{listing.key}__{side}": after})
    except (ValueError, ValidationError):
        raise InvalidArguments(f"after: {after[:40]!r} is no place in this list.") from None


def address(asked: Mapping[str, str], **changes: str) -> str:
    """The query part of an address, without what is empty."""
    return urlencode({name: value for name, value in {**asked, **changes}.items() if value})


def as_csv(listing: Listing, asked: Mapping[str, str], sight: Sight) -> Iterator[str]:
    """The whole list as CSV, a chunk of rows at a time."""
    yield line(column.title for column in listing.columns)
    at = dict(asked)
    while True:
        part = cut(listing, at, CHUNK)
        for row in part.rows:
            yield line(plain(column.of(row)) for column in listing.columns)
        if not part.after:
            return
        at["after"] = part.after


def plain(value: Any) -> str:
    """A value without markup; what looks like a formula is made harmless."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return f"{value.get('consumed', '')}/{value.get('total', '')}"
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def line(values: Iterator[str]) -> str:
    """One line of CSV."""
    out = StringIO()
    csv.writer(out).writerow(list(values))
    return out.getvalue()
