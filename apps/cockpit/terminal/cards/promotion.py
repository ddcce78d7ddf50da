"""What makes plans cheaper, and how often it was used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from . import frames
from .frames import Sight
from .work import above

Data = Mapping[str, Any]


def promotion_table(promotions: list[Data], sight: Sight) -> RenderableType:
    """Promotions, one a row: what they take off, for whom, how often they were used."""
    table = frames.rows("promotion", "what", "for", "used", "until", "state", right=("used",))
    for one in promotions:
        table.add_row(
            Text(str(one["id"]), style=frames.ACCENT),
            above(discount(one), f"{one.get('code')}"),
            audience(one),
            used(one),
            sight.day(one.get("validTo")),
            frames.state_text(one.get("state")),
        )
    return table


def discount(one: Data) -> str:
    """`20 % off, 3 periods`"""
    value = str(one.get("discountValue"))
    percent = one.get("discountType") == "percent"
    off = f"{value.removesuffix('.00')} %" if percent else f"{one.get('currency')} {value}"
    return f"{off} off, {periods(one.get('durationKind'), one.get('periodsTotal'))}"


def periods(kind: Any, total: Any) -> str:
    """How long it lasts."""
    return {"single": "once", "perpetual": "always"}.get(str(kind), f"{total} periods")


def audience(one: Data) -> str:
    """Who may use it, on which plans."""
    plans = one.get("applicableOfferingIds")
    who = "chosen customers" if one.get("audience") == "targeted" else "everybody"
    return f"{who}, {', '.join(plans)}" if plans else who


def used(one: Data) -> str:
    """`3 of 10`, or `3` where nothing ends it."""
    most = one.get("maxUses")
    return f"{one.get('uses', 0)} of {most}" if most else str(one.get("uses", 0))
