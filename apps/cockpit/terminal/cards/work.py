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
    table = frames.rows("when", "about", "by", "what")
    for event in events:
        table.add_row(
            sight.minute(event.get("occurredAt")),
            str(frames.get(event, "aggregateId", "about", default="")),
            str(event.get("actor")),
            above(event.get("eventType"), event.get("summary")),
        )
    return table


def above(name: Any, more: Any) -> Text:
    """A name, and below it what belongs to it; side by side neither would have room."""
    text = Text(str(name), style=frames.ACCENT)
    return text.append(f"\n{more}", style="default") if more else text


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


def fault_table(faults: list[Data], sight: Sight) -> RenderableType:
    """Faults of the simulated network, one a row."""
    table = frames.rows("task", "fault", "chance", "state", right=("chance",))
    for fault in faults:
        table.add_row(
            Text(str(fault.get("taskType")), style=frames.ACCENT),
            str(fault.get("faultType")).replace("_", " "),
            f"{float(fault.get('probability') or 0):.0%}",
            Text("on", style=frames.BAD) if fault.get("enabled") else Text("off", frames.QUIET),
        )
    return table


def delivery_table(deliveries: list[Data], sight: Sight) -> RenderableType:
    """Events on their way to handlers, one a row."""
    table = frames.rows(
        "delivery", "event", "to", "state", "tries", "trouble", right=("delivery", "tries")
    )
    for delivery in deliveries:
        table.add_row(
            str(delivery["id"]),
            above(delivery.get("event"), delivery.get("lane")),
            str(delivery.get("handler")),
            frames.state_text(delivery.get("state")),
            str(delivery.get("attempts")),
            str(delivery.get("error") or ""),
        )
    return table
