"""Invariants: registered queries that must find nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bss.core import clock
from bss.core.models import StoredEvent

log = logging.getLogger(__name__)

# Rows commit out of order; looking this far behind the last look loses none.
OVERLAP = timedelta(minutes=2)
Broken = Iterable[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that must hold, and the query that finds what breaks it."""

    name: str
    sentence: str
    query: Callable[[datetime | None], Broken]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking one invariant found."""

    name: str
    sentence: str
    broken: list[dict[str, Any]]

    @property
    def holds(self) -> bool:
        """True when nothing breaks it."""
        return not self.broken


_invariants: dict[str, Invariant] = {}


def invariant(
    name: str, sentence: str
) -> Callable[[Callable[[datetime | None], Broken]], Callable[[datetime | None], Broken]]:
    """Register a query answering the rows that break a sentence: since a moment, or all of them."""

    def register(
        query: Callable[[datetime | None], Broken],
    ) -> Callable[[datetime | None], Broken]:
        _invariants[name] = Invariant(name, sentence, query)
        return query

    return register


def registry() -> dict[str, Invariant]:
    """Every invariant by name."""
    return dict(sorted(_invariants.items()))


def check(since: datetime | None = None, *, full: bool = True) -> list[Verdict]:
    """Check every invariant over what changed since a moment; `full` over everything."""
    start = None if full else (since or clock.real() - OVERLAP)
    return [Verdict(one.name, one.sentence, list(one.query(start))) for one in registry().values()]


def watch(*, full: bool = False) -> list[Verdict]:
    """Check what changed lately, or everything, and log what is broken."""
    broken = [verdict for verdict in check(full=full) if not verdict.holds]
    for verdict in broken:
        log.error("invariant %s is broken: %s", verdict.name, verdict.broken[:5])
    return broken


def touched_since(since: datetime) -> list[str]:
    """Whatever an event happened to, or was about, since a moment of the real clock.

    Walks back from the newest event to the first that is surely old, so that it costs the same
    however long the history is.
    """
    newest = StoredEvent.objects.order_by("-id")
    old = newest.filter(recorded_at__lt=since - OVERLAP).values_list("id", flat=True).first()
    recent = StoredEvent.objects.filter(id__gt=old or 0, recorded_at__gte=since)
    pairs = recent.values_list("aggregate", "about").distinct()
    return sorted({word for pair in pairs for word in pair if word})
