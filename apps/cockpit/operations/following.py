"""Following a thing through the house."""

from __future__ import annotations

from typing import Any

from bss.core import traces
from bss.core.operations import operation


@operation("trace.for_order", effect="read", roles="engineer supervisor care")
def trace_for_order(*, order_id: str) -> dict[str, Any]:
    """Show how an order was carried out, step by step."""
    return traces.summary(traces.trace_of(order_id, newest=True), orderId=order_id)


@operation("trace.for_subscription", effect="read", roles="engineer supervisor care")
def trace_for_subscription(*, subscription_id: str) -> dict[str, Any]:
    """Show how a line came to be, step by step."""
    return traces.summary(traces.trace_of(subscription_id), subscriptionId=subscription_id)
