"""`bss seed --lines`: six months of imagined customers, to see the system with many of them."""

from __future__ import annotations

from typing import Annotated

import typer

from apps.cockpit.terminal.output import bar
from bss.core.errors import Rule
from bss.core.models import OperatorProfile

NOT_HERE = Rule(
    "terminal.seed.sandbox_required", "Imagined customers are added to a sandbox database only."
)
Lines = Annotated[
    int, typer.Option(min=0, help="Add so many lines, with six months behind them, to a sandbox.")
]
Usage = Annotated[int, typer.Option(min=0, help="How many events of usage those lines have.")]


def imagined(lines: int, usage: int, *, quiet: bool) -> dict[str, int]:
    """Bring the population in, showing how far that is; answers the new rows by table."""
    if not OperatorProfile.load().sandbox:
        raise NOT_HERE()
    from bench.population import populate

    with bar(quiet=quiet) as progress:
        task = progress.add_task("Imagining", total=1)

        def show(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=max(total, 1))

        return populate(lines=lines, usage=usage, progress=show)
