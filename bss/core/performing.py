"""Performing calls: send, then close the row and run `then` in one transaction."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from bss.core import context, registry, tracing
from bss.core.calls import Outcome, gateway_of
from bss.core.errors import BssError, failure_of
from bss.core.invocation import (
    Invocation,
    PendingCall,
    lease_seconds,
    to_json,
    transaction_of,
)
from bss.core.sending import NOT_SENT, RESTING, release_connection, rest_of, send

log = logging.getLogger(__name__)

THEN_ATTEMPTS = 5
SEND_ATTEMPTS = 12
# Claims that ended without a word: whatever claimed it died of it, or so it seems.
DEATHS = 3
# Seconds before the n-th repetition.
BACK_OFF = (1, 2, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)

# Calls this process has under way besides those that a thread makes alone.
SENDERS = 32
# Who found no free sender for so long puts the call off, while its lease is still good.
QUEUED_SECONDS = 5.0


class LostLease(Exception):
    """Somebody else owns the row now; leave quietly."""


def perform_all(calls: list[PendingCall], until: float) -> tuple[list[PendingCall], set[str]]:
    """Perform leased calls, and those they lead to, until none is left or time is up.

    Answers the calls not performed (still leased) and the queues where other work was left.
    """
    waiting, queues = list(calls), set[str]()
    unsettled: list[PendingCall] = []
    while waiting and time.monotonic() < until:
        batch, waiting = (
            waiting[: settings.BSS.call_threads],
            waiting[settings.BSS.call_threads :],
        )
        for call, outcome in _send_together(batch):
            followers, touched, settled = finish(call, outcome)
            waiting += followers
            queues |= touched
            if not settled:
                unsettled.append(call)
    if unsettled:
        queues |= {call.queue for call in unsettled}
    return waiting + unsettled, queues


def _send_together(batch: list[PendingCall]) -> Iterable[tuple[PendingCall, Outcome]]:
    if len(batch) == 1:
        return [(batch[0], _send_in_context(batch[0]))]
    # This thread only waits now; nobody may wait with a connection in hand.
    release_connection()
    by = time.monotonic() + QUEUED_SECONDS
    outcomes = _senders().map(_send_apart, batch, [by] * len(batch))
    return list(zip(batch, outcomes, strict=True))


@cache
def _senders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")


# A child has none of its parent's threads.
os.register_at_fork(after_in_child=_senders.cache_clear)


def _send_apart(call: PendingCall, by: float) -> Outcome:
    if time.monotonic() > by:
        return Outcome(RESTING, reason="all senders of this process were busy")
    try:
        return _send_in_context(call)
    finally:
        # A connection that an adapter took after all would be lost with this thread.
        connection.close()


def _send_in_context(call: PendingCall) -> Outcome:
    if call.state == "answered" and call.outcome is not None:
        return Outcome(**call.outcome)
    with context.acting(context.restored(call.context)):
        return send(call)


def finish(call: PendingCall, outcome: Outcome) -> tuple[list[PendingCall], set[str], bool]:
    """Write down an outcome and run `then`: (calls that follow, queues left with work, settled)."""
    invocation = Invocation(token=call.token, request_id=call.request_id)
    with context.acting(context.restored(call.context)):
        failure = failure_of(lambda: _close(call, outcome, invocation))
        if isinstance(failure, LostLease):
            return [], set(), False
        if failure is not None:
            _keep(call, outcome, failure)
            return [], {call.queue}, False
    return invocation.calls, invocation.queues, outcome.succeeded or outcome.refused


def _close(call: PendingCall, outcome: Outcome, invocation: Invocation) -> None:
    if outcome.kind == RESTING:
        return _put_off(call, outcome)
    if outcome.kind == NOT_SENT:
        return _reschedule(call, outcome)
    settled = not outcome.unknown
    with (
        tracing.span(f"{call.gateway}.then", service="core", kind="then", key=call.key),
        transaction_of(invocation),
    ):
        if settled:
            _mark_done(call, outcome)
            invocation.closed_calls = 1 if call.request_id else 0
        else:
            _reschedule(call, outcome)
        if settled or gateway_of(call.gateway).sending(call.method).tells_unknown:
            run_then(call, outcome)
    return None


def run_then(call: PendingCall, outcome: Outcome) -> None:
    """Run the operation a call named for its outcome, in the open transaction."""
    with registry.allowing():
        registry.perform(registry.find(call.then), {"outcome": outcome, **call.then_args})


def _mark_done(call: PendingCall, outcome: Outcome) -> None:
    # First statement of the transaction: the fence against a second owner, and the row lock.
    _update_leased(
        call,
        "state = 'done', outcome = %s, done_at = statement_timestamp(), token = NULL,"
        " lease_until = NULL",
        [to_json(outcome.stored())],
    )


def _reschedule(call: PendingCall, outcome: Outcome) -> None:
    asks = outcome.unknown and gateway_of(call.gateway).sending(call.method).on_unknown == "ask"
    hopeless = call.attempts >= SEND_ATTEMPTS or asks
    state = "parked" if hopeless else "open"
    _update_leased(
        call,
        "state = %s, error = %s, token = NULL, lease_until = NULL,"
        " run_at = statement_timestamp() + %s * interval '1 s'",
        [state, f"{outcome.kind}: {outcome.reason}"[:1000], back_off(call.attempts)],
    )


def _put_off(call: PendingCall, outcome: Outcome) -> None:
    """Wait until the gateway is asked again; what was never tried is no attempt."""
    _update_leased(
        call,
        "attempts = attempts - 1, error = %s, token = NULL, lease_until = NULL,"
        " run_at = statement_timestamp() + %s * interval '1 s'",
        [outcome.reason[:1000], rest_of(call.gateway)],
    )


def back_off(attempts: int) -> int:
    """Seconds to wait before the next attempt."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1] if attempts > 0 else BACK_OFF[0]


