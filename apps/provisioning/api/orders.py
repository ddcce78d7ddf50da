"""TMF641: orders to the network."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.provisioning.models import Service, ServiceOrder
from bss.core.clock import iso
from bss.tmf.filters import Always, Filter, Id, Moment, Words, reference
from bss.tmf.resources import Api, Resource, each
from bss.tmf.shapes import Extras, Note, Text

from .services import characteristics

STATES = {
    "acknowledged": "acknowledged",
    "in_progress": "inProgress",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
}
ACTIONS = {
    "activate": "add",
    "change": "modify",
    "replace": "modify",
    "block": "modify",
    "unblock": "modify",
    "terminate": "delete",
}


class OrderExtras(Extras):
    description: Text = ""
    external_id: Text = ""
    notification_contact: Text = ""
    priority: Text = ""
    note: list[Note] = []


def orders() -> QuerySet[ServiceOrder]:
    """Service orders with the services that they change."""
    return ServiceOrder.objects.select_related("cfs")


def show(order: ServiceOrder) -> dict[str, Any]:
    """A service order as TMF641 shows it."""
    number = order.public_id.partition("-")[2]
    return {
        "id": order.public_id,
        "category": order.action,
        "state": STATES[order.state],
        "orderDate": iso(order.created_at),
        "startDate": iso(order.started_at),
        "completionDate": iso(order.completed_at),
        "externalReference": (
            [{"name": order.order_id, "externalReferenceType": "ProductOrder"}]
            if order.order_id
            else []
        ),
        "serviceOrderItem": [
            {
                "id": f"SOI-{number}",
                "action": ACTIONS[order.action],
                "state": STATES[order.state],
                "service": {
                    "id": order.cfs.public_id,
                    "serviceSpecification": {"id": order.cfs.spec_id},
                    "serviceCharacteristic": characteristics(order.characteristics),
                    "@type": "Service",
                },
                "@type": "ServiceOrderItem",
            }
        ],
    }


ORDER = Resource(
    name="serviceOrder",
    type_name="ServiceOrder",
    reads="service_order.get",
    rows=orders,
    show=each(show),
    key=Id("pk", ServiceOrder),
    filters={
        "category": Filter("action"),
        "state": Words("state", STATES),
        "orderDate": Moment("created_at"),
        "startDate": Moment("started_at"),
        "completionDate": Moment("completed_at"),
        "externalReference.name": Filter("order_id"),
        "serviceOrderItem.action": Words("action", ACTIONS),
        "serviceOrderItem.state": Words("state", STATES),
        "serviceOrderItem.service.serviceSpecification.id": Filter("cfs__spec_id"),
        **reference("serviceOrderItem.service", Service, "cfs", "Service"),
    },
    extras=OrderExtras,
    writes="provisioning.resolve_stuck",
)


def show_cancel(order: ServiceOrder) -> dict[str, Any]:
    """The cancellation of a service order; it has the id of its order."""
    return {
        "id": order.public_id,
        "state": "done",
        "cancellationReason": order.state_reason or None,
        "effectiveCancellationDate": iso(order.state_changed_at),
        "serviceOrder": {"id": order.public_id, "@referredType": "ServiceOrder"},
    }


CANCELLATION = Resource(
    name="cancelServiceOrder",
    type_name="CancelServiceOrder",
    reads="service_order.get",
    rows=lambda: ServiceOrder.objects.filter(state="cancelled"),
    show=each(show_cancel),
    key=Id("pk", ServiceOrder),
    filters={
        "state": Always("done"),
        "cancellationReason": Filter("state_reason"),
        **reference("serviceOrder", ServiceOrder, "pk", "ServiceOrder"),
    },
)

SERVICE_ORDERS = Api(
    number=641,
    base="serviceOrdering/v4",
    aliases=["serviceOrderingManagement/v4"],
    resources=[ORDER, CANCELLATION],
    events={
        "service_order.opened": "ServiceOrderCreateEvent",
        "service_order.in_progress": "ServiceOrderStateChangeEvent",
        "service_order.completed": "ServiceOrderStateChangeEvent",
        "service_order.failed": "ServiceOrderStateChangeEvent",
    },
)
