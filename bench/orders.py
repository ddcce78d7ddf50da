"""Orders from the request to the line in service, everything they lead to included."""

from __future__ import annotations

import json
import time

from apps.ordering.models import ProductOrder
from bss.core import clock
from bss.core.operations import run, run_internal
from bss.core.work import drain_everything

from .figures import Figure, Size, Unmeasured
from .served import Served, buyers, drained, median_seconds
from .statements import counted

PATH = "/tmf-api/productOrderingManagement/v4/productOrder"
CLIENTS = 8
COUNTED = 10


def measure_statements(size: Size) -> list[Figure]:
    """Statements an order, with its letters, its log and all that workers do for it."""
    customers = buyers(COUNTED + 1)
    create(customers[0])
    with counted() as sent:
        for customer in customers[1:]:
            create(customer)
    each = len(sent) / len(customers[1:])
    return [Figure("statements an order", each, "", at_most=110, beside="all it leads to included")]


def create(customer: str) -> None:
    """Order a line and see it through."""
    run("order.create", customer_id=customer, offering_id="PLAN_M")
    drain_everything()


def measure(served: Served) -> list[Figure]:
    """How long an order takes alone, and how many a minute come through together."""
    stock_up()
    requests = [order_of(customer) for customer in buyers(500)]
    since = clock.now()
    served.load(requests, 1, min(served.size.seconds, 6))
    drained()
    alone = 1000 * median_seconds(since)
    since, started = clock.now(), time.perf_counter()
    result = served.load(requests, CLIENTS, 2 * served.size.seconds)
    seconds = drained() - started
    rate = 60 * require_complete(since, result.requests) / seconds
    together = f"p50 {1000 * median_seconds(since):.0f} ms each at concurrency {CLIENTS}"
    return [
        Figure("order to active line, p50", alone, "ms", at_most=300, beside="concurrency 1"),
        Figure("orders at concurrency 8", rate, "orders/min", at_least=600, beside=together),
    ]


def order_of(customer: str) -> str:
    """A request that orders and submits at once."""
    body = {
        "submit": True,
        "productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "PLAN_M"}}],
        "relatedParty": [{"id": customer, "role": "customer"}],
    }
    return f"POST {PATH} {json.dumps(body)}"


def require_complete(since: object, asked: int) -> int:
    """How many orders were completed; refuse a result with one that was not."""
    placed = ProductOrder.objects.filter(placed_at__gte=since)
    done = placed.filter(state="completed").count()
    if done != placed.count() or done < asked:
        raise Unmeasured(f"Only {done} of {placed.count()} orders were completed.")
    return done


def stock_up() -> None:
    """See that pools do not run out under the load."""
    run_internal("provisioning.seed", {"numbers": 9_000, "esims": 9_000})
