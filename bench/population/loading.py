"""Bringing rows in by COPY, with indexes and foreign keys made again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from .world import Row, Table

# What is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

AT_ONCE = 5_000
# Below this, making every index again costs more than keeping it up to date.
WORTH_IT = 50_000

# Nothing that is written here has anything to be escaped, and nobody is called None.
_COPY = "COPY {0.name} ({0.columns}) FROM STDIN WITH (NULL 'None')"
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""
# Unique and exclusion constraints go before foreign keys when they come back: those check faster.
_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
FROM pg_constraint c WHERE c.conrelid = ANY(%s::regclass[]) AND c.contype IN ('u', 'x', 'f')
    AND NOT EXISTS (SELECT FROM pg_constraint f
        WHERE f.contype = 'f' AND f.conindid = c.conindid AND c.contype <> 'f')
ORDER BY c.contype DESC, 1, 2
"""


def load(tables: list[Table], progress: Progress) -> None:
    """Copy every table's rows; whoever else writes to these tables waits until the end."""
    total = sum(table.count for table in tables)
    done = 0
    with connection.cursor() as cursor, made_again(cursor, tables, total, progress):
        for table in tables:
            form = "\t".join(["%s"] * (table.columns.count(",") + 1)) + "\n"
            with cursor.copy(_COPY.format(table)) as copy:
                for rows in blocks(table.rows):
                    copy.write("".join([form % row for row in rows]))
                    done += len(rows)
                    progress(table.name, done, total)


def blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of a size worth sending."""
    source = iter(rows)
    while block := list(islice(source, AT_ONCE)):
        yield block


@contextmanager
def made_again(
    cursor: CursorWrapper, tables: list[Table], total: int, progress: Progress
) -> Iterator[None]:
    """Drop what slows many rows down, and make it again: all at once is faster than row by row."""
    if total < WORTH_IT:
        yield
        return
    names = list(dict.fromkeys(table.name for table in tables))
    indexes = found(cursor, _INDEXES, names)
    constraints = found(cursor, _CONSTRAINTS, names)
    for table, name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    steps = [definition for _, definition in indexes]
    steps += [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {what}" for table, name, what in constraints
    ]
    for number, statement in enumerate(steps):
        progress("indexes and keys", number, len(steps))
        cursor.execute(statement)


def found(cursor: CursorWrapper, sql: str, names: list[str]) -> list[tuple[Any, ...]]:
    """What a query over some tables finds."""
    cursor.execute(sql, [names])
    return list(cursor.fetchall())


def lock(names: Iterable[str]) -> None:
    """Let nobody else write to these tables until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")


def take_ids(counts: dict[str, int]) -> dict[str, int]:
    """Move the sequences of tables past that many rows; answers where those begin."""
    with connection.cursor() as cursor:
        return {name: _take(cursor, name, count) for name, count in counts.items()}


def _take(cursor: CursorWrapper, name: str, count: int) -> int:
    sequence = f"pg_get_serial_sequence('{name}', 'id')"
    cursor.execute(f"SELECT nextval({sequence})")
    first = int(cursor.fetchone()[0])
    cursor.execute(f"SELECT setval({sequence}, %s)", [first + max(count, 1) - 1])
    return first


def analyse(names: Iterable[str]) -> None:
    """Tell the planner how many rows there are now."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(names)}")
