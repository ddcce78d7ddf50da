"""Everything that is kept about one party: rows that point at it, and rows that name it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from bss.core.portable import table_of

MASKED = "(kept secret)"
# Columns in which a row names the party it belongs to by public id, instead of pointing at it.
NAMING = ("owner", "public_id")
KERNEL = "core"
Keys = dict[type[models.Model], set[Any]]


def belongings(root: models.Model) -> dict[str, list[dict[str, Any]]]:
    """The rows that belong to a party, by the word for their model, with secrets masked.

    They are the party itself, what only it stands on, what points at any of these, and what names
    one of these as its owner.
    """
    found = pointing_at(root)
    names = [name for model, keys in found.items() for name in public_ids(model, keys)]
    for model in mine():
        for column in NAMING:
            if column in {field.name for field in model._meta.concrete_fields}:
                rows = model._default_manager.filter(**{f"{column}__in": names})
                found[model] |= set(rows.values_list("pk", flat=True))
    told = {str(model._meta.verbose_name): list(rows_of(model, found[model])) for model in found}
    return {noun: rows for noun, rows in sorted(told.items()) if rows}


def mine() -> list[type[models.Model]]:
    """The models of the business; the kernel's log of it stays here."""
    found = apps.get_models()
    return [one for one in found if one._meta.managed and one._meta.app_label != KERNEL]


def pointing_at(root: models.Model) -> Keys:
    """The party, what only it stands on, and what points at these, by model."""
    found: Keys = defaultdict(set, {type(root): {root.pk}})
    for field in root._meta.concrete_fields:
        if isinstance(field, models.OneToOneField):
            found[field.related_model].add(getattr(root, field.attname))
    fresh = dict(found)
    while fresh:
        fresh = step(found, fresh)
    return found


def step(found: Keys, fresh: Keys) -> Keys:
    """The rows that point at fresh ones and were not known; they are known then."""
    more: Keys = defaultdict(set)
    for model in mine():
        for field in keys_of(model):
            if targets := fresh.get(field.related_model):
                rows = model._default_manager.filter(**{f"{field.name}__in": targets})
                more[model] |= set(rows.values_list("pk", flat=True)) - found[model]
    for model, keys in more.items():
        found[model] |= keys
    return {model: keys for model, keys in more.items() if keys}


def keys_of(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """The keys by which a row belongs to what they point at."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield field


def public_ids(model: type[models.Model], keys: set[Any]) -> Iterator[str]:
    """How others name these rows."""
    name = getattr(model, "public_id_of", None)
    if name is not None:
        yield from (name(key) for key in keys if isinstance(key, int))


def rows_of(model: type[models.Model], keys: set[Any]) -> Iterator[dict[str, Any]]:
    """Rows of a table as they are kept, but for the secrets."""
    if not keys:
        return
    table, quote = table_of(model), connection.ops.quote_name
    columns = ", ".join(quote(column) for column in table.columns)
    key = quote(table.key)
    rows = f"SELECT {columns} FROM {quote(table.name)} WHERE {key} = ANY(%s) ORDER BY {key}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(r)::text FROM ({rows}) r", [list(keys)])
        for (text,) in cursor:
            row: dict[str, Any] = json.loads(text)
            hidden = {column for column in table.secrets if row[column] not in (None, "")}
            yield {**row, **dict.fromkeys(hidden, MASKED)}
