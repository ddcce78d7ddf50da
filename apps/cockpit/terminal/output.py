"""Where words go: cards to people, JSON to programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console

from apps.cockpit.rules.safety import SafeConsole, escaped, harmless

if TYPE_CHECKING:
    from rich.progress import Progress


def console() -> Console:
    """Standard output, as wide as the terminal."""
    return SafeConsole()


@cache
def error_console() -> Console:
    """Standard error."""
    return SafeConsole(stderr=True)


def print_json(value: Any) -> None:
    """JSON on standard output; what JSON itself leaves unescaped is escaped too."""
    text = json.dumps(value, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
    sys.stdout.write(escaped(text) + "\n")


def print_csv(report: Mapping[str, Any]) -> None:
    """A report's rows on standard output, a column's name above each."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    names = [column["name"] for column in report["columns"]]
    texts = {column["name"] for column in report["columns"] if column["kind"] == "text"}
    writer.writerow(names)
    for row in report["rows"]:
        writer.writerow(harmless(row[name]) if name in texts else row[name] for name in names)


@contextmanager
def waiting(words: str, *, quiet: bool = False) -> Iterator[None]:
    """A moving bar for as long as the block takes, where somebody is looking."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    err = error_console()
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(
        *columns, console=err, transient=True, disable=quiet or not err.is_terminal
    ) as bar:
        bar.add_task(words, total=None)
        yield


def bar(*, quiet: bool, counted: str = "{task.completed:,} of {task.total:,}") -> Progress:
    """A bar that tells how far something is, where somebody is looking."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    what, far = TextColumn("{task.description}"), TextColumn(counted)
    columns = (what, BarColumn(bar_width=24), TaskProgressColumn(), far, TimeElapsedColumn())
    err = error_console()
    return Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal)
