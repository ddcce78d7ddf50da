"""Reading orders, and waiting for them."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

from pydantic import Field

from apps.ordering import queries
from bss.core.context import current
from bss.core.errors import Conflict
from bss.core.operations import operation
from bss.core.sending import release_connection
from bss.core.work import drain_everything

READERS = "care supervisor engineer finance"
State = Literal["acknowledged", "in_progress", "completed", "failed", "cancelled"]
Limit = Annotated[int, Field(ge=1, le=queries.PAGE_LIMIT)]
# Where no worker may be at hand, whoever waits does the work.
WORKING_CHANNELS = ("cli", "scenario")
LOOK_SECONDS = 0.1


@operation("order.get", effect="read", roles=READERS)
def get(*, order_id: str) -> dict[str, Any]:
    """Show an order."""
    return queries.order_view(order_id)


@operation("order.list", effect="read", roles=READERS)
def list_orders(
    *,
    customer_id: str | None = None,
    state: State | None = None,
    before: str | None = None,
    limit: Limit = 50,
) -> list[dict[str, Any]]:
    """List orders, newest first; `before` continues behind the last one seen."""
    return queries.order_page(customer_id=customer_id, state=state, before=before, limit=limit)


@operation("order.tree", effect="read", roles="care supervisor engineer")
def tree(*, order_id: str) -> dict[str, Any]:
    """Show an order with the service orders, services and network tasks it led to."""
    return queries.order_tree(order_id)


@operation("order.wait_until", effect="read", roles=READERS)
def wait_until(
    *,
    order_id: str,
    target_state: State = "completed",
    timeout_s: Annotated[float, Field(ge=0, le=600)] = 30.0,
) -> dict[str, Any]:
    """Show an order as soon as it reaches a state, or an end from which it never will."""
    until = time.monotonic() + timeout_s
    works = current().channel in WORKING_CHANNELS
    while not queries.is_over(order_id, target_state):
        if works and drain_everything():
            continue
        if time.monotonic() >= until:
            raise too_late(order_id, target_state, timeout_s)
        # Others may need the connection more than somebody who waits.
        release_connection()
        time.sleep(LOOK_SECONDS)
    return queries.order_view(order_id)


def too_late(order_id: str, target_state: str, timeout_s: float) -> Conflict:
    """What somebody hears who waited in vain."""
    state = queries.order_view(order_id)["state"]
    return Conflict(
        "order.wait_until.timeout",
        f"{order_id} is still {state} after {timeout_s:g} s, not {target_state}.",
        {"order_id": order_id, "state": state},
        retry_after=1,
    )
