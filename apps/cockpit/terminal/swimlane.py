"""A trace as lanes: who worked when, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from .cards import frames

Span = Mapping[str, Any]
SERVICE, TOOK, GAPS = 17, 10, 3
LEAST_LANE = 16
SIDES: tuple[JustifyMethod, ...] = ("left", "left", "right", "left")
COLOURS = (
    "cyan",
    "green",
    "magenta",
    "yellow",
    "blue",
    "bright_cyan",
    "bright_green",
    "bright_magenta",
)


@dataclass(frozen=True)
class Scale:
    """How moments of a trace become cells of a lane."""

    total: float
    cells: int

    def lane(self, start: float, took: float) -> tuple[str, str]:
        """The empty cells before a span, and its own."""
        first = min(self.cells - 1, int(start / self.total * self.cells)) if self.total else 0
        length = max(1, round(took / self.total * self.cells)) if self.total else 1
        length = min(length, self.cells - first)
        return " " * first, "━" * length


def swimlane(
    trace: Mapping[str, Any], width: int, service: str | None = None, sql: bool = False
) -> RenderableType:
    """A trace with one line for each span, in tree order."""
    spans = [span for span in trace["spans"] if sql or span.get("kind") != "sql"]
    rest = max(2 * LEAST_LANE, width - SERVICE - TOOK - GAPS)
    scale = Scale(float(trace["totalMs"]), rest // 2)
    colours = dict(zip(trace["services"], COLOURS * 9, strict=False))
    table = Table.grid(padding=(0, 1, 0, 0))
    for cells, side in zip((SERVICE, scale.cells, TOOK, rest - scale.cells), SIDES, strict=True):
        table.add_column(no_wrap=True, width=cells, overflow="ellipsis", justify=side)
    for depth, span in in_tree_order(spans):
        if service in (None, span["service"]):
            table.add_row(*lane(depth, span, scale, colours[span["service"]]))
    return Group(head(trace), Text(), table)


def head(trace: Mapping[str, Any]) -> Text:
    """The trace in one line."""
    errors = int(trace["errorSpanCount"])
    return Text.assemble(
        ("Trace ", frames.QUIET),
        (f"{trace['traceId'][:16]}…", "bold"),
        (f"  total {trace['totalMs']:,.0f} ms · {trace['spanCount']} spans · ", frames.QUIET),
        (f"{trace['serviceCount']} services · ", frames.QUIET),
        (f"{errors} error{'' if errors == 1 else 's'}", frames.BAD if errors else frames.QUIET),
    )


def lane(depth: int, span: Span, scale: Scale, colour: str) -> tuple[Text, Text, Text, Text]:
    """The cells of one span."""
    failed = bool(span.get("error"))
    style = frames.BAD if failed else colour
    before, own = scale.lane(float(span["startMs"]), float(span["durationMs"]))
    name = Text(str(span["name"]), style=frames.BAD if failed else "")
    if failed:
        name.append(f"  {span['error']}", style=frames.BAD)
    return (
        Text(" " * min(depth, 8) + str(span["service"]), style=style),
        Text(before + own, style=style),
        Text(f"{span['durationMs']:,.1f} ms", style=frames.QUIET),
        name,
    )


def in_tree_order(spans: list[Span]) -> Iterator[tuple[int, Span]]:
    """Each span after its parent, with its depth; a span without its parent stands at the root."""
    known = {span["spanId"] for span in spans}
    children: dict[str | None, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span["startMs"]):
        parent = span.get("parentId")
        children.setdefault(parent if parent in known else None, []).append(span)
    waiting = [(0, span) for span in reversed(children.get(None, []))]
    while waiting:
        depth, span = waiting.pop()
        yield depth, span
        waiting += [(depth + 1, child) for child in reversed(children.get(span["spanId"], []))]
