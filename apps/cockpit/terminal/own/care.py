"""`bss check`, `bss sweep`, `bss seed`: looking after the system."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from django.apps import apps
from rich.table import Table
from rich.text import Text

from apps.cockpit.terminal.cards import frames
from apps.cockpit.terminal.how import Json, identity
from apps.cockpit.terminal.output import console, print_json, waiting
from apps.cockpit.terminal.own.population import Lines, Usage, imagined
from bss.core import invariants, sweeps
from bss.core.errors import NotFound
from bss.core.operations import run_internal
from bss.core.registry import Operation, registry
from bss.core.work import drain_everything

app = typer.Typer(add_completion=False)
ROWS_SHOWN = 5


@app.command()
def check(
    full: Annotated[
        bool, typer.Option("--full", help="Over everything, not only the latest.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check what must always hold; exits with 1 if it does not."""
    with waiting("Checking", quiet=as_json):
        verdicts = invariants.check(full=full)
    broken = [verdict for verdict in verdicts if not verdict.holds]
    if as_json:
        print_json([{**vars_of(verdict), "holds": verdict.holds} for verdict in verdicts])
    else:
        show_verdicts(verdicts)
    raise typer.Exit(1 if broken else 0)


def vars_of(verdict: invariants.Verdict) -> dict[str, Any]:
    """A verdict's fields."""
    return {"name": verdict.name, "sentence": verdict.sentence, "broken": verdict.broken}


def show_verdicts(verdicts: list[invariants.Verdict]) -> None:
    """A line for each invariant, and the rows that break it."""
    grid = Table.grid(padding=(0, 1))
    for verdict in verdicts:
        grid.add_row(*verdict_row(verdict))
    held = sum(verdict.holds for verdict in verdicts)
    console().print(grid, Text(f"{held} of {len(verdicts)} hold.", style="bold"))


def verdict_row(verdict: invariants.Verdict) -> tuple[Text, Text]:
    """The mark and the sentence; its name and some rows where it is broken."""
    if verdict.holds:
        return Text("✓", style=frames.GOOD), Text(verdict.sentence)
    rows = "".join(f"\n{row}" for row in verdict.broken[:ROWS_SHOWN])
    more = f" ({len(verdict.broken)} rows)"
    told = Text.assemble((verdict.sentence, "bold"), f"\n{verdict.name}{more}", (rows, frames.BAD))
    return Text("✗", style=frames.BAD), told


@app.command()
def sweep(
    name: Annotated[str, typer.Argument(help="Without a name: list them.")] = "",
    as_json: Json = False,
) -> None:
    """Run one of the periodic searches now."""
    known = sweeps.registry()
    if not name:
        list_sweeps(list(known.values()), as_json=as_json)
        return
    if name not in known:
        raise NotFound("sweep", name)
    with waiting(f"Sweeping {name}", quiet=as_json):
        count = sweeps.run_sweep(name)
        drain_everything()
    if as_json:
        print_json({"sweep": name, "count": count})
    else:
        console().print(f"{name}: {count} done.")


def list_sweeps(found: list[sweeps.Sweep], *, as_json: bool) -> None:
    """The sweeps and how often they run."""
    if as_json:
        print_json(
            [{"name": one.name, "operation": one.operation, "every": one.every} for one in found]
        )
        return
    table = frames.rows("sweep", "every", "runs", right=("every",))
    for one in found:
        table.add_row(Text(one.name, style=frames.ACCENT), f"{one.every:g} s", one.operation)
    console().print(table)


@app.command()
def seed(lines: Lines = 0, usage: Usage = 0, as_json: Json = False) -> None:
    """Put plans, numbers and eSIMs in place; safe to repeat. With --lines: a whole population."""
    results = {}
    with identity():
        for operation in seeds():
            with waiting(f"Seeding {operation.app}", quiet=as_json):
                results[operation.app] = run_internal(operation.name, {}).result
        drain_everything()
        if lines:
            results["population"] = imagined(lines, usage, quiet=as_json)
    if as_json:
        print_json(results)
        return
    for app_name, result in results.items():
        console().print(Text("✓ ", style=frames.GOOD) + Text(app_name) + told(result))


def told(result: Any) -> Text:
    """What a seed put in place."""
    facts = result.items() if isinstance(result, dict) else ()
    counts = [
        f"{count} {name.replace('_', ' ')}"
        for name, count in facts
        if count and isinstance(count, int)
    ]
    text = Text(f"  {', '.join(counts) or 'already there'}", style=frames.QUIET)
    for login in result.get("logins", ()) if isinstance(result, dict) else ():
        text.append(f"\n    sign in as {login}")
    return text


def seeds() -> list[Operation]:
    """The seed of each app, lower apps first."""
    order = [config.label for config in apps.get_app_configs()]
    found = [one for name, one in registry().items() if name.endswith(".seed") and one.internal]
    return sorted(found, key=lambda one: order.index(one.app) if one.app in order else len(order))
