"""The card of a preview: what would change, what it would cost, who would be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from apps.cockpit.queries.slots import sentence
from bss.core.money import money_text
from bss.core.previews import Preview
from bss.core.registry import Operation

from .cards import frames

STYLE = {"charge": frames.WARN, "destructive": frames.BAD}
KINDS = ("created", "changed", "deleted")


def preview_card(operation: Operation, seen: Preview) -> RenderableType:
    """What an operation would do, or why it would be refused."""
    if seen.refusal:
        return frames.card(
            operation.name, *refusal(seen), state=Text("✗ WOULD BE REFUSED", "red"), style="red"
        )
    parts = consequences(seen.shown())
    style = STYLE.get(operation.effect, frames.QUIET)
    return frames.card(
        operation.name,
        Text(sentence(operation), style="bold"),
        Text(),
        *parts,
        *([Text()] if parts else []),
        last_line(seen),
        state=Text("PREVIEW", style=style),
        style=style,
    )


def consequences(shown: Mapping[str, Any]) -> list[RenderableType]:
    """What would be charged, told, written and said, part by part."""
    return [
        *money(shown["money"]),
        *told(shown["recipients"]),
        *changes(shown["changes"]),
        *story(shown),
    ]


def refusal(seen: Preview) -> Iterator[RenderableType]:
    """The rule and its sentence."""
    assert seen.refusal
    yield Text(seen.refusal.code, style="bold red")
    yield Text(seen.refusal.message)


def money(amounts: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """What would be charged or given back, and to which card."""
    for one in amounts:
        rest = ", ".join(
            str(value) for key, value in one.items() if key not in ("amount", "refund", "currency")
        )
        amount = money_text(int(one.get("amount", one.get("refund", 0))))
        text = f"{one.get('currency', '')} {amount}".strip()
        yield Text.assemble(("Money   ", frames.QUIET), (text, "bold yellow"), f"  {rest}")


def told(recipients: Iterable[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """Who would get which letter."""
    for one in recipients:
        rest = ", ".join(str(value) for key, value in one.items() if key != "recipient")
        yield Text.assemble(
            ("Letter  ", frames.QUIET), str(one["recipient"]), (f"  {rest}", frames.QUIET)
        )


def changes(rows: Mapping[str, Mapping[str, int]]) -> Iterator[RenderableType]:
    """How many rows of what."""
    for noun, counts in rows.items():
        words = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts.get(kind))
        yield Text.assemble(("Rows    ", frames.QUIET), f"{noun}  ", (words, frames.QUIET))


def story(shown: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What would be written down about it, and what would go wrong on the way."""
    if shown["summaries"]:
        yield frames.heading("What would happen")
        yield from (Text(f"· {summary}") for summary in dict.fromkeys(shown["summaries"]))
    yield from (Text(f"⚠ {warning}", style=frames.WARN) for warning in shown["warnings"])


def last_line(seen: Preview) -> Text:
    """Whether there is a way back."""
    if seen.undoable:
        return Text("Nothing was changed.", style=frames.QUIET)
    return Text("It cannot be taken back. Nothing was changed yet.", style=frames.BAD)
