"""Service orders: opened, started one after the other for each owner, closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from django.db.models import Q

from apps.provisioning import policies, queries, rules
from apps.provisioning.events import (
    ServiceOrderCancelled,
    ServiceOrderCompleted,
    ServiceOrderFailed,
    ServiceOrderStarted,
)
from apps.provisioning.models import ProvisioningTask, Service, ServiceOrder
from bss.core import clock
from bss.core.calls import request_call
from bss.core.events import publish
from bss.core.models.base import note_moves
from bss.core.operations import operation

from .installing import retire_replaced

Action = Literal["activate", "change", "replace", "block", "unblock", "terminate"]
# What becomes of the services when an order is completed.
OUTCOMES = {
    "activate": "activate",
    "block": "suspend",
    "unblock": "resume",
    "terminate": "terminate",
}
STAMPS = {"activate": "activated_at", "terminate": "terminated_at"}


@operation("service_order.open", internal=True, result=queries.service_order_view)
def open_service_order(
    *,
    owner: str,
    action: Action,
    cfs_spec_id: str,
    rfs_spec_ids: list[str],
    task_types: list[str],
    characteristics: dict[str, Any] | None = None,
    order_id: str = "",
) -> ServiceOrder:
    """Ask the network to change the service of one owner, after what it was asked before.

    Locks the owner's open service orders, oldest first. The same action of the same commercial
    order is opened once. Orders that this one makes pointless are cancelled; behind any other
    that is still open it waits. One that comes after the end of the service is cancelled at once.
    """
    if not task_types:
        raise policies.NO_TASKS(action=action, cfs_spec_id=cfs_spec_id)
    found = lock_queue(owner, action, order_id)
    if (known := same_request(found, action, order_id)) is not None:
        return known
    ahead = make_way(owner, [order for order in found if order.is_open()], action)
    known_facts = dict(characteristics or {})
    if action == "activate":
        cfs = build_services(owner, cfs_spec_id, rfs_spec_ids, known_facts)
    else:
        cfs = service_of(owner)
    order = ServiceOrder(
        owner=owner,
        order_id=order_id,
        action=action,
        cfs=cfs,
        characteristics={**cfs.characteristics, **known_facts},
    )
    if action == "replace":
        # Whatever is asked from here on is about the new number and eSIM.
        cfs.characteristics = order.characteristics
        cfs.save(update_fields=["characteristics"])
    pointless = action in rules.NEEDS_SERVICE and is_ending(cfs, ahead)
    write(order, task_types, starts=not ahead and not pointless)
    if pointless:
        cancel(order, "The service has ended or is about to.")
    return order


def lock_queue(owner: str, action: str, order_id: str) -> list[ServiceOrder]:
    """The owner's open orders, and the one that asked for the same before, locked in order."""
    wanted = Q(state__in=(ServiceOrder.State.ACKNOWLEDGED, ServiceOrder.State.IN_PROGRESS))
    if order_id:
        wanted |= Q(order_id=order_id, action=action)
    return list(ServiceOrder.objects.of(owner).filter(wanted).locking())


def same_request(orders: Iterable[ServiceOrder], action: str, order_id: str) -> ServiceOrder | None:
    """The order that a commercial order had opened already for this action."""
    if not order_id:
        return None
    asked = (order for order in orders if (order.order_id, order.action) == (order_id, action))
    return next(asked, None)


def make_way(owner: str, queue: list[ServiceOrder], action: str) -> list[ServiceOrder]:
    """Cancel what a new order makes pointless; the orders it still has to wait for."""
    ahead = []
    for order in queue:
        if order.action in rules.SUPERSEDES[action] and may_be_dropped(order):
            cancel(order, f"A later order to {action} made it pointless.")
        else:
            ahead.append(order)
    if ahead and ahead[0].state == ServiceOrder.State.ACKNOWLEDGED:
        start_next(owner)
    return ahead


def may_be_dropped(order: ServiceOrder) -> bool:
    """True when nothing of the order is on its way to the network."""
    if order.state == ServiceOrder.State.ACKNOWLEDGED:
        return True
    return not order.tasks.filter(state=ProvisioningTask.State.IN_PROGRESS).exists()


