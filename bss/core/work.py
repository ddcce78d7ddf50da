"""Draining queues: what workers, sweeps, commands and tests do with open work."""

from __future__ import annotations

import time
import uuid

from django.db import connection

from bss.core import delivering, performing
from bss.core.delivering import Claimed, deliver, deliver_together
from bss.core.events import QUEUES, takes_many
from bss.core.invocation import PendingCall
from bss.core.performing import perform_all, release
from bss.core.sending import reset_breakers
from bss.core.waking import wake_queues

# Short turns, so that a storm in one queue keeps no thread from the others for long.
DRAIN_SECONDS = 5.0
DELIVERIES_AT_ONCE = 20
# Doors that drain wait so long for what workers are doing, and look so often.
PATIENCE_SECONDS = 10.0
LOOK_SECONDS = 0.02
# Few, because a batch of slow calls would wait, leased, behind its first time-out.
CALLS_AT_ONCE = 2


def drain(queue: str, seconds: float = DRAIN_SECONDS, *, due_only: bool = True) -> int:
    """Run a queue's open work until nothing is due or time is up; how many rows that was.

    Queues that this led to are woken, and the queue itself when time was up first.
    """
    until, done, touched = time.monotonic() + seconds, 0, set[str]()
    try:
        while time.monotonic() < until:
            step = _drain_once(queue, until, due_only, touched)
            if not step:
                touched.discard(queue)
                return done
            done += step
        touched.add(queue)
        return done
    finally:
        wake_queues(touched)


def _drain_once(queue: str, until: float, due_only: bool, touched: set[str]) -> int:
    if not due_only:
        # As if all waiting were over, that for a gateway to recover too.
        reset_breakers()
    claimed = delivering.claim(queue, DELIVERIES_AT_ONCE, due_only=due_only)
    for delivery in _left_after_together(claimed, touched):
        # Born leased to this very loop, so that a saga goes on without another wake-up.
        followers, queues = deliver(delivery, token=uuid.uuid4())
        touched |= queues | _perform(followers, until)
    calls = performing.claim(queue, CALLS_AT_ONCE, due_only=due_only)
    touched |= _perform(calls, until)
    return len(claimed) + len(calls)


def _left_after_together(claimed: list[Claimed], touched: set[str]) -> list[Claimed]:
    """Run what may run together; what is to be run one by one, in the order it was claimed."""
    many: dict[str, list[Claimed]] = {}
    single: list[Claimed] = []
    for one in claimed:
        group = many.setdefault(one.handler, []) if takes_many(one.handler) else single
        group.append(one)
    for group in many.values():
        queues = deliver_together(group)
        if queues is None:
            single += group
        else:
            touched |= queues
    return single


def _perform(calls: list[PendingCall], until: float) -> set[str]:
    if not calls:
        return set()
    left, queues = perform_all(calls, until)
    release(left)
    return queues | {call.queue for call in left}


def drain_everything(*, due_only: bool = True, patience: float = PATIENCE_SECONDS) -> int:
    """Drain every queue until all are quiet; how many rows that was.

    What a worker has in hand is waited for, `patience` seconds at most.
    """
    done, until = 0, time.monotonic() + patience
    while True:
        step = sum(drain(queue, due_only=due_only) for queue in QUEUES)
        done += step
        if not step and (time.monotonic() >= until or not in_hand()):
            return done
        if not step:
            time.sleep(LOOK_SECONDS)


def in_hand() -> bool:
    """True while some process holds a delivery or call that it has not finished."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM core_delivery WHERE state = 'open'"
            " AND lease_until > statement_timestamp()) OR EXISTS (SELECT 1 FROM core_call"
            " WHERE state IN ('open', 'answered') AND lease_until > statement_timestamp())"
        )
        return bool(cursor.fetchone()[0])


def due_queues() -> list[str]:
    """Queues that hold work which is due now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT q FROM unnest(%s::text[]) q WHERE EXISTS (SELECT 1 FROM core_delivery d"
            " WHERE d.queue = q AND d.state = 'open' AND d.run_at <= statement_timestamp()"
            " AND (d.lease_until IS NULL OR d.lease_until < statement_timestamp()))"
            " OR EXISTS (SELECT 1 FROM core_call c WHERE c.queue = q"
            " AND c.state IN ('open', 'answered') AND c.run_at <= statement_timestamp()"
            " AND (c.lease_until IS NULL OR c.lease_until < statement_timestamp()))",
            [list(QUEUES)],
        )
        return [queue for (queue,) in cursor.fetchall()]


def open_work() -> dict[str, int]:
    """How many deliveries and calls are open, answered or parked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'delivery ' || state, count(*) FROM core_delivery WHERE state <> 'done'"
            " GROUP BY 1 UNION ALL SELECT 'call ' || state, count(*) FROM core_call"
            " WHERE state <> 'done' GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


# What may go once it is done, by the moment it is old from.
_ENDED = {"core_delivery": "done_at", "core_call": "done_at", "core_request": "created_at"}


def purge(days: int = 30, chunk: int = 5000) -> int:
    """Delete deliveries, calls and requests that ended long ago, a chunk of each at a time."""
    return sum(_purge(table, moment, days, chunk) for table, moment in _ENDED.items())


def _purge(table: str, moment: str, days: int, chunk: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            # Only the oldest are looked at, so that a big table is never read through.
            f"DELETE FROM {table} WHERE state = 'done'"  # noqa: S608
            f" AND {moment} < statement_timestamp() - %s * interval '1 day'"
            f" AND id IN (SELECT id FROM {table} ORDER BY id LIMIT %s)",
            [days, chunk],
        )
        return int(cursor.rowcount)
