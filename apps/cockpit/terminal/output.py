"""Where words go: cards to people, JSON to programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from rich.console import Console

from apps.cockpit.rules.safety import SafeConsole, escaped


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
