"""Orders that come to nothing before the network was asked, and those that do not move."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from apps.catalog import operations as catalog
from apps.ordering import policies, queries
from apps.ordering.events import OrderCancelled, OrderStuck
from apps.ordering.models import OrderState, ProductOrder
from apps.subscription import operations as subscription
from bss.core import clock
from bss.core.operations import operation

from .facts import announce, line_of
from .holding import let_go_of_preference

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
NOT_IN_TIME = "It was not submitted in time."


@operation("order.cancel", effect="destructive", roles="care supervisor", result=queries.order_view)
def cancel(*, order_id: str, reason: Reason | None = None) -> ProductOrder:
    """Call off an order before the network works on it; nothing is charged."""
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    policies.require_cancellable(order)
    call_off(order, "person", reason or "Cancelled on request.")
    return order


@operation("order.expire", internal=True)
def expire(*, order_id: str) -> None:
    """Call off an order that was not submitted in time."""
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    if order.lapsed_at(clock.now()):
        call_off(order, "expiry", NOT_IN_TIME)


def call_off(order: ProductOrder, cause: str, reason: str) -> None:
    """Give back the number, and the line where there is one already.

    A payment that is still being authorised is given back by its settler when it arrives.
    """
    item = order.items.get()
    if order.state == OrderState.ACKNOWLEDGED:
        if item.promotion_id:
            catalog.release(owner=order.public_id, reason=reason)
        let_go_of_preference(order)
    else:
        subscription.abandon(subscription_id=line_of(item), reason=reason)
    order.move("cancel", reason)
    announce(item, OrderCancelled, f"is cancelled: {reason}", cause=cause, reason=reason)


@operation("order.flag_stuck", internal=True)
def flag_stuck(*, order_id: str) -> None:
    """Say once that an order does not move; a person resolves it."""
    now = clock.now()
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    if order.stuck_at or not order.is_late(now, queries.patience()):
        return
    order.stuck_at = now
    order.save(update_fields=["stuck_at"])
    since = order.state_changed_at.isoformat()
    announce(order.items.get(), OrderStuck, f"has not moved since {since[:16]}", since=since)