def build_services(
    owner: str, cfs_spec_id: str, rfs_spec_ids: list[str], facts: dict[str, Any]
) -> Service:
    """The customer-facing service of an owner and those below it, reserved."""
    latest = latest_service(owner)
    if latest is not None and latest.state in (
        "designed",
        "reserved",
        "activated",
        "suspended",
    ):
        raise policies.ALREADY_SERVED(owner=owner, service_id=latest.public_id)
    described = {**queries.resources_of(owner), **facts}
    # Reserved from birth: the number and the eSIM they need are held already.
    reserved = Service.State.RESERVED
    cfs = Service(kind="CFS", spec_id=cfs_spec_id, owner=owner, state=reserved)
    cfs.characteristics = described
    cfs.save(force_insert=True)
    below = Service.objects.bulk_create(
        Service(kind="RFS", spec_id=spec_id, owner=owner, state=reserved, parent=cfs)
        for spec_id in rfs_spec_ids
    )
    note_moves([cfs, *below], "reserve", was=Service.State.DESIGNED)
    return cfs


def latest_service(owner: str) -> Service | None:
    """The newest customer-facing service of an owner, in whatever state."""
    services = Service.objects.filter(owner=owner, kind="CFS")
    latest: Service | None = services.order_by("-id").first()
    return latest


def service_of(owner: str) -> Service:
    """The service that an order is to change."""
    latest = latest_service(owner)
    if latest is None:
        raise policies.NO_SERVICE(owner=owner)
    return latest


def is_ending(cfs: Service, ahead: list[ServiceOrder]) -> bool:
    """True when nothing but a new activation can follow for a service."""
    over = cfs.state in (Service.State.TERMINATED, Service.State.FAILED)
    return over or any(order.action == ServiceOrder.Action.TERMINATE for order in ahead)


def write(order: ServiceOrder, task_types: list[str], *, starts: bool) -> None:
    """Insert an order with its tasks, under way already when nothing is ahead of it."""
    if starts:
        order.state, order.started_at = ServiceOrder.State.IN_PROGRESS, clock.now()
    order.save(force_insert=True)
    tasks = [
        ProvisioningTask(service_order=order, service_id=order.cfs_id, task_type=task_type)
        for task_type in dict.fromkeys(task_types)
    ]
    if starts:
        for task in tasks:
            task.state, task.attempts, task.started_at = (
                "in_progress",
                1,
                order.started_at,
            )
    ProvisioningTask.objects.bulk_create(tasks)
    if starts:
        note_moves([order], "start", was=ServiceOrder.State.ACKNOWLEDGED)
        note_moves(tasks, "start", was=ProvisioningTask.State.PENDING)
        announce_start(order, tasks)


def announce_start(order: ServiceOrder, tasks: list[ProvisioningTask]) -> None:
    """Say that an order is under way, and ask for everything it consists of."""
    publish(
        ServiceOrderStarted(**order.named()),
        aggregate=order,
        about=order.owner,
        summary=f"The network is asked to {order.action} {order.owner}",
    )
    ask(order, tasks)


def ask(order: ServiceOrder, tasks: list[ProvisioningTask]) -> None:
    """Request one call per task, with the faults that are on now."""
    faults = queries.armed_faults(task.task_type for task in tasks)
    for task in tasks:
        gateway, method = rules.addressee(task.task_type)
        request_call(
            gateway=gateway,
            method=method,
            key=rules.call_key(task.public_id, task.attempts),
            args={
                **rules.command(task.task_type, order.action, order.characteristics),
                "owner": order.owner,
                "sequence": order.id,
                "task_attempt": task.attempts,
                "faults": faults.get(task.task_type, []),
            },
            then="provisioning.finish_task",
            then_args={
                "service_order_id": order.public_id,
                "task_id": task.public_id,
                "attempt": task.attempts,
            },
            about=order.owner,
            shown={"task": task.task_type, "action": order.action, "line": order.owner},
        )


def advance(order: ServiceOrder, tasks: list[ProvisioningTask]) -> None:
    """Close an order when its tasks leave nothing to wait for.

    What was sent is awaited even after another task failed for good: the next order of this owner
    must not meet it in the network.
    """
    states = {task.state for task in tasks}
    if ProvisioningTask.State.IN_PROGRESS in states:
        return
    if ProvisioningTask.State.FAILED in states:
        fail(order, tasks)
    elif ProvisioningTask.State.STUCK in states:
        give_way(order)
    else:
        complete(order)


