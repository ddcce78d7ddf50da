"""Emptying a sandbox."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from bss.core.operations import operation


@operation("payment.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget every card, payment, ledger entry and receipt of a sandbox."""
    tables = ", ".join(
        connection.ops.quote_name(model._meta.db_table)
        for model in apps.get_app_config("payments").get_models()
    )
    with connection.cursor() as cursor:
        # Truncation is the one change that the append-only triggers let pass.
        cursor.execute(f"TRUNCATE {tables} CASCADE")
