"""What is in the database, table by table, and what was written to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.apps import apps
from django.db import connection

BOOKKEEPING = ("event", "delivery", "call", "request", "proposal", "statehistory", "span")
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


def dump() -> dict[str, tuple[int, str]]:
    """The number of rows of every table, and a fingerprint of all they hold."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(
                "SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)),"
                f" '')) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()
    return found


def difference(before: dict[str, tuple[int, str]]) -> list[str]:
    """The tables that hold something else now."""
    return [table for table, held in dump().items() if before.get(table) != held]


COUNTS = """
SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM {statistics} WHERE relname <> ALL(%s)
"""


def counts() -> dict[str, Counter[str]]:
    """Rows written so far by model, as PostgreSQL counts them."""
    models = apps.get_models(include_auto_created=True)
    nouns = {model._meta.db_table: str(model._meta.verbose_name) for model in models}
    # What a test writes in its own transaction is counted apart from what was committed.
    open_here = connection.in_atomic_block
    statistics = "pg_stat_xact_user_tables" if open_here else "pg_stat_user_tables"
    with connection.cursor() as cursor:
        # Counts arrive late unless this is asked for, and then with the next statement's end.
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
        cursor.execute(
            COUNTS.format(statistics=statistics), [[f"core_{table}" for table in BOOKKEEPING]]
        )
        return {
            nouns.get(table, table): Counter(created=made, changed=changed, deleted=gone)
            for table, made, changed, gone in cursor.fetchall()
        }


def written(work: Callable[[], object]) -> dict[str, dict[str, int]]:
    """The rows that some work writes, by model, in all of its transactions."""
    before = counts()
    work()
    added = {noun: rows - before[noun] for noun, rows in counts().items()}
    return {noun: dict(rows) for noun, rows in added.items() if rows}
