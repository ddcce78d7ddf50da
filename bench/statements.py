"""Counting what is sent to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# A worker that looks for work and finds none sends these; they are not the operation's.
LOOKING = ("WITH RECURSIVE lane", "WITH pick AS")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block, without looks for work and the reading of the clock."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if counts(sql, context["cursor"].rowcount):
            sent.append(sql)
        return answer

    with connection.execute_wrapper(note):
        yield sent


def counts(sql: str, rows: int) -> bool:
    """Whether a statement is the operation's own; a look that found work is."""
    text = sql.strip()
    return not text.startswith("SELECT frozen_at") and not (text.startswith(LOOKING) and rows <= 0)
