"""Usage in batches, against the same rows by COPY and one UPDATE without any check."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.operations import run

from .figures import Figure, Size, Unmeasured

LINES, SEED = 1_000, 7
LEAST_COPIED = 100_000  # rows a second, below which the machine says nothing
Event = dict[str, Any]


def measure(size: Size) -> list[Figure]:
    """Events a second through the product, and as a share of the bare database."""
    numbers = list(lines().values_list("msisdn", flat=True)[:LINES])
    batches = list(made(numbers, size))
    rate = recorded(batches, size)
    bare = copied_and_counted(batches, size)
    copied = copied_alone(size)
    if size.strict and copied < LEAST_COPIED:
        raise Unmeasured(f"COPY brings in {copied:,.0f} rows/s; {LEAST_COPIED:,} are needed.")
    beside = f"COPY + UPDATE {bare:,.0f} rows/s, COPY alone {copied:,.0f} rows/s"
    return [
        Figure("usage in batches of 1,000", rate, "events/s", at_least=10_000, beside=beside),
        Figure("  of COPY + UPDATE", 100 * rate / bare, "%", at_least=25),
    ]


def lines() -> Any:
    """Lines in service that a few kilobytes do not exhaust."""
    plenty = Subscription.objects.filter(state="active").exclude(offering_id="PLAN_S")
    return (plenty | Subscription.objects.filter(state="active")).order_by("id")


def made(numbers: list[str], size: Size) -> Iterator[list[Event]]:
    """Batches of events: one in twenty was sent before, every fifth is of one hot line."""
    at, dice = clock.now().isoformat(), Random(SEED)
    for batch in range(size.batches):
        events: list[Event] = []
        for place in range(size.batch):
            if place % 20 == 19:
                events.append(events[place // 2])
            else:
                number = numbers[0] if place % 5 == 0 else dice.choice(numbers)
                events.append(event(f"bench/{at}/{batch}/{place}", number, at))
        yield events


def event(key: str, number: str, at: str) -> Event:
    """A kilobyte."""
    return {
        "id": key,
        "msisdn": number,
        "usageType": "data",
        "quantity": 1,
        "unit": "kb",
        "usageDate": at,
    }


def recorded(batches: list[list[Event]], size: Size) -> float:
    """Events a second through `usage.record`; each is in the books once afterwards."""
    before, started = counted(), time.perf_counter()
    answers = [run("usage.record", events=events) for events in batches]
    seconds = time.perf_counter() - started
    sent = {event["id"] for events in batches for event in events}
    told = [answer["status"] for answered in answers for answer in answered]
    if counted() - before != len(sent) or told.count("accepted") != len(sent):
        raise Unmeasured("Not every event was counted exactly once.")
    return len(told) / seconds


def counted() -> int:
    """How many events are in the books."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rating_usage WHERE event_key LIKE 'bench/%'")
        return int(cursor.fetchone()[0])


COLUMNS = (
    "event_key, subscription_id, msisdn, event_type, kind, quantity, raw_quantity, raw_unit, at,"
    " received_at, period_start, overshoot, roaming, state, rule, source, raw_cdr_ref"
)
_CHARGE = """
UPDATE bench_bucket b SET used = b.used + d.used FROM
    (SELECT msisdn, sum(quantity) AS used FROM unnest(%s::text[], %s::bigint[])
        AS e(msisdn, quantity) GROUP BY msisdn) d WHERE b.msisdn = d.msisdn
"""


def copied_and_counted(batches: list[list[Event]], size: Size) -> float:
    """The same rows by COPY into the same table with one UPDATE a batch; rows a second."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_usage, bench_bucket")
        cursor.execute("CREATE TABLE bench_usage (LIKE rating_usage INCLUDING ALL)")
        cursor.execute(
            "CREATE TABLE bench_bucket AS SELECT DISTINCT msisdn, 0::bigint AS used"
            " FROM subscription_subscription"
        )
        cursor.execute("CREATE INDEX ON bench_bucket (msisdn)")
    rows, started = 0, time.perf_counter()
    for number, events in enumerate(batches):
        with transaction.atomic(), connection.cursor() as cursor:
            rows += bring_in(cursor, events, f"{number}/")
            columns = [event["msisdn"] for event in events], [1024] * len(events)
            cursor.execute(_CHARGE, columns)
    return rows / (time.perf_counter() - started)


def bring_in(cursor: Any, events: list[Event], prefix: str) -> int:
    """COPY a batch."""
    at = clock.now()
    with cursor.copy(f"COPY bench_usage ({COLUMNS}) FROM STDIN") as copy:
        copy.write("".join(row(prefix + str(n), one, at) for n, one in enumerate(events)))
    return len(events)


def row(key: str, event: Event, at: datetime) -> str:
    """An event as COPY reads it."""
    began = (at - timedelta(days=1)).isoformat()
    moments = f"{event['usageDate']}\t{at.isoformat()}\t{began}"
    number = event["msisdn"]
    return f"{key}\t1\t{number}\tdata\tdata\t1024\t1\tkb\t{moments}\t0\tf\trated\t\tnetwork\t\n"


def copied_alone(size: Size) -> float:
    """Rows a second of one large COPY into a table without indexes."""
    at = clock.now()
    one = event("", "90000000", at.isoformat())
    text = "".join(row(str(number), one, at) for number in range(size.copied))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_usage")
        cursor.execute("CREATE TABLE bench_usage (LIKE rating_usage INCLUDING DEFAULTS)")
        cursor.execute("ALTER TABLE bench_usage ALTER id DROP NOT NULL")
        started = time.perf_counter()
        with cursor.copy(f"COPY bench_usage ({COLUMNS}) FROM STDIN") as copy:
            copy.write(text)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_usage, bench_bucket")
    return size.copied / seconds
