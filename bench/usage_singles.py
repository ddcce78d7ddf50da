"""Usage, one event a request: the balance is right when the answer arrives."""

from __future__ import annotations

import json

from django.db import connection

from bss.core import clock, invariants

from .figures import Figure, Size, Unmeasured
from .served import Served, lines_in_service

CLIENTS = 16
PATH = "/tmf-api/usageManagement/v4/usage"


def measure(served: Served) -> list[Figure]:
    """Events a second, and as a share of the one-query route."""
    before = counted()
    result, least = served.beside(requests(served.size), CLIENTS)
    if counted() - before < result.requests:
        raise Unmeasured("Not every event that was acknowledged is in the books.")
    require_exact()
    share = 100 * result.rate / least.rate
    beside = f"p50 {result.p50:.0f} ms, p99 {result.p99:.0f} ms at concurrency {CLIENTS}"
    one = f"one query {least.rate:,.0f}/s, p50 {least.p50:.0f} ms, p99 {least.p99:.0f} ms"
    return [
        Figure("usage, one event a request", result.rate, "events/s", at_least=120, beside=beside),
        Figure("  of the one-query route", share, "%", at_least=60, beside=one),
    ]


def requests(size: Size) -> list[str]:
    """Posts of single events, each with an id of its own."""
    numbers = [line.msisdn for line in lines_in_service(1_000)]
    now = clock.now().isoformat()
    return [
        f"POST {PATH} "
        + json.dumps(
            {
                "id": f"single/{now}/{index}",
                "msisdn": numbers[index % len(numbers)],
                "usageType": "data",
                "usageDate": now,
                "quantity": 1,
                "unit": "kb",
            }
        )
        for index in range(size.singles)
    ]


def counted() -> int:
    """How many single events are in the books."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rating_usage WHERE event_key LIKE 'single/%'")
        return int(cursor.fetchone()[0])


def require_exact() -> None:
    """Refuse a result that came of counting wrongly."""
    for name in ("rating.usage_is_counted", "subscription.grants_balance"):
        if list(invariants.registry()[name].query(None)):
            raise Unmeasured(f"After the load {name} does not hold.")
