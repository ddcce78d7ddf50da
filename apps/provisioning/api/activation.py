"""TMF640: services as they are changed in the network, and how far each change has come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from apps.provisioning.models import ServiceOrder
from bss.tmf.filters import Filter, Id, Words
from bss.tmf.resources import ROOT, Api, Resource, each

from .services import SERVICE

BASE = "ServiceActivationAndConfiguration/v4"
MONITOR_STATES = {
    "acknowledged": "InProgress",
    "in_progress": "InProgress",
    "completed": "Completed",
    "failed": "InError",
    "cancelled": "InError",
}


def changes() -> QuerySet[ServiceOrder]:
    """Changes of services, with the services."""
    return ServiceOrder.objects.select_related("cfs")


def show_monitor(order: ServiceOrder) -> dict[str, Any]:
    """How far a change of a service has come."""
    source = f"{settings.BSS.base_url.rstrip('/')}{ROOT}{BASE}/service/{order.cfs.public_id}"
    over = order.state in ("completed", "failed", "cancelled")
    code = "200" if order.state == "completed" else "500"
    return {
        "id": order.public_id,
        "state": MONITOR_STATES[order.state],
        "sourceHref": source,
        "request": {"method": "PATCH", "to": source, "body": order.action, "header": []},
        "response": {"statusCode": code, "body": order.state_reason or order.state, "header": []}
        if over
        else None,
    }


MONITOR = Resource(
    name="monitor",
    type_name="Monitor",
    reads="service_order.get",
    rows=changes,
    show=each(show_monitor),
    key=Id("pk", ServiceOrder),
    filters={
        "state": Words("state", MONITOR_STATES),
        "request.body": Filter("action"),
    },
)

ACTIVATION = Api(
    number=640,
    base=BASE,
    aliases=["serviceActivationAndConfiguration/v4"],
    resources=[SERVICE, MONITOR],
)
