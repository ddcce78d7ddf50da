"""What happened, and what is still to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from . import frames
from .frames import Sight

Data = Mapping[str, Any]


def event_table(events: list[Data], sight: Sight) -> RenderableType:
    """Events, one a row: when, what, about whom, by whom."""
    table = frames.rows("when", "event", "about", "by", "what")
    for event in events:
        table.add_row(
            sight.minute(event.get("occurredAt")),
            Text(str(event.get("eventType")), style=frames.ACCENT),
            str(frames.get(event, "aggregateId", "about", default="")),
            str(event.get("actor")),
            str(event.get("summary") or ""),
        )
    return table


def call_table(calls: list[Data], sight: Sight) -> RenderableType:
    """Calls to the outside, one a row."""
    table = frames.rows(
        "call", "what", "about", "state", "tries", "since", "trouble", right=("call", "tries")
    )
    for call in calls:
        table.add_row(
            str(call["id"]),
            Text(f"{call.get('gateway')}.{call.get('method')}", style=frames.ACCENT),
            str(call.get("about") or "–"),
            frames.state_text(call.get("state")),
            str(call.get("attempts")),
            sight.minute(call.get("requestedAt")),
            str(call.get("error") or ""),
        )
    return table


def delivery_table(deliveries: list[Data], sight: Sight) -> RenderableType:
    """Events on their way to handlers, one a row."""
    table = frames.rows(
        "delivery", "event", "to", "about", "state", "tries", "trouble", right=("delivery", "tries")
    )
    for delivery in deliveries:
        table.add_row(
            str(delivery["id"]),
            Text(str(delivery.get("event")), style=frames.ACCENT),
            str(delivery.get("handler")),
            str(delivery.get("lane")),
            frames.state_text(delivery.get("state")),
            str(delivery.get("attempts")),
            str(delivery.get("error") or ""),
        )
    return table
