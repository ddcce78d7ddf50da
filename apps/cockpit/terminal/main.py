"""From the words on the command line to an exit code."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence

import typer
from django.db import DatabaseError
from pydantic import ValidationError

from bss.core.errors import BssError
from bss.core.registry import registry

from . import refusals
from .parameters import respelt
from .tree import tree

COMPLETING = "_BSS_COMPLETE"
OWN = "apps.cockpit.terminal.own"
Hung = tuple[tuple[str, str], ...]
# Path of words, and the module with a Typer app for what hangs there.
BY_HAND: Hung = (
    ("", f"{OWN}.lists"),
    ("", f"{OWN}.call"),
    ("", f"{OWN}.care"),
    ("", f"{OWN}.completion"),
    ("", f"{OWN}.demo"),
    ("", f"{OWN}.explain"),
    ("", f"{OWN}.outside"),
    ("credit-note", f"{OWN}.papers"),
    ("proposals", f"{OWN}.proposals"),
    ("receipt", f"{OWN}.papers"),
    ("", f"{OWN}.demo_rows"),
    ("admin", f"{OWN}.demo_rows"),
    ("customer", f"{OWN}.customers"),
    ("installation", f"{OWN}.installation"),
    ("subscriber", f"{OWN}.subscribers"),
    ("trace", f"{OWN}.trace"),
)


def run(arguments: Sequence[str], more: Hung = ()) -> int:
    """Run one command and answer its exit code; `more` hangs further apps into the tree."""
    command = tree(registry(), (*BY_HAND, *more))
    # A database that does not answer is told in one sentence, not by every attempt of the pool.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    if COMPLETING in os.environ:
        # Asking for these options is what makes Typer know the shells.
        typer.main.get_install_completion_arguments()
    try:
        command.main(args=list(respelt(arguments)) or ["--help"], prog_name="bss")
    except SystemExit as ended:
        return int(ended.code or 0)
    except (BssError, ValidationError, DatabaseError) as error:
        code = refusals.show(error, as_json="--json" in arguments)
        if code is None:
            raise
        return code
    return 0
