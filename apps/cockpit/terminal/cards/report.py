"""Any report as a table and a chart of bars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from . import frames
from .frames import Sight

Data = Mapping[str, Any]
CELLS = 32
# A year of days is no table for a terminal; the rest is in --csv.
MOST_BARS = 62


def report_table(report: Data, sight: Sight) -> RenderableType:
    """The rows, what they add up to, and a bar for each."""
    columns = report["columns"]
    right = [column["title"] for column in columns if column["kind"] not in ("text", "date")]
    table = frames.rows(*(column["title"] for column in columns), right=right)
    for column in table.columns:
        column.header = Text(str(column.header), overflow="fold")
        column.no_wrap = False
    for row in report["rows"]:
        table.add_row(*(cell(column, row[column["name"]]) for column in columns))
    if report["totals"]:
        table.add_section()
        table.add_row(*totals(report), style="bold")
    money = any(column["kind"] == "money" for column in columns)
    currency = f"  {report['currency']}" if money else ""
    title = Text.assemble((report["title"], "bold"), (currency, frames.QUIET))
    return Group(title, Text(), table, *charts(report))


def cell(column: Data, value: Any) -> Text:
    """A value as people read it."""
    return Text("–", style=frames.QUIET) if value is None else Text(spoken(column["kind"], value))


def spoken(kind: str, value: Any) -> str:
    """A value of a kind in words."""
    if kind == "money":
        return frames.money(value)
    if kind == "count":
        return f"{value:,}"
    if kind == "percent":
        return f"{value:.1f} %"
    return day(value) if kind == "date" else str(value)


def day(value: str) -> str:
    """`2 Mar 2026`"""
    found = date.fromisoformat(value)
    return f"{found.day} {found:%b %Y}"


def totals(report: Data) -> list[Text]:
    """The last row: what the columns add up to."""
    found = [
        cell(column, report["totals"][column["name"]])
        if column["name"] in report["totals"]
        else Text()
        for column in report["columns"]
    ]
    return [Text("All"), *found[1:]]


def charts(report: Data) -> list[RenderableType]:
    """A chart for each series that has something to show."""
    by_name = {column["name"]: column for column in report["columns"]}
    label = by_name[report["chart"]["label"]]
    made: list[RenderableType] = []
    for name in report["chart"]["series"]:
        values = [(row[label["name"]], row[name]) for row in report["rows"]]
        if any(float(value or 0) for _, value in values):
            made += [frames.heading(by_name[name]["title"]), chart(label, by_name[name], values)]
    return made


def chart(label: Data, series: Data, values: list[tuple[Any, Any]]) -> RenderableType:
    """Bars from zero; the longest is the largest value."""
    most = max(float(value or 0) for _, value in values)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=frames.QUIET, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    for name, value in values[-MOST_BARS:]:
        filled = frames.filled(float(value or 0), most, CELLS)
        grid.add_row(
            cell(label, name), Text(filled.ljust(CELLS), style=frames.ACCENT), cell(series, value)
        )
    return grid
