"""Tasks: what came of them, and what a person may do when nothing came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from apps.provisioning import policies, queries, rules
from apps.provisioning.events import (
    TaskCompleted,
    TaskEvent,
    TaskFailed,
    TaskResolved,
    TaskRetried,
    TaskStuck,
)
from apps.provisioning.models import EsimProfile, ProvisioningTask, Service, ServiceOrder
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.events import publish
from bss.core.operations import operation

from .service_orders import advance, ask, move_services

READERS = "care supervisor engineer"
Limit = Annotated[int, Field(ge=1, le=1000)]
# What the network answers when it took a command and never carried it out.
NO_ANSWER = "no_answer"
GIVEN_UP = (ProvisioningTask.State.FAILED, ProvisioningTask.State.CANCELLED)


@operation("provisioning.list_tasks", effect="read", roles=READERS)
def list_tasks(
    *,
    service_id: str | None = None,
    state: str | None = None,
    limit: Limit = 100,
) -> list[dict[str, Any]]:
    """List the tasks of a service or in a state, newest first."""
    return queries.list_tasks(service_id, state, limit)


@operation("provisioning.get_task", effect="read", roles=READERS)
def get_task(*, task_id: str) -> dict[str, Any]:
    """Show one task."""
    return queries.task_view(task_id)


@operation("provisioning.finish_task", internal=True, result=queries.task_view)
def finish_task(
    *, outcome: Outcome, service_order_id: str, task_id: str, attempt: int
) -> ProvisioningTask:
    """Write down what came of one attempt, and close the order when it was the last.

    Locks the service order first, so that of two answers at once the second sees the first. An
    answer to an attempt that was given up meanwhile changes nothing.
    """
    order, tasks = ProvisioningTask.objects.lock_of(service_order_id)
    task: ProvisioningTask = next(one for one in tasks if one.public_id == task_id)
    if task.awaits(attempt):
        doomed = any(one.state == ProvisioningTask.State.FAILED for one in tasks)
        settle(order, task, outcome, last_chance=doomed)
        advance(order, tasks)
    return task


def settle(
    order: ServiceOrder, task: ProvisioningTask, outcome: Outcome, *, last_chance: bool
) -> None:
    """Move one task as its outcome says; `last_chance` when its order has failed already."""
    if outcome.succeeded:
        complete(order, task)
        return
    task.last_error = (outcome.reason or outcome.code)[:300]
    if outcome.unknown or outcome.code == NO_ANSWER:
        stall(order, task)
    elif task.state == ProvisioningTask.State.STUCK:
        task.save(update_fields=["last_error"])
    elif task.attempts < task.max_attempts and not last_chance:
        try_again(order, task)
    else:
        give_up(order, task)


def complete(order: ServiceOrder, task: ProvisioningTask) -> None:
    """The network did it."""
    task.completed_at = clock.now()
    task.move("complete", also=("completed_at",))
    if task.task_type == rules.ESIM_PREPARE:
        offer_for_download(order)
    tell(TaskCompleted, order, task, "is done")


def offer_for_download(order: ServiceOrder) -> None:
    """The SM-DP+ released the profile: the owner's device may fetch it."""
    prepared = (
        EsimProfile.objects.owned_by(order.owner)
        .locking()
        .filter(iccid=order.characteristics.get("iccid"), state=EsimProfile.State.RESERVED)
    )
    esim = prepared.first()
    if esim is not None:
        esim.move("prepare")


def stall(order: ServiceOrder, task: ProvisioningTask) -> None:
    """Nobody knows whether the network will do it; a person must look."""
    if task.state == ProvisioningTask.State.STUCK:
        return
    task.move("stall", task.last_error, also=("last_error",))
    tell(TaskStuck, order, task, "is stuck", last_error=task.last_error)


def try_again(order: ServiceOrder, task: ProvisioningTask) -> None:
    """Send the next attempt."""
    task.attempts += 1
    task.save(update_fields=["attempts", "last_error"])
    tell(TaskFailed, order, task, "failed", permanent=False, last_error=task.last_error)
    ask(order, [task])


def give_up(order: ServiceOrder, task: ProvisioningTask) -> None:
    """No attempt is left."""
    task.completed_at = clock.now()
    task.move("fail", task.last_error, also=("last_error", "completed_at"))
    tell(
        TaskFailed,
        order,
        task,
        "failed for good",
        permanent=True,
        last_error=task.last_error,
    )


def tell(
    event: Callable[..., TaskEvent],
    order: ServiceOrder,
    task: ProvisioningTask,
    what: str,
    **facts: Any,
) -> None:
    """Publish what happened to a task; on the customer's time line it would only be noise."""
    publish(
        event(
            task_id=task.public_id,
            service_order_id=order.public_id,
            service_id=Service.public_id_of(task.service_id),
            owner=order.owner,
            task_type=task.task_type,
            attempts=task.attempts,
            **facts,
        ),
        aggregate=task,
        about=order.owner,
        summary=f"{task.task_type} for {order.owner} {what}",
    )


@operation("provisioning.resolve_stuck", roles="engineer supervisor", result=queries.task_view)
def resolve_stuck(*, task_id: str, note: str) -> ProvisioningTask:
    """Run a stuck task again, saying what was done about it."""
    if not note.strip():
        raise policies.NOTE_MISSING(task_id=task_id)
    order, task = lock_task(task_id)
    policies.require_stuck(task)
    rerun(task, note)
    tell(TaskResolved, order, task, "runs again", note=note)
    ask(order, [task])
    return task


@operation("provisioning.retry_failed", roles="engineer supervisor", result=queries.task_view)
def retry_failed(*, task_id: str) -> ProvisioningTask:
    """Run a task again that failed for good, reopening its order if nobody gave up on it yet."""
    order, task = lock_task(task_id)
    policies.require_failed(task)
    if order.state == ServiceOrder.State.FAILED:
        policies.require_reopenable(order)
        reopen(order)
    again = list(order.tasks.filter(state__in=GIVEN_UP).order_by("id"))
    for one in again:
        rerun(one, "Retried by hand.")
        tell(TaskRetried, order, one, "runs again")
    ask(order, again)
    retried: ProvisioningTask = next(one for one in again if one.pk == task.pk)
    return retried


def lock_task(task_id: str) -> tuple[ServiceOrder, ProvisioningTask]:
    """A task as it is while its order is locked."""
    found: ProvisioningTask = ProvisioningTask.objects.get_by_id(task_id)
    service_order_id = str(ServiceOrder.public_id_of(found.service_order_id))
    order, tasks = ProvisioningTask.objects.lock_of(service_order_id)
    return order, next(task for task in tasks if task.pk == found.pk)


def rerun(task: ProvisioningTask, reason: str) -> None:
    """Give a task as many new attempts as it had, each under a new key."""
    task.attempts += 1
    task.max_attempts = task.attempts + rules.MAX_ATTEMPTS - 1
    task.started_at, task.completed_at = clock.now(), None
    task.move("rerun", reason, also=("attempts", "max_attempts", "started_at", "completed_at"))


def reopen(order: ServiceOrder) -> None:
    """Put a failed order under way again."""
    order.completed_at = None
    order.move("reopen", "Retried by hand.", also=("completed_at",))
    if order.action == ServiceOrder.Action.ACTIVATE:
        move_services(order, "reopen", "Retried by hand.")
