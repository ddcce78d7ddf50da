"""Emptying a sandbox."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from bss.core.operations import operation


@operation("subscription.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget every line of a sandbox."""
    tables = ", ".join(
        connection.ops.quote_name(model._meta.db_table)
        for model in apps.get_app_config("subscription").get_models()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
