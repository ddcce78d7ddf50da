"""Whatever has no card of its own: lists as tables, objects as names and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from . import frames
from .frames import Sight

Data = Mapping[str, Any]
MOST_COLUMNS = 8
LEFT_OUT = {"href", "@type", "atType", "schemaVersion", "publishedToMq"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def any_table(items: list[Any], sight: Sight) -> RenderableType:
    """A list, one row for each element; nested values only where there is room."""
    if not items:
        return Text("none", style=frames.QUIET)
    if not all(isinstance(item, Mapping) for item in items):
        return Text("\n".join(str(item) for item in items))
    columns = columns_of(items)
    numbers = [name for name in columns if all(is_number(item.get(name)) for item in items)]
    table = frames.rows(*map(words, columns), right=[words(name) for name in numbers])
    for item in items:
        table.add_row(*(cell(name, item.get(name), sight) for name in columns))
    return table


def columns_of(items: list[Data]) -> list[str]:
    """The keys worth a column: plain values that some element has, the id first."""
    seen: dict[str, None] = {}
    for item in items:
        seen |= {
            key: None for key, value in item.items() if is_plain(value) and value not in (None, "")
        }
    names = [name for name in seen if name not in LEFT_OUT]
    return sorted(names, key=lambda name: name != "id")[:MOST_COLUMNS]


def is_plain(value: Any) -> bool:
    """True for what fits into a cell."""
    return not isinstance(value, (Mapping, list)) or (
        isinstance(value, list) and all(isinstance(item, str) for item in value)
    )


def is_number(value: Any) -> bool:
    """True for numbers, which stand on the right."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def words(name: str) -> str:
    """`customer id` of `customerId` and `customer_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.lstrip("@_")).replace("_", " ").lower()


def cell(name: str, value: Any, sight: Sight) -> Text:
    """A value as people read it."""
    if value is None or value == "":
        return Text("–", style=frames.QUIET)
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, str) and MOMENT.match(value):
        return Text(sight.minute(value)) if is_moment(value) else Text(value)
    if name in ("state", "status", "kycStatus", "kyc_status", "profile_state"):
        return frames.state_text(str(value))
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return Text(text, style=frames.ACCENT if name == "id" else "")


def is_moment(text: str) -> bool:
    """True when it reads as a moment."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def any_card(thing: Data, sight: Sight, title: str = "") -> RenderableType:
    """An object; what is nested follows below its plain values."""
    public_id = str(thing.get("id") or "")
    plain = [
        (words(key), cell(key, value, sight)) for key, value in shown(thing) if is_plain(value)
    ]
    parts: list[RenderableType] = [frames.pairs(plain)]
    for key, value in shown(thing):
        if not is_plain(value) and value:
            parts += [frames.heading(words(key)), nested(value, sight)]
    state = frames.get(thing, "state", "status")
    badge = frames.badge(state) if isinstance(state, str) and public_id else None
    return frames.card(public_id or title, *parts, state=badge)


def shown(thing: Data) -> list[tuple[str, Any]]:
    """What of an object is for people."""
    hidden = LEFT_OUT | ({"id", "state", "status"} if thing.get("id") else set())
    return [(key, value) for key, value in thing.items() if key not in hidden]


def nested(value: Any, sight: Sight) -> RenderableType:
    """A list or an object inside another."""
    if isinstance(value, list):
        return any_table(value, sight)
    return frames.pairs(
        (words(key), cell(key, inner, sight)) for key, inner in value.items() if is_plain(inner)
    )
