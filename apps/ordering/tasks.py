"""What orders need done as time passes."""

from __future__ import annotations

from typing import Any

from bss.core import clock
from bss.core.sweeps import sweep

from . import queries
from .models import ProductOrder


@sweep("stuck_orders", operation="order.flag_stuck", every=60, queue="orders")
def stuck_orders(limit: int) -> list[dict[str, Any]]:
    """Orders in progress for too long that nobody was told about."""
    return named(queries.overdue(clock.now()).values_list("pk", flat=True)[:limit])


@sweep("lapsed_orders", operation="order.expire", every=60, queue="orders")
def lapsed_orders(limit: int) -> list[dict[str, Any]]:
    """Orders that were not submitted in time."""
    return named(queries.lapsed(clock.now()).values_list("pk", flat=True)[:limit])


def named(keys: Any) -> list[dict[str, Any]]:
    """One argument each."""
    return [{"order_id": ProductOrder.public_id_of(key)} for key in keys]


@sweep("due_ports", operation="port_request.advance", every=60, queue="orders")
def due_ports(limit: int) -> list[dict[str, Any]]:
    """Port requests for which something must happen now."""
    return [{"port_request_id": one} for one in queries.ports_due(clock.now(), limit)]


@sweep("port_messages", operation="port_request.collect", every=60, queue="orders")
def port_messages(limit: int) -> list[dict[str, Any]]:
    """One look into the inbox, while another operator has something to answer."""
    return [{}] if queries.awaits_messages() else []
