"""From the words on the command line to an exit code."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DatabaseError
from pydantic import ValidationError

from bss.core.errors import BssError
from bss.core.registry import registry

from . import refusals
from .tree import tree

OWN = "apps.cockpit.terminal.own"
Hung = tuple[tuple[str, str], ...]
# Path of words, and the module with a Typer app for what hangs there.
BY_HAND: Hung = (
    ("", f"{OWN}.lists"),
    ("", f"{OWN}.call"),
    ("", f"{OWN}.care"),
    ("", f"{OWN}.completion"),
    ("trace", f"{OWN}.trace"),
)


def run(arguments: Sequence[str], more: Hung = ()) -> int:
    """Run one command and answer its exit code; `more` hangs further apps into the tree."""
    command = tree(registry(), (*BY_HAND, *more))
    try:
        command.main(args=list(arguments) or ["--help"], prog_name="bss")
    except SystemExit as ended:
        return int(ended.code or 0)
    except (BssError, ValidationError, DatabaseError) as error:
        code = refusals.show(error, as_json="--json" in arguments)
        if code is None:
            raise
        return code
    return 0
