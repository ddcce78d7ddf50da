"""Emptying a sandbox, which no other database allows."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from bss.core import registry
from bss.core.administration.events import OperationalDataReset
from bss.core.errors import rule
from bss.core.events import publish
from bss.core.models import OperatorProfile
from bss.core.registry import operation
from bss.core.simulated import forget_everything

NOT_SANDBOX = rule(
    "admin.sandbox.required",
    "This is not marked as a sandbox: {operation} needs BSS_ALLOW_ADMIN_RESET and a database"
    " that was set up as one.",
)


def require_sandbox(operation: str) -> None:
    """Refuse on an installation or a database that may hold real customers."""
    if not (settings.BSS.sandbox and OperatorProfile.load().sandbox):
        raise NOT_SANDBOX(operation=operation)


@operation("admin.reset_operational_data", effect="destructive", roles="engineer")
def reset_operational_data(*, reset_sequences: bool = False) -> dict[str, Any]:
    """Empty a sandbox of customers, orders and lines and put the reference data back.

    With `reset_sequences` ids begin anew, and the simulated outside world forgets those before.
    """
    require_sandbox("admin.reset_operational_data")
    known = registry.registry()
    steps = [op for name, op in known.items() if name.endswith(".reset") and op.internal]
    seeds = [op for name, op in known.items() if name.endswith(".restore") and op.internal]
    with connection.cursor() as cursor:
        # A check left for the end would forbid a lower app to truncate what it looks at.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for step in sorted(steps, key=_height, reverse=True) + sorted(seeds, key=_height):
        registry.perform(step, {})
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_delivery, core_call, core_request, core_proposal")
        if reset_sequences:
            kept = [model for model in apps.get_models() if model._meta.managed]
            transaction.on_commit(forget_everything)
            for sql in connection.ops.sequence_reset_sql(no_style(), kept):
                cursor.execute(sql)
    emptied = [op.app for op in steps]
    summary = "The sandbox was emptied"
    publish(OperationalDataReset(apps=emptied), aggregate="sandbox", summary=summary)
    return {
        "resetSequences": reset_sequences,
        "services": [{"service": app, "ok": True} for app in emptied],
    }


def _height(step: registry.Operation) -> int:
    """How high an app stands; upper apps are emptied first and filled last."""
    return [config.label for config in apps.get_app_configs()].index(step.app)
