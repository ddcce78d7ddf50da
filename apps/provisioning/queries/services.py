"""Services, service orders and tasks as the outside sees them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic.alias_generators import to_camel

from apps.provisioning.models import ProvisioningTask, Service, ServiceOrder
from bss.core.clock import iso


def camel(values: dict[str, Any]) -> dict[str, Any]:
    """The same values under the names that JSON clients use."""
    return {to_camel(name): value for name, value in values.items()}


def service_view(service_id: str) -> dict[str, Any]:
    """One service with the services below it."""
    service = Service.objects.get_by_id(service_id)
    children = Service.objects.filter(parent=service).order_by("id")
    return show_service(service, [show_service(child, []) for child in children])


def show_service(service: Service, children: list[dict[str, Any]]) -> dict[str, Any]:
    """A service whose row is at hand."""
    return {
        "id": service.public_id,
        "href": f"/tmf-api/serviceInventoryManagement/v4/service/{service.public_id}",
        "subscriptionId": service.owner,
        "specId": service.spec_id,
        "type": service.kind,
        "parentServiceId": Service.public_id_of(service.parent_id),
        "state": service.state,
        "characteristics": camel(service.characteristics),
        "activatedAt": iso(service.activated_at),
        "terminatedAt": iso(service.terminated_at),
        "children": children,
        "@type": "Service",
    }


def list_services(owner: str) -> list[dict[str, Any]]:
    """The customer-facing services of an owner, oldest first, each with those below it."""
    services = list(Service.objects.filter(owner=owner).order_by("id"))
    below: dict[int | None, list[dict[str, Any]]] = {}
    for service in services:
        below.setdefault(service.parent_id, []).append(show_service(service, []))
    return [
        show_service(service, below.get(service.id, []))
        for service in services
        if service.kind == Service.Kind.CFS
    ]


def services_of(owners: Collection[str]) -> dict[str, str]:
    """The newest customer-facing service of each owner who ever had one."""
    services = Service.objects.filter(owner__in=owners, kind=Service.Kind.CFS).order_by("id")
    pairs = services.values_list("owner", "pk")
    return {owner: str(Service.public_id_of(key)) for owner, key in pairs}


def service_order_view(service_order_id: str) -> dict[str, Any]:
    """One service order."""
    order = ServiceOrder.objects.select_related("cfs").get_by_id(service_order_id)
    return show_service_order(order)


def show_service_order(order: ServiceOrder) -> dict[str, Any]:
    """A service order whose row is at hand, its service with it."""
    item = {
        "id": ServiceOrder.public_id_of(order.id).replace("SO", "SOI", 1),  # type: ignore[union-attr]
        "action": order.action,
        "serviceSpecId": order.cfs.spec_id,
        "targetServiceId": order.cfs.public_id,
    }
    return {
        "id": order.public_id,
        "href": f"/tmf-api/serviceOrderingManagement/v4/serviceOrder/{order.public_id}",
        "commercialOrderId": order.order_id or None,
        "subscriptionId": order.owner,
        "state": order.state,
        "stateReason": order.state_reason,
        "startedAt": iso(order.started_at),
        "completedAt": iso(order.completed_at),
        "items": [item],
        "@type": "ServiceOrder",
    }


def list_service_orders(commercial_order_id: str) -> list[dict[str, Any]]:
    """The service orders that a commercial order led to, oldest first."""
    orders = ServiceOrder.objects.filter(order_id=commercial_order_id).select_related("cfs")
    return [show_service_order(order) for order in orders.order_by("id")]


def task_view(task_id: str) -> dict[str, Any]:
    """One task."""
    return show_task(ProvisioningTask.objects.select_related("service_order").get_by_id(task_id))


def show_task(task: ProvisioningTask) -> dict[str, Any]:
    """A task whose row is at hand, its order with it."""
    return {
        "id": task.public_id,
        "href": f"/provisioning-api/v1/task/{task.public_id}",
        "serviceId": Service.public_id_of(task.service_id),
        "serviceOrderId": ServiceOrder.public_id_of(task.service_order_id),
        "taskType": task.task_type,
        "state": task.state,
        "attempts": task.attempts,
        "maxAttempts": task.max_attempts,
        "payload": camel(task.service_order.characteristics),
        "lastError": task.last_error or None,
        "startedAt": iso(task.started_at),
        "completedAt": iso(task.completed_at),
        "@type": "ProvisioningTask",
    }


def list_tasks(service_id: str | None, state: str | None, limit: int) -> list[dict[str, Any]]:
    """Tasks of a service or in a state, newest first."""
    tasks = ProvisioningTask.objects.select_related("service_order").order_by("-id")
    if service_id:
        tasks = tasks.filter(service=Service.objects.get_by_id(service_id))
    if state:
        tasks = tasks.filter(state=state)
    return [show_task(task) for task in tasks[:limit]]
