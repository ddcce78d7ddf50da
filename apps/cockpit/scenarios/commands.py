"""`bss scenario …`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings

from .actions import call
from .grammar import InvalidScenario, Scenario, read
from .report import console, listing, one_report, summary
from .runner import Report, StepReport, play
from .runner import as_json as json_of

app = typer.Typer(
    name="scenario",
    help="Play and check the stories in scenarios/*.yaml.",
    no_args_is_help=True,
    add_completion=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Folder = Annotated[Path | None, typer.Argument(help="A folder of scenario files.")]
NoLlm = Annotated[bool, typer.Option("--no-llm", help="Let steps that ask the agent fail.")]
ViaLlm = Annotated[bool, typer.Option("--via-llm", help="Ask the agent where a step asks.")]


def files_in(folder: Path | None) -> list[Path]:
    """The scenario files of a folder, in alphabetical order."""
    where = folder or Path(settings.BASE_DIR) / "scenarios"
    return sorted([*where.glob("*.yaml"), *where.glob("*.yml")])


def read_or_fault(path: Path) -> Scenario | InvalidScenario:
    """The scenario of a file, or what is wrong with it."""
    try:
        return read(path)
    except InvalidScenario as fault:
        return fault


def print_json(value: Any) -> None:
    """JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, default=str))


@app.command()
def validate(
    paths: Annotated[list[Path], typer.Argument(help="Files.")], as_json: Json = False
) -> None:
    """Check that files are scenarios."""
    found = [(path, read_or_fault(path)) for path in paths]
    faults = {str(path): str(fault) for path, fault in found if isinstance(fault, InvalidScenario)}
    if as_json:
        print_json([{"file": str(path), "error": faults.get(str(path))} for path in paths])
    else:
        for path, _ in found:
            fault = faults.get(str(path))
            typer.secho(fault or f"{path}: valid", fg="red" if fault else "green")
    raise typer.Exit(1 if faults else 0)


@app.command("list")
def list_files(folder: Folder = None, as_json: Json = False) -> None:
    """List the scenario files of a folder."""
    found = [(path, read_or_fault(path)) for path in files_in(folder)]
    if as_json:
        print_json([described(path, scenario) for path, scenario in found])
    else:
        console().print(listing(found))


def described(path: Path, found: Scenario | InvalidScenario) -> dict[str, Any]:
    """A file's row for programs."""
    if isinstance(found, InvalidScenario):
        return {"file": str(path), "error": str(found)}
    return {
        "file": str(path),
        "name": found.name,
        "tags": found.tags,
        "steps": len(found.steps),
    }


@app.command()
def run(
    path: Annotated[Path, typer.Argument(help="A scenario file.")],
    as_json: Json = False,
    no_llm: NoLlm = False,
    via_llm: ViaLlm = False,
) -> None:
    """Play one scenario."""
    scenario = read_or_fault(path)
    if isinstance(scenario, InvalidScenario):
        typer.secho(str(scenario), fg="red", err=True)
        raise typer.Exit(2)
    report = watched(scenario, quiet=as_json, may_ask=not no_llm)
    if as_json:
        print_json(json_of(report))
    else:
        console().print(one_report(report))
    raise typer.Exit(0 if report.passed else 1)


@app.command("run-all")
def run_all(
    folder: Folder = None,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    as_json: Json = False,
    no_llm: NoLlm = False,
    via_llm: ViaLlm = False,
) -> None:
    """Play every scenario of a folder, in order of their names; most first empty the sandbox."""
    chosen = [
        scenario
        for scenario in (valid(path) for path in files_in(folder))
        if tag is None or tag in scenario.tags
    ]
    reports = [watched(scenario, quiet=as_json, may_ask=not no_llm) for scenario in chosen]
    if as_json:
        print_json([json_of(report) for report in reports])
    else:
        console().print(summary(reports))
    raise typer.Exit(0 if all(report.passed for report in reports) else 1)


def valid(path: Path) -> Scenario:
    """The scenario of a file; an invalid one ends the command."""
    found = read_or_fault(path)
    if isinstance(found, InvalidScenario):
        typer.secho(str(found), fg="red", err=True)
        raise typer.Exit(2)
    return found


def watched(scenario: Scenario, *, quiet: bool, may_ask: bool) -> Report:
    """Play with a progress bar on standard error, which vanishes when it is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    err = console(stderr=True)
    with Progress(
        *columns, console=err, transient=True, disable=quiet or not err.is_terminal
    ) as bar:
        task = bar.add_task(scenario.name, total=len(scenario.steps))

        def tell(report: StepReport) -> None:
            bar.advance(task)

        return play(scenario, call, may_ask=may_ask, tell=tell)