def _update_leased(call: PendingCall, assignments: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE core_call SET {assignments}"
            " WHERE id = %s AND token = %s AND state IN ('open', 'answered')",
            [*values, call.id, call.token],
        )
        if cursor.rowcount == 0:
            raise LostLease


def _keep(call: PendingCall, outcome: Outcome, failure: Exception) -> None:
    if not isinstance(failure, BssError):
        log.error("then %s of call %s failed", call.then, call.key, exc_info=failure)
    with transaction.atomic(), suppress(LostLease):
        if outcome.unknown:
            # Nothing is known yet that could be kept; ask again.
            _reschedule(call, outcome)
        else:
            _keep_answer(call, outcome, failure)


def _keep_answer(call: PendingCall, outcome: Outcome, failure: Exception) -> None:
    """Keep an outcome whose `then` failed, so that only `then` is repeated."""
    tries = call.then_attempts + 1
    _update_leased(
        call,
        "state = %s, outcome = %s, error = %s, then_attempts = %s, token = NULL,"
        " lease_until = NULL, run_at = statement_timestamp() + %s * interval '1 s'",
        [
            "parked" if tries >= THEN_ATTEMPTS else "answered",
            to_json(outcome.stored()),
            f"{type(failure).__name__}: {failure}"[:1000],
            tries,
            back_off(tries),
        ],
    )


def release(calls: list[PendingCall]) -> None:
    """Give back calls that were leased but not performed, uncounted."""
    leased = [(call.id, call.token) for call in calls if call.token]
    if not leased:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_call SET token = NULL, lease_until = NULL,"
            " attempts = attempts - CASE WHEN state = 'open' THEN 1 ELSE 0 END"
            " WHERE id = ANY(%s) AND token = ANY(%s) AND state IN ('open', 'answered')",
            [[id for id, _ in leased], list({token for _, token in leased})],
        )


_CLAIM = """
WITH pick AS (
    SELECT id FROM core_call
    WHERE queue = %(queue)s AND state IN ('open', 'answered') AND {due}
        AND (lease_until IS NULL OR lease_until < statement_timestamp())
    ORDER BY run_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE core_call c SET attempts = attempts + CASE WHEN state = 'open' THEN 1 ELSE 0 END,
    token = gen_random_uuid(), lease_until = statement_timestamp() + %(lease)s * interval '1 s',
    state = CASE WHEN attempts >= %(most)s THEN 'parked' ELSE state END,
    error = CASE WHEN attempts >= %(most)s THEN 'its process died again and again' ELSE error END
FROM pick WHERE c.id = pick.id
RETURNING {columns}
"""
_CLAIMED = [
    "id",
    "gateway",
    "method",
    "key",
    "args",
    "then",
    "then_args",
    "queue",
    "about",
    "shown",
    "attempts",
    "state",
    "outcome",
    "then_attempts",
    "context",
    "request_id",
    "token",
]
CLAIMED_COLUMNS = ", ".join(f'c."{name}"' for name in _CLAIMED)
_JSON = ("args", "then_args", "outcome", "context", "shown")


def claim(
    queue: str, limit: int, *, due_only: bool = True, lease: float | None = None
) -> list[PendingCall]:
    """Lease the oldest due calls of a queue; the attempt counts from here."""
    sql = _CLAIM.format(
        due="run_at <= statement_timestamp()" if due_only else "true", columns=CLAIMED_COLUMNS
    )
    parameters: dict[str, Any] = {
        "queue": queue,
        "limit": limit,
        "lease": lease_seconds(lease),
        "most": SEND_ATTEMPTS + DEATHS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        claimed = [claimed_call(row) for row in cursor.fetchall()]
    return [call for call in claimed if call.state != "parked"]


def claimed_call(row: tuple[Any, ...]) -> PendingCall:
    """A row of those columns as a call to perform."""
    values = dict(zip(_CLAIMED, row, strict=True))
    for name in _JSON:
        if isinstance(values[name], str):
            values[name] = json.loads(values[name])
    return PendingCall(**values)
