"""Events of the network for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from apps.rating.models import Usage
from apps.subscription.tests.factories import the
from bss.core.operations import invoke, run

_keys = count(1)


def event(line: str, quantity: int = 1, **overrides: Any) -> dict[str, Any]:
    """A data event of a line, in megabytes, under a key of its own."""
    made = {
        "event_key": f"cdr-{next(_keys)}",
        "msisdn": the(line).msisdn,
        "event_type": "data",
        "quantity": quantity,
        "unit": "mb",
    }
    return made | overrides


def record(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """What came of each event."""
    answers: list[dict[str, Any]] = invoke("usage.record", {"events": list(events)}).result
    return answers


def simulate(line: str, quantity: int = 1, **overrides: Any) -> Any:
    """What simulating an event of a line answers."""
    made = event(line, quantity)
    del made["event_key"]
    return run("usage.simulate", **made | overrides)


def stored(key: str) -> Usage:
    """An event as kept."""
    return Usage.objects.get(event_key=key)
