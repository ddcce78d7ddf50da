"""The product as it serves: where to send requests, and when all that they led to is done."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from apps.crm.models import Customer
from apps.ordering.models import ProductOrder
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.models import Delivery
from bss.core.operations import run
from bss.core.sending import release_connection
from bss.core.work import open_work

from .box import Box
from .figures import Size, Unmeasured
from .load import Result, Target

LEAST_RATE = 180  # requests a second of the one-query route, below which the machine says nothing
PATIENCE = 120.0
TRIES = 3


@dataclass(frozen=True, slots=True)
class Served:
    """A web server with a worker, and the least that an answer of it costs."""

    target: Target
    size: Size
    least: list[str]

    def load(self, requests: list[str], clients: int, seconds: float | None = None) -> Result:
        """Send requests to it."""
        return self.target.load(requests, clients=clients, seconds=seconds or self.size.seconds)

    def beside(
        self, requests: list[str], clients: int, seconds: float | None = None
    ) -> tuple[Result, Result]:
        """Send requests, and those of the one-query route right before: the machine's mood passes.

        While that route is slow the machine is busy with something else; that is waited out a
        few times.
        """
        for _ in range(TRIES):
            baseline = self.load(self.least, clients, seconds)
            if baseline.rate >= LEAST_RATE or not self.size.strict:
                return self.load(requests, clients, seconds), baseline
        raise Unmeasured(
            f"the one-query route answers {baseline.rate:.0f} times a second at concurrency"
            f" {clients}, where {LEAST_RATE} are needed"
        )


def serve(box: Box, size: Size) -> Served:
    """Start it, and let it warm up."""
    token = run("client.create", name="bench", scopes=["*"])["token"]
    port = box.serve()[0]
    keys = Customer.objects.order_by("id").values_list("id", flat=True)[:1000]
    found = Served(Target(port, token), size, [f"GET /tmf-api/bench/one/{key}" for key in keys])
    found.load(found.least, clients=8, seconds=1)
    return found


def drained() -> float:
    """Wait until no order, delivery or call is open; the moment when that was so, or fail."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        under_way = ProductOrder.objects.filter(state="in_progress").exists()
        work = {what: count for what, count in open_work().items() if not what.endswith("parked")}
        if not under_way and not work:
            return time.perf_counter()
        release_connection()
        time.sleep(0.02)
    trouble = Delivery.objects.exclude(error="").values_list("handler", "error").first()
    raise Unmeasured(f"After {PATIENCE:.0f} s there was still work: {open_work()}, {trouble}.")


def buyers(count: int) -> list[str]:
    """Customers who may order: their card is good."""
    good = Customer.objects.filter(state="active", kyc_status="verified")
    good = good.filter(payment_methods__is_default=True)
    good = good.exclude(payment_methods__token__contains="DECLINE").order_by("id")
    return [str(Customer.public_id_of(key)) for key in good.values_list("id", flat=True)[:count]]


def lines_in_service(count: int) -> list[Subscription]:
    """Lines of such customers that are in service."""
    good = Subscription.objects.filter(state="active", period_end__gt=clock.now())
    good = good.exclude(customer__payment_methods__token__contains="DECLINE")
    return list(good.order_by("id")[:count])


def median_seconds(since: datetime) -> float:
    """Half of the orders placed since then took longer to complete."""
    done = ProductOrder.objects.filter(placed_at__gte=since, state="completed")
    taken = sorted(
        (ended - placed).total_seconds()
        for placed, ended in done.values_list("placed_at", "completed_at")
    )
    return taken[len(taken) // 2] if taken else 0.0
