"""Emptying a sandbox."""

from __future__ import annotations

from django.db import connection

from bss.core.operations import operation


@operation("order.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget every order and every port request of a sandbox."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ordering_portmessage")
        cursor.execute("DELETE FROM ordering_portrequest")
        cursor.execute("DELETE FROM ordering_productorderitem")
        cursor.execute("DELETE FROM ordering_productorder")