def complete(order: ServiceOrder) -> None:
    """The network did everything: the services follow, and the next order starts."""
    order.completed_at = clock.now()
    order.move("complete", also=("completed_at",))
    if order.action in OUTCOMES:
        move_services(order, OUTCOMES[order.action])
    else:
        Service.objects.filter(pk=order.cfs_id).update(characteristics=order.characteristics)
    if order.action == ServiceOrder.Action.REPLACE:
        retire_replaced(order.owner, order.characteristics)
    publish(
        ServiceOrderCompleted(**order.named()),
        aggregate=order,
        about=order.owner,
        summary=f"The network did {order.action} {order.owner}",
    )
    start_next(order.owner)


def fail(order: ServiceOrder, tasks: list[ProvisioningTask]) -> None:
    """A task failed for good: what is left is cancelled, and whoever asked is told."""
    failed = next(task for task in tasks if task.state == ProvisioningTask.State.FAILED)
    reason = f"{failed.task_type}: {failed.last_error}"[:200]
    cancel_tasks(tasks, reason)
    order.completed_at = clock.now()
    order.move("fail", reason, also=("completed_at",))
    if order.action == ServiceOrder.Action.ACTIVATE:
        move_services(order, "fail", reason)
    publish(
        ServiceOrderFailed(**order.named(), reason=reason),
        aggregate=order,
        about=order.about or order.owner,
        summary=f"The network could not {order.action} {order.owner}: {reason}",
    )
    start_next(order.owner)


def give_way(order: ServiceOrder) -> None:
    """Cancel a stuck order when one that waits behind it makes it pointless."""
    waiting = ServiceOrder.objects.of(order.owner).filter(state=ServiceOrder.State.ACKNOWLEDGED)
    for action in waiting.values_list("action", flat=True):
        if order.action in rules.SUPERSEDES[action]:
            cancel(order, f"A later order to {action} made it pointless.")
            start_next(order.owner)
            return


def cancel(order: ServiceOrder, reason: str) -> None:
    """Give up an order of which nothing is on its way to the network."""
    cancel_tasks(list(order.tasks.all()), reason)
    order.completed_at = clock.now()
    order.move("cancel", reason, also=("completed_at",))
    if order.action == ServiceOrder.Action.ACTIVATE:
        move_services(order, "fail", reason)
    publish(
        ServiceOrderCancelled(**order.named(), reason=reason),
        aggregate=order,
        about=order.owner,
        summary=f"Not asked any more: {order.action} {order.owner}",
    )


def cancel_tasks(tasks: Iterable[ProvisioningTask], reason: str) -> None:
    """Give up the tasks that wait or are stuck."""
    for task in tasks:
        if task.can("cancel"):
            task.move("cancel", reason)


def start_next(owner: str) -> None:
    """Start the order that waited longest; the lock on the one before it is still held."""
    waiting = ServiceOrder.objects.of(owner).filter(state=ServiceOrder.State.ACKNOWLEDGED)
    order = waiting.locking().first()
    if order is None:
        return
    order.started_at = clock.now()
    order.move("start", also=("started_at",))
    tasks = list(order.tasks.order_by("id"))
    for task in tasks:
        task.attempts, task.started_at = 1, order.started_at
        task.move("start", also=("attempts", "started_at"))
    announce_start(order, tasks)


def move_services(order: ServiceOrder, trigger: str, reason: str = "") -> None:
    """Move the services of an order together, those that can."""
    below = Service.objects.filter(Q(pk=order.cfs_id) | Q(parent_id=order.cfs_id))
    moving = [service for service in below.order_by("id") if service.can(trigger)]
    now = clock.now()
    stamp = {STAMPS[trigger]: now} if trigger in STAMPS else {}
    for state in sorted({service.state for service in moving}):
        group = [service for service in moving if service.state == state]
        target = Service.LIFECYCLE.target(group[0].public_id, state, trigger)
        Service.objects.filter(pk__in=[service.pk for service in group]).update(
            state=target, state_reason=reason, state_changed_at=now, **stamp
        )
        for service in group:
            service.state = target
        note_moves(group, trigger, was=state, reason=reason)
