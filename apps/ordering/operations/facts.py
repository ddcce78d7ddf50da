"""What every operation on an order tells."""

from __future__ import annotations

from typing import Any

from apps.ordering.events import OrderEvent, PortEvent
from apps.ordering.models import PortRequest, ProductOrderItem
from apps.subscription.models import Subscription
from bss.core.events import publish


def announce(item: ProductOrderItem, event: type[OrderEvent], what: str, **fields: Any) -> None:
    """Publish an event of a locked order, about the customer who placed it."""
    order = item.order
    fact = event(
        order_id=order.public_id,
        customer_id=order.owner,
        offering_id=item.offering_id,
        subscription_id=line_of(item),
        **fields,
    )
    publish(fact, aggregate=order, about=order.owner, summary=f"Order {order.public_id} {what}")


def line_of(item: ProductOrderItem) -> str:
    """The public id of the line that an item led to, empty before there is one."""
    return Subscription.public_id_of(item.subscription_id) or ""


def tell_port(request: PortRequest, event: type[PortEvent], what: str, **fields: Any) -> None:
    """Publish an event of a locked port request, about the customer whose line it concerns."""
    line = request.target
    customer = line.owner if line else ""
    fact = event(
        port_request_id=request.public_id,
        direction=request.direction,
        donor_carrier=request.donor_carrier,
        donor_msisdn=request.donor_msisdn,
        target_subscription_id=line.public_id if line else "",
        customer_id=customer,
        requested_port_date=request.requested_port_date.isoformat(),
        **fields,
    )
    summary = f"{request.public_id} of {request.donor_msisdn} {what}"
    publish(fact, aggregate=request, about=customer, summary=summary)
