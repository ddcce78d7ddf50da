"""`bss subscriber import`: customers and lines of the former books, from a file of any length."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from apps.cockpit.terminal.cards import frames
from apps.cockpit.terminal.how import As, DryRun, How, Json, identity
from apps.cockpit.terminal.output import bar, console, print_json
from apps.cockpit.terminal.own.parts import Doubles, Part, parts_of
from apps.cockpit.terminal.refusals import REFUSED
from bss.core.errors import PolicyViolation
from bss.core.operations import invoke
from bss.core.previews import preview

NAME = "subscriber.import_csv"
SHOWN, KEPT = 20, 1000
COUNTS = ("rows", "imported", "skipped", "refused")
COLUMNS = ("line", "column", "value", "error")
# In one file: what one line has, and what one customer has.
ONCE = ("line_reference", "msisdn", "iccid")
BELONGS = dict.fromkeys(("email", "document_number", "card_token"), "customer_reference")
app = typer.Typer(add_completion=False, help="Customers and lines of the former books.")
File = Annotated[Path, typer.Argument(help="A CSV file; docs/data.md tells its columns.")]
Errors = Annotated[
    Path | None, typer.Option("--errors", help="Write every row that was refused to this file.")
]


@dataclass
class Told:
    """What an import came to so far."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, answer: dict[str, Any], out: Any) -> None:
        """Count one part, and write down what was refused."""
        for name in COUNTS:
            self.counts[name] += answer[name]
        for fault in answer["errors"]:
            out.writerow([fault[name] for name in COLUMNS])
        self.errors += answer["errors"][: KEPT - len(self.errors)]


@app.command("import")
def import_file(
    file: File,
    errors: Errors = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    acting_as: As = None,
) -> None:
    """Take over customers with lines, balances and card tokens from a CSV file.

    Each row enters whole or is told with its line, its column and what helps. When it was
    interrupted, or rows were corrected, run it again: nothing enters twice.
    """
    how = How(as_json=as_json, acting_as=acting_as, dry_run=dry_run)
    told = Told()
    with identity(acting_as), bar(quiet=as_json, counted="{task.fields[rows]:,} rows") as far:
        words = "Trying" if dry_run else "Taking over"
        task = far.add_task(words, total=max(size_of(file), 1), rows=0)
        doubles = Doubles(ONCE, BELONGS) if dry_run else None
        with faults_to(errors) as out:
            for part in parts_of(file):
                told.add(answer_of(part, doubles), out)
                far.update(task, advance=part.size, rows=told.counts["rows"])
    show(told, how)
    raise typer.Exit(REFUSED if told.counts["refused"] else 0)


def size_of(file: Path) -> int:
    """The length of a file, nothing when there is none."""
    return file.stat().st_size if file.is_file() else 0


def answer_of(part: Part, doubles: Doubles | None) -> dict[str, Any]:
    """What became of a part, or of a trial of it."""
    args = {"text": part.text, "above": part.above}
    if doubles is None:
        done: dict[str, Any] = invoke(NAME, args, wait=0.0).result
        return done
    seen = preview(NAME, args)
    if seen.refusal:
        raise PolicyViolation(seen.refusal.reason, seen.refusal.message, seen.refusal.context)
    known = {fault["line"] for fault in seen.answer["errors"]}
    twice = {one["line"]: one for one in doubles.faults(part) if one["line"] not in known}
    errors = sorted([*seen.answer["errors"], *twice.values()], key=lambda one: one["line"])
    counts = {
        "imported": seen.answer["imported"] - len(twice),
        "refused": seen.answer["refused"] + len(twice),
    }
    return {**seen.answer, **counts, "errors": errors}


@contextmanager
def faults_to(path: Path | None) -> Iterator[Any]:
    """Where refused rows are written, nowhere when nobody named a file."""
    with (path.open if path else Path("/dev/null").open)("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        yield writer


def show(told: Told, how: How) -> None:
    """Say what an import came to."""
    if how.as_json:
        print_json({**told.counts, "dry_run": how.dry_run, "errors": told.errors})
        return
    refused = told.counts["refused"]
    if told.errors:
        table = frames.rows("line", "column", "why, and what helps", right=("line",))
        for fault in told.errors[:SHOWN]:
            table.add_row(
                str(fault["line"]), Text(fault["column"], style=frames.ACCENT), fault["error"]
            )
        console().print(table)
    if refused > SHOWN:
        console().print(
            Text(f"… and {refused - SHOWN} more; --errors FILE writes all.", frames.QUIET)
        )
    console().print(Text(summary(told.counts, dry_run=how.dry_run), style="bold"))


def summary(counts: dict[str, int], *, dry_run: bool) -> str:
    """One sentence about what an import came to."""
    verb = "would be taken over" if dry_run else "taken over"
    return (
        f"{counts['rows']} rows: {counts['imported']} {verb}, {counts['skipped']} there already, "
        f"{counts['refused']} refused."
    )
