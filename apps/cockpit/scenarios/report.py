"""What a run looks like in a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from apps.cockpit.rules.safety import SafeConsole

from .grammar import InvalidScenario, Scenario
from .runner import Report, StepReport

STYLES = {"passed": "green", "failed": "bold red", "skipped": "dim"}
MARKS = {"passed": "✓", "failed": "✗", "skipped": "·"}


def one_report(report: Report) -> RenderableType:
    """Verdict, steps, and a panel for whatever failed."""
    return Group(Text(), verdict(report), step_table(report), *failure_panels(report))


def verdict(report: Report) -> Text:
    """PASS or FAIL with the name and the time."""
    word, style = ("PASS", "bold green") if report.passed else ("FAIL", "bold red")
    done = sum(step.status == "passed" for step in report.steps)
    return Text.assemble(
        (word, style),
        ("  " + report.name, "bold"),
        (f"  {done} of {len(report.steps)} steps · {report.seconds:.1f} s", "dim"),
    )


def step_table(report: Report) -> Table:
    """One row for each step."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    table.add_column("#", justify="right", style="dim", no_wrap=True)
    table.add_column("kind", style="cyan", no_wrap=True)
    table.add_column("step")
    table.add_column("ms", justify="right", style="dim", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("detail", max_width=30, no_wrap=True, overflow="ellipsis", style="dim")
    for step in report.steps:
        table.add_row(*step_row(step))
    return table


def step_row(step: StepReport) -> tuple[str | Text, ...]:
    """The cells of a step."""
    status = Text(f"{MARKS[step.status]} {step.status}", style=STYLES[step.status])
    took = f"{step.ms:,}" if step.status != "skipped" else ""
    return str(step.number), step.kind, step.name, took, status, step.detail


def failure_panels(report: Report) -> Iterable[Panel]:
    """The whole reason of everything that failed."""
    if report.error:
        yield red_panel("set-up or teardown", report.error)
    for step in report.failed_steps():
        yield red_panel(f"step {step.number} · {step.name}", step.detail)


def red_panel(title: str, text: str) -> Panel:
    """A framed reason."""
    body = Text(text)
    return Panel(body, title=Text(title), title_align="left", border_style="red", padding=(0, 1))


def summary(reports: list[Report]) -> RenderableType:
    """All runs in one table, failures spelled out below it."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("scenario", style="bold")
    table.add_column("steps", justify="right")
    table.add_column("seconds", justify="right")
    for report in reports:
        mark = "passed" if report.passed else "failed"
        done = sum(step.status == "passed" for step in report.steps)
        table.add_row(
            Text(MARKS[mark], style=STYLES[mark]),
            report.name,
            f"{done}/{len(report.steps)}",
            f"{report.seconds:.1f}",
        )
    panels = [
        Group(Text(report.name, style="bold red"), *failure_panels(report))
        for report in reports
        if not report.passed
    ]
    return Group(table, total_line(reports), *panels)


def total_line(reports: list[Report]) -> Text:
    """How many passed, and in what time."""
    passed = sum(report.passed for report in reports)
    seconds = sum(report.seconds for report in reports)
    style = "bold green" if passed == len(reports) else "bold red"
    return Text(f"{passed} of {len(reports)} scenarios passed in {seconds:.1f} s\n", style=style)


def listing(files: Iterable[tuple[Path, Scenario | InvalidScenario]]) -> Table:
    """The scenario files of a folder."""
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False, expand=True)
    table.add_column("file", style="cyan", no_wrap=True, min_width=24)
    table.add_column("what it tells", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("tags", style="dim", no_wrap=True)
    table.add_column("steps", justify="right")
    for path, found in files:
        if isinstance(found, InvalidScenario):
            table.add_row(path.name, Text(found.reason, style="red"), "", "")
        else:
            tags = ", ".join(found.tags)
            told = first_sentence(found)
            table.add_row(path.name, told, tags, str(len(found.steps)))
    return table


def first_sentence(scenario: Scenario) -> str:
    """The start of the description, or the name."""
    told = " ".join(scenario.description.split())
    return told.partition(". ")[0].rstrip(".") or scenario.name


def console(*, stderr: bool = False) -> Console:
    """A console of the terminal's own width."""
    return SafeConsole(stderr=stderr)
