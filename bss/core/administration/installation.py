"""Everything an installation holds: taken out, and brought into an empty one."""

from __future__ import annotations

from typing import Annotated, Any

from django.db import connection, transaction
from django.db.models import Count, Max
from pydantic import Field

from bss.core import clock
from bss.core.administration.events import InstallationExported, InstallationRestored
from bss.core.errors import rule
from bss.core.events import publish
from bss.core.models import IncomingLine
from bss.core.portable import Table, keyring, schema, tables, unsealed
from bss.core.registry import operation

LINES = 2000
UNKNOWN_TABLE = rule(
    "installation.receive.known_table", "This installation has no table {table} that travels."
)
OUT_OF_ORDER = rule(
    "installation.receive.in_order",
    "{here} rows of {table} are here, these follow {above}; begin again with its first row.",
)
NOT_WHOLE = rule(
    "installation.restore.whole", "{table}: {here} rows are here, {wanted} belong to it."
)
OTHER_SCHEMA = rule(
    "installation.restore.same_schema",
    "The export is of {apps} at another version; restore it with the version that made it.",
)
Lines = Annotated[list[str], Field(max_length=LINES)]
Above = Annotated[int, Field(ge=0)]


@operation("installation.export")
def export() -> dict[str, Any]:
    """Write down that everything is taken out, and tell what that is; reading follows it."""
    names = [table.name for table in tables()]
    event = InstallationExported(tables=len(names))
    publish(event, aggregate="installation", summary="Everything was exported")
    return {"tables": names, "at": clock.now().isoformat()}


@operation("installation.receive")
def receive(*, table: str, lines: Lines, above: Above = 0) -> dict[str, Any]:
    """Keep some rows of an export aside until all are here; `above` of the table came before."""
    found = {one.name: one for one in tables()}.get(table)
    if found is None:
        raise UNKNOWN_TABLE(table=table)
    if above == 0:
        IncomingLine.objects.filter(table=table).delete()
    elif (here := received(table)) != above:
        raise OUT_OF_ORDER(table=table, here=here, above=above)
    locks = keyring()
    rows = [unsealed(line, found, locks) for line in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO core_incomingline ("table", number, line) SELECT %s, %s + n - 1, line'
            " FROM unnest(%s::text[]) WITH ORDINALITY AS row(line, n)",
            [table, above, rows],
        )
    return {"table": table, "rows": above + len(rows)}


def received(table: str) -> int:
    """How many rows of a table are here; they come in order."""
    last = IncomingLine.objects.filter(table=table).aggregate(last=Max("number"))["last"]
    return 0 if last is None else int(last) + 1


@operation("installation.restore", effect="destructive")
def restore(
    *, rows: dict[str, int], migrations: dict[str, str], last_ids: dict[str, int]
) -> dict[str, Any]:
    """Replace all that an installation without customers holds by the rows that were received.

    Refused unless exactly these rows are here and both sides have the same tables.
    """
    require_same_schema(migrations)
    require_whole(rows)
    with connection.cursor() as cursor:
        # Nothing may wait to be checked in what is emptied; what comes in is checked when all is.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        names = ", ".join(connection.ops.quote_name(table.name) for table in tables())
        cursor.execute(f"TRUNCATE {names} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables():
            cursor.execute(filling(table), [table.name])
            continue_after(table, last_ids.get(table.name, 0))
        cursor.execute("TRUNCATE core_incomingline")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.on_commit(clock.forget)
    total = sum(rows.values())
    publish(
        InstallationRestored(tables=len(rows), rows=total),
        aggregate="installation",
        summary=f"{total} rows of an export were brought in",
    )
    return {"tables": len(rows), "rows": total}


def require_same_schema(wanted: dict[str, str]) -> None:
    """Refuse rows that belong into other tables."""
    here = schema()
    if other := sorted(app for app in here | wanted if here.get(app) != wanted.get(app)):
        raise OTHER_SCHEMA(apps=", ".join(other))


def require_whole(rows: dict[str, int]) -> None:
    """Refuse to begin before all is here."""
    counted = IncomingLine.objects.values_list("table").annotate(n=Count("id"))
    here: dict[str, int] = dict(counted.order_by("table"))
    for table in tables():
        wanted = rows.get(table.name, -1)
        if here.get(table.name, 0) != wanted:
            raise NOT_WHOLE(table=table.name, here=here.get(table.name, 0), wanted=max(wanted, 0))


def filling(table: Table) -> str:
    """The statement that moves what was received into its table."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in table.columns)
    values = ", ".join(f"(r).{quote(column)}" for column in table.columns)
    return (
        f"INSERT INTO {quote(table.name)} ({columns}) SELECT {values} FROM (SELECT"
        f" json_populate_record(null::{quote(table.name)}, line::json) AS r"
        ' FROM core_incomingline WHERE "table" = %s ORDER BY number) AS received'
    )


_CONTINUE = """
SELECT setval(s, greatest(%s, 1), %s > 0) FROM pg_get_serial_sequence(%s, %s) AS s
WHERE s IS NOT NULL
"""


def continue_after(table: Table, last: int) -> None:
    """Let new rows be numbered after every one that ever was."""
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(table.name)
        cursor.execute(_CONTINUE, [last, last, quoted, table.key])
