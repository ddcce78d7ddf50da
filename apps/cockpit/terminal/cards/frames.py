"""What all cards are made of: boxes, bars, badges, and values as people write them."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from apps.cockpit.queries.sight import Sight as Sight
from apps.cockpit.queries.sight import parsed as parsed
from apps.cockpit.rules.words import TONES
from apps.cockpit.rules.words import amount_of as amount_of
from apps.cockpit.rules.words import get as get
from apps.cockpit.rules.words import grouped as grouped
from apps.cockpit.rules.words import kind_name as kind_name
from apps.cockpit.rules.words import money as money
from apps.cockpit.rules.words import trimmed as trimmed

WIDTH = 80
BAR_CELLS = 26
EIGHTHS = " ▏▎▍▌▋▊▉"
GOOD, WARN, BAD, QUIET, ACCENT = "green", "yellow", "red", "dim", "cyan"
STATE_STYLES = {
    state: {"good": GOOD, "warn": WARN, "bad": BAD}[tone] for state, tone in TONES.items()
}


def badge(state: str | None) -> Text:
    """`● ACTIVE` in the colour of the state."""
    word = (state or "unknown").replace("_", " ").upper()
    hollow = state in ("terminated", "closed", "cancelled", "suspended", "voided", "expired")
    return Text(f"{'○' if hollow else '●'} {word}", style=STATE_STYLES.get(state or "", QUIET))


def state_text(state: str | None) -> Text:
    """A state inside a table."""
    return Text((state or "–").replace("_", " "), style=STATE_STYLES.get(state or "", QUIET))


def card(
    title: str,
    *parts: RenderableType,
    state: Text | None = None,
    double: bool = False,
    style: str = QUIET,
) -> Panel:
    """A framed card with its id and state in the frame."""
    head = Text.assemble((title, "bold not dim"))
    if state:
        head.append("  ").append_text(state)
    return Panel(
        Group(*parts),
        box=box.DOUBLE if double else box.ROUNDED,
        title=head,
        title_align="left",
        border_style=style,
        padding=(1, 2),
        width=WIDTH,
    )


def pairs(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Names and values in two columns."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=QUIET, no_wrap=True)
    grid.add_column()
    for name, value in rows:
        grid.add_row(name, value)
    return grid


def heading(words: str) -> Text:
    """The title of a section inside a card."""
    return Text(f"\n{words}", style=f"bold {ACCENT}")


def rows(*columns: str, right: Iterable[str] = (), expand: bool = False) -> Table:
    """An empty table with our look; columns named in `right` are aligned there."""
    table = Table(
        box=box.SIMPLE_HEAD, header_style=QUIET, pad_edge=False, expand=expand, show_edge=False
    )
    for place, column in enumerate(columns):
        on_right = column in right
        # Ids stand first; half an id is none.
        whole = on_right or place == 0
        side: JustifyMethod = "right" if on_right else "left"
        table.add_column(column, justify=side, no_wrap=whole, overflow="fold")
    return table


def bar(used: float, total: float, cells: int = BAR_CELLS) -> Text:
    """How much of an allowance is used, to an eighth of a cell."""
    share = min(max(used / total, 0.0), 1.0) if total > 0 else 1.0
    full = filled(share, 1, cells)
    return Text.assemble((full, level_style(share)), ("░" * (cells - len(full)), QUIET))


def filled(value: float, most: float, cells: int) -> str:
    """As many full cells as a value has of the most, to an eighth of a cell; none below zero."""
    share = min(max(value / most, 0.0), 1.0) if most > 0 else 0.0
    full, rest = divmod(round(share * cells * 8), 8)
    return "█" * full + (EIGHTHS[rest].strip() if rest else "")


def level_style(share: float) -> str:
    """Green, yellow from four fifths, red when used up."""
    return BAD if share >= 1 else WARN if share >= 0.8 else GOOD


def endless_bar(cells: int = BAR_CELLS) -> Text:
    """The bar of an allowance without an end."""
    return Text("╌" * cells, style=GOOD)
