"""An engineer who resolves stuck tasks: `python -m tests.town.resolver`, until it is stopped."""

from __future__ import annotations

import threading
from contextlib import suppress

import django

LOOK_SECONDS = 1.0


def main() -> None:
    """Run every stuck task again, for ever."""
    from django.db import DatabaseError

    from bss.core.errors import Conflict, PolicyViolation
    from tests.town.engineer import engineer

    while not threading.Event().wait(LOOK_SECONDS):
        # Somebody else may be at the same task, or the database too busy to say.
        with engineer(), suppress(Conflict, PolicyViolation, DatabaseError):
            resolve()


def resolve() -> None:
    """Run the tasks again that are stuck now."""
    from apps.provisioning.models import ProvisioningTask
    from bss.core.operations import run

    for task in ProvisioningTask.objects.filter(state="stuck").order_by("id"):
        run("provisioning.resolve_stuck", task_id=task.public_id, note="Restarted it")


if __name__ == "__main__":
    django.setup()
    main()
