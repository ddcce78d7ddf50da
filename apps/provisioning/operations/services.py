"""Reading services and service orders."""

from __future__ import annotations

from typing import Any

from apps.provisioning import queries
from bss.core.operations import operation

READERS = "care supervisor engineer"


@operation("service.get", effect="read", roles=READERS)
def get_service(*, service_id: str) -> dict[str, Any]:
    """Show a service with the services below it."""
    return queries.service_view(service_id)


@operation("service.list_for_subscription", effect="read", roles=READERS)
def list_services(*, subscription_id: str) -> list[dict[str, Any]]:
    """List the services of a line."""
    return queries.list_services(subscription_id)


@operation("service_order.get", effect="read", roles=READERS)
def get_service_order(*, service_order_id: str) -> dict[str, Any]:
    """Show a service order."""
    return queries.service_order_view(service_order_id)


@operation("service_order.list_for_order", effect="read", roles=READERS)
def list_service_orders(*, commercial_order_id: str) -> list[dict[str, Any]]:
    """List the service orders that a commercial order led to."""
    return queries.list_service_orders(commercial_order_id)
