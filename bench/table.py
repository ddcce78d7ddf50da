"""The one table that a run prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .figures import Figure, shown

MARKS = {True: Text("✓", style="green"), False: Text("✗", style="bold red")}


def draw(console: Console, machine: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Machine, commit, and every figure beside its bound and its baseline."""
    console.print(headline(machine))
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("figure", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("must be", justify="right", no_wrap=True)
    table.add_column("beside", overflow="fold", style="dim")
    for one in figures:
        mark = MARKS[one.holds] if one.bounded else Text(" ")
        value = f"{shown(one.value)} {one.unit}" if one.measured else "?"
        table.add_row(mark, one.name, value, one.bound, one.beside)
    console.print(table)
    bounded = [one for one in figures if one.bounded]
    holding = sum(one.holds for one in bounded)
    console.print(f"{holding} of {len(bounded)} hold.", style="bold")


def headline(machine: dict[str, Any]) -> str:
    """What it was measured on."""
    load = " → ".join(str(load) for load in machine["load"])
    return (
        f"{machine['commit']} on {machine['cpu']}, {machine['cores']} cores,"
        f" {machine['memory_gb']} GB, {machine['system']}, Python {machine['python']};"
        f" load average {load}"
    )
