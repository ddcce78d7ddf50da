"""Everything an installation holds, as lines of JSON that any other program can read."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from bss.core.errors import rule

FORMAT = "bss-installation/1"
# What is no fact about the business: who is signed in just now, how long things took, and what
# is on its way in.
LEFT_OUT = frozenset({"django_session", "core_span", "core_incomingline"})
SEALED = "sealed"
FOREIGN_SEAL = rule(
    "installation.receive.foreign_seal",
    "The secrets in {table} are sealed by another installation; name its SECRET_KEY among"
    " SECRET_KEY_FALLBACKS of this one.",
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that travels, with the columns that only travel sealed."""

    name: str
    columns: tuple[str, ...]
    key: str
    secrets: frozenset[str]

    @property
    def file(self) -> str:
        """What its file is called."""
        return f"{self.name}.ndjson"


def tables() -> list[Table]:
    """Every table that travels, those first on which others stand."""
    found = [model for model in apps.get_models(include_auto_created=True) if travels(model)]
    return [table_of(model) for model in found]


def travels(model: type[models.Model]) -> bool:
    """True for a table of facts."""
    return model._meta.managed and model._meta.db_table not in LEFT_OUT


def table_of(model: type[models.Model]) -> Table:
    """A model's table as it travels."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return Table(
        name=model._meta.db_table,
        columns=tuple(str(field.column) for field in fields),
        key=str(model._meta.pk.column),
        secrets=frozenset(getattr(model, "SECRETS", ())),
    )


def _keys() -> list[Fernet]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = (hashlib.sha256(f"bss.installation:{secret!s}".encode()) for secret in secrets)
    return [Fernet(base64.urlsafe_b64encode(digest.digest())) for digest in digests]


def sealed(line: str, table: Table, locks: MultiFernet | None = None) -> str:
    """A row whose secrets only an installation with our secret can read."""
    if not table.secrets:
        return line
    row, lock = json.loads(line), locks or MultiFernet(_keys())
    for column in table.secrets:
        if row[column] not in (None, ""):
            text = json.dumps(row[column], ensure_ascii=False)
            row[column] = {SEALED: lock.encrypt(text.encode()).decode()}
    return json.dumps(row, ensure_ascii=False)


def unsealed(line: str, table: Table, locks: MultiFernet | None = None) -> str:
    """The row as it was before it was sealed; refused when another secret sealed it."""
    if not table.secrets:
        return line
    row, lock = json.loads(line), locks or MultiFernet(_keys())
    for column in table.secrets.intersection(row):
        if isinstance(value := row[column], dict) and set(value) == {SEALED}:
            try:
                row[column] = json.loads(lock.decrypt(value[SEALED].encode()))
            except InvalidToken:
                raise FOREIGN_SEAL(table=table.name) from None
    return json.dumps(row, ensure_ascii=False)


def keyring() -> MultiFernet:
    """What seals, and opens what this installation or one before it has sealed."""
    return MultiFernet(_keys())


@contextmanager
def snapshot() -> Iterator[None]:
    """Read all tables as they are at one moment, while others go on writing."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def lines_of(table: Table) -> Iterator[str]:
    """The rows of a table by key, each a line of JSON with its secrets sealed, as they come."""
    quoted = ", ".join(connection.ops.quote_name(column) for column in table.columns)
    name, key = connection.ops.quote_name(table.name), connection.ops.quote_name(table.key)
    rows = f"SELECT {quoted} FROM {name} ORDER BY {key}"
    locks = keyring()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT row_to_json(r)::text FROM ({rows}) r) TO STDOUT") as copy,
    ):
        for (line,) in copy.rows():
            yield sealed(line, table, locks)


_NEXT = """
SELECT c.table_name, c.column_name,
    pg_sequence_last_value(pg_get_serial_sequence(quote_ident(c.table_name), c.column_name))
FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.is_identity = 'YES' AND c.table_name = ANY(%s)
"""


def last_ids() -> dict[str, int]:
    """The last number that each table gave out, to a row that may be gone by now."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [[table.name for table in tables()]])
        return {name: int(last) for name, _, last in cursor.fetchall() if last}


def schema() -> dict[str, str]:
    """The last migration of each app: rows fit only into the same tables."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {app: name for app, name in sorted(applied) if travels_with(app)}


def travels_with(app: str) -> bool:
    """True for apps whose tables travel."""
    return app in apps.app_configs


def manifest(files: list[dict[str, Any]], made_at: str) -> dict[str, Any]:
    """What an export is, so that whoever gets it can tell whether it is whole."""
    return {
        "format": FORMAT,
        "made_at": made_at,
        "schema": schema(),
        "last_ids": last_ids(),
        "sealed": {table.name: sorted(table.secrets) for table in tables() if table.secrets},
        "files": files,
    }
