"""A TM Forum request as one transaction, however many operations it comes down to."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from django.db import connection

from bss.core import clock, context, registry
from bss.core.context import current, traced
from bss.core.errors import BssError, PermissionDenied
from bss.core.events import publish
from bss.core.operations import WAIT_SECONDS, Answer, authorise, operation, start
from bss.tmf.events import AttributesKept, ResourceLetGo
from bss.tmf.models import Extension
from bss.tmf.resources import Step, made


def run_steps(
    resource: str,
    steps: list[Step],
    *,
    subject: str = "",
    kept: dict[str, Any] | None = None,
    gone: bool = False,
    key: str | None = None,
    before: Callable[[], None] | None = None,
    allowed_by: str = "",
) -> Answer:
    """Run what a request comes down to, all of it or nothing; the answer's result is the id.

    Whoever asks must be allowed each of the operations; without any, the one named in
    `allowed_by`. `before` is asked in their transaction.
    """
    with context.acting(traced(current())) as acting:
        if not steps:
            authorise(registry.public(allowed_by), acting, {})
        for step in steps:
            found = registry.public(step.operation)
            authorise(found, acting, step.args)
            found.parse(with_fresh_id(step.args, step.fresh))
            if found.second_person:
                raise PermissionDenied(f"{found.name} takes two people: propose it in the cockpit.")
        found = registry.find("tmf.carry_out")
        args = {
            "resource": resource,
            "steps": [asdict(step) for step in steps],
            "subject": subject,
            "kept": kept,
            "gone": gone,
        }
        return start(found, found.parse(args), key=key, wait=WAIT_SECONDS, before=before)


@operation("tmf.carry_out", effect="destructive", internal=True, result=str)
def carry_out(
    *,
    resource: str,
    steps: list[dict[str, Any]],
    subject: str = "",
    kept: dict[str, Any] | None = None,
    gone: bool = False,
) -> str:
    """Carry out the operations of a request, and keep what has no home in the domain."""
    results = [perform(**step) for step in steps]
    subject = subject or made.get(resource, id_of)(results[0])
    if kept is not None:
        keep(resource, subject, kept)
    if gone:
        let_go(resource, subject)
    return subject


def perform(*, operation: str, args: dict[str, Any], fresh: Sequence[str] | None) -> Any:
    """What one of the operations comes to."""
    found = registry.public(operation)
    return registry.perform(found, found.parse(with_fresh_id(args, fresh)))


def with_fresh_id(args: dict[str, Any], fresh: Sequence[str] | None) -> dict[str, Any]:
    """The arguments, with an id that nobody has where one is wanted.

    Made as it runs, so that a repeated request is the same request.
    """
    return {**args, fresh[0]: f"{fresh[1]}{secrets.token_hex(4).upper()}"} if fresh else args


def id_of(made: Any) -> str:
    """The id of what an operation made."""
    if isinstance(made, dict):
        return str(made["id"])
    return str(getattr(made, "public_id", None) or getattr(made, "pk", made))


def keep(resource: str, subject: str, attributes: dict[str, Any]) -> None:
    """Replace the extension attributes of a row."""
    values = {"attributes": attributes, "updated_at": clock.now()}
    Extension.objects.update_or_create(resource=resource, subject=subject, defaults=values)
    publish(
        AttributesKept(resource=resource, id=subject, attributes=" ".join(sorted(attributes))),
        aggregate=subject,
    )


def let_go(resource: str, subject: str) -> None:
    """Hide a row from the API over which it was deleted."""
    now = clock.now()
    values = {"gone_at": now, "updated_at": now}
    Extension.objects.update_or_create(resource=resource, subject=subject, defaults=values)
    publish(ResourceLetGo(resource=resource, id=subject), aggregate=subject)


class Stale(BssError):
    """The resource is not any more what the client saw."""

    status = 412
    code = "http.precondition_failed"


def take_turns(resource: str, subject: str) -> None:
    """Wait for whoever changes the same resource under a condition; within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [resource + subject]
        )
