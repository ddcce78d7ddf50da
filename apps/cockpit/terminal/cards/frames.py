"""What all cards are made of: boxes, bars, badges, and values as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

WIDTH = 80
BAR_CELLS = 26
EIGHTHS = " ▏▎▍▌▋▊▉"
GOOD, WARN, BAD, QUIET, ACCENT = "green", "yellow", "red", "dim", "cyan"
STATE_STYLES = {
    **dict.fromkeys(
        ("active", "completed", "captured", "verified", "available", "done", "activated",
         "succeeded", "resolved", "approved", "refunded", "enabled", "installed"),
        GOOD,
    ),
    **dict.fromkeys(
        ("pending", "in_progress", "acknowledged", "reserved", "prepared", "authorised", "held",
         "requested", "open", "assigned", "downloaded", "quarantined", "answered", "not_verified"),
        WARN,
    ),
    **dict.fromkeys(
        ("blocked", "failed", "declined", "stuck", "unknown", "parked", "rejected", "suspended"),
        BAD,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """From where somebody looks: the moment and the zone."""

    now: datetime
    zone: ZoneInfo
    currency: str = "SGD"

    @classmethod
    def here(cls) -> Sight:
        """Business time, and the operator's own zone."""
        from bss.core import clock
        from bss.core.models import OperatorProfile

        profile = OperatorProfile.load()
        return cls(clock.now(), ZoneInfo(profile.zone), profile.currency)

    def day(self, moment: str | None) -> str:
        """`2 Mar 2026`"""
        local = self.local(moment)
        return f"{local.day} {local:%b %Y}" if local else "–"

    def minute(self, moment: str | None) -> str:
        """`2 Mar 12:05`, with the year when it is not this one."""
        local = self.local(moment)
        if local is None:
            return "–"
        this_year = local.year == self.now.astimezone(self.zone).year
        return f"{local.day} {local:%b %H:%M}" if this_year else f"{local.day} {local:%b %Y %H:%M}"

    def local(self, moment: str | None) -> datetime | None:
        """A stored moment in the operator's zone."""
        return parsed(moment).astimezone(self.zone) if moment else None

    def days_until(self, moment: str) -> int:
        """Whole calendar days from today to a moment."""
        local = parsed(moment).astimezone(self.zone)
        return (local.date() - self.now.astimezone(self.zone).date()).days


def parsed(moment: str) -> datetime:
    """A moment as stored; without an offset it is UTC."""
    found = datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


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


def grouped(number: str | None) -> str:
    """`9000 0005`: digits in fours, from the left."""
    text = number or "–"
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def money(amount: Any, currency: str | None = None) -> str:
    """`SGD 25.00`"""
    if amount is None:
        return "–"
    return f"{currency} {float(amount):,.2f}" if currency else f"{float(amount):,.2f}"


def amount_of(kind: str, quantity: float, unit: str | None = None) -> str:
    """`30 GB`, `500 MB`, `100 min`, `100 SMS`, or `unlimited`."""
    if quantity == -1:
        return "unlimited"
    if kind.startswith("data"):
        return f"{trimmed(quantity / 1024)} GB" if quantity >= 1024 else f"{trimmed(quantity)} MB"
    return f"{trimmed(quantity)} {'min' if kind.startswith('voice') else 'SMS'}"


def trimmed(number: float) -> str:
    """At most one decimal, and none where it would be zero."""
    return f"{number:,.1f}".removesuffix(".0")


KINDS = {"data": "Data", "voice": "Voice", "voice_minutes": "Voice", "sms": "SMS",
         "data_roaming": "Roaming"}  # fmt: skip


def kind_name(kind: str) -> str:
    """An allowance as people say it."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def get(data: Mapping[str, Any] | None, *names: str, default: Any = None) -> Any:
    """The first of these keys that holds something."""
    found = (data[name] for name in names if data and data.get(name) is not None)
    return next(found, default)
