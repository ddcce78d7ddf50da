"""Delivering events: claim the oldest of each lane, run its handler, commit both together."""

from __future__ import annotations

import json
import logging
import secrets
import uuid
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from django.db import connection, transaction

from bss.core import context, registry, tracing
from bss.core.context import Context
from bss.core.errors import failure_of
from bss.core.events import Record, hand_over, hand_over_many, handles
from bss.core.invocation import (
    Invocation,
    PendingCall,
    lease_seconds,
    running,
    transaction_of,
)
from bss.core.performing import LostLease, back_off

log = logging.getLogger(__name__)

ATTEMPTS = 5
# Whoever handles the events of many people at once acts for none of them.
BATCH = Context(actor="system:deliveries")
# Claims that ended without a word: whatever claimed it died of it, or so it seems.
DEATHS = 3


@dataclass(slots=True)
class Claimed:
    """A delivery this process may run until its lease ends."""

    id: int
    handler: str
    lane: str
    attempts: int
    token: uuid.UUID


# Where the last claim of this process ended, by queue, unless it came to the end: everyone's turn
# comes, and two workers are seldom at the same place.
FIRST_LANE = ("", "")
_had_last: dict[str, tuple[str, str]] = {}

# A loose index scan over lanes: each step jumps to the first open row of the next lane, so a lane
# with a hundred thousand followers costs as much as one with a single row.
_CLAIM = """
WITH RECURSIVE lane AS (
  (SELECT handler, lane, id, state, run_at, lease_until FROM core_delivery
    WHERE queue = %(queue)s AND state <> 'done' AND (handler, lane) > (%(handler)s, %(lane)s)
    ORDER BY handler, lane, id LIMIT 1)
  UNION ALL
  SELECT following.* FROM lane previous, LATERAL (
    SELECT handler, lane, id, state, run_at, lease_until FROM core_delivery d
    WHERE d.queue = %(queue)s AND d.state <> 'done'
      AND (d.handler, d.lane) > (previous.handler, previous.lane)
    ORDER BY handler, lane, id LIMIT 1) following
), pick AS (
  SELECT head.id FROM lane, LATERAL (
    -- Locked while it walks, so that who meets another one's claim goes on to the next lanes.
    -- The lease is tested again on the locked row: the candidate may come from an old snapshot.
    SELECT d.id FROM core_delivery d WHERE d.id = lane.id AND d.state = 'open'
      AND (d.lease_until IS NULL OR d.lease_until < statement_timestamp())
    FOR UPDATE SKIP LOCKED) head
  WHERE lane.state = 'open' AND {due}
    AND (lane.lease_until IS NULL OR lane.lease_until < statement_timestamp())
  LIMIT %(limit)s
)
UPDATE core_delivery d SET attempts = attempts + 1, token = gen_random_uuid(),
    lease_until = statement_timestamp() + %(lease)s * interval '1 s',
    state = CASE WHEN attempts >= %(most)s THEN 'parked' ELSE state END,
    error = CASE WHEN attempts >= %(most)s THEN 'its process died again and again' ELSE error END
FROM pick WHERE d.id = pick.id
RETURNING d.id, d.handler, d.lane, d.attempts, d.token, d.state
"""


def claim(
    queue: str, limit: int, *, due_only: bool = True, lease: float | None = None
) -> list[Claimed]:
    """Lease the heads of up to `limit` lanes, beginning behind those this process had last.

    Without such it begins somewhere, so that early steps do not always go before late ones.
    """
    start = _had_last.pop(queue, None) or (secrets.choice(ascii_lowercase), "")
    lease = lease_seconds(lease)
    claimed = _claim_from(start, queue, limit, lease, due_only)
    # Whoever found less than asked for comes back anyway; only who found nothing must wrap around.
    if not claimed:
        claimed = _claim_from(FIRST_LANE, queue, limit, lease, due_only)
    if len(claimed) == limit:
        _had_last[queue] = max((one.handler, one.lane) for one in claimed)
    return claimed


def start_over() -> None:
    """Begin the next claims at the first lane again."""
    _had_last.clear()


def _claim_from(
    behind: tuple[str, str], queue: str, limit: int, lease: float, due_only: bool
) -> list[Claimed]:
    sql = _CLAIM.format(due="run_at <= statement_timestamp()" if due_only else "true")
    parameters: dict[str, Any] = {
        "queue": queue,
        "handler": behind[0],
        "lane": behind[1],
        "limit": limit,
        "lease": lease,
        "most": ATTEMPTS + DEATHS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return [Claimed(*row) for *row, state in rows if state != "parked"]


def deliver(
    claimed: Claimed, *, token: uuid.UUID | None = None
) -> tuple[list[PendingCall], set[str]]:
    """Run one delivery: (calls it requested, leased to `token`; queues left with work)."""
    invocation = Invocation(token=token)
    failure = failure_of(lambda: _deliver(claimed, invocation))
    if failure is None:
        return invocation.calls, invocation.queues
    if isinstance(failure, LostLease):
        _hand_back([claimed])
    else:
        _keep_failure(claimed, failure)
    return [], set()


def deliver_together(claimed: list[Claimed]) -> set[str] | None:
    """Run deliveries of one handler that takes many: the queues left with work.

    None leaves them to be run one by one.
    """
    invocation = Invocation(context=BATCH)
    failure = failure_of(lambda: _deliver_together(claimed, invocation))
    if failure is None:
        return invocation.queues | {call.queue for call in invocation.calls}
    if isinstance(failure, LostLease):
        _hand_back(claimed)
        return set()
    return None


def _deliver_together(claimed: list[Claimed], invocation: Invocation) -> None:
    handler = claimed[0].handler
    with transaction_of(invocation), ExitStack() as steps:
        records = _close(claimed)
        for record in records:
            # One step in each of the traces that come together here.
            steps.enter_context(context.acting(_context_of(record)))
            steps.enter_context(_step(handler))
        with context.acting(BATCH), registry.allowing():
            hand_over_many(handler, records)


def _step(handler: str) -> AbstractContextManager[tracing.Step | None]:
    return tracing.span(handler, service=handler.split(".")[0], kind="delivery")


def _deliver(claimed: Claimed, invocation: Invocation) -> None:
    with transaction_of(invocation):
        _run(claimed)


def _run(claimed: Claimed) -> None:
    (record,) = _close([claimed])
    running().context = _context_of(record)
    if not handles(claimed.handler):
        # Another version of the code may know it; if none does, a person decides.
        raise LookupError(f"no handler {claimed.handler} in this process")
    with (
        context.acting(_context_of(record)),
        _step(claimed.handler),
        registry.allowing(),
    ):
        hand_over(claimed.handler, record)


def _context_of(record: Record) -> Context:
    return Context(
        actor=record.actor,
        channel=record.channel,
        on_behalf_of=record.on_behalf_of,
        service_identity=record.service_identity,
        trace_id=record.trace_id,
    )


# First statement of the transaction: fence, row locks and the events in one.
_CLOSE = """
UPDATE core_delivery d SET state = 'done', done_at = statement_timestamp(), token = NULL,
  lease_until = NULL
FROM core_event e, unnest(%s::bigint[], %s::uuid[]) AS claimed(id, token)
WHERE d.id = claimed.id AND d.token = claimed.token AND d.state = 'open' AND e.id = d.event_id
  AND NOT EXISTS (SELECT 1 FROM core_delivery o WHERE o.queue = d.queue AND o.handler = d.handler
    AND o.lane = d.lane AND o.state <> 'done' AND o.id < d.id)
RETURNING e.id, e.name, e.aggregate, e.about, e.summary, e.payload, e.at, e.actor, e.channel,
    e.on_behalf_of, e.service_identity, e.trace_id
"""


def _close(claimed: list[Claimed]) -> list[Record]:
    """Close those that are still ours and at the head of their lane: their events, in order."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, _leased(claimed))
        rows: list[tuple[Any, ...]] = sorted(cursor.fetchall())
    if not rows:
        raise LostLease
    if len(rows) < len(claimed):
        _hand_back(claimed)
    return [Record(*(*row[:5], _loaded(row[5]), *row[6:])) for row in rows]


def _hand_back(claimed: list[Claimed]) -> None:
    """Free what is still ours though its turn has not come: it would wait for its lease to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_delivery d SET token = NULL, lease_until = NULL, attempts = attempts - 1"
            " FROM unnest(%s::bigint[], %s::uuid[]) AS claimed(id, token)"
            " WHERE d.id = claimed.id AND d.token = claimed.token AND d.state = 'open'",
            _leased(claimed),
        )


def _leased(claimed: list[Claimed]) -> list[list[Any]]:
    return [[one.id for one in claimed], [one.token for one in claimed]]


def _loaded(payload: Any) -> Any:
    return json.loads(payload) if isinstance(payload, str) else payload


def _keep_failure(claimed: Claimed, error: Exception) -> None:
    log.error("delivery %s to %s failed", claimed.id, claimed.handler, exc_info=error)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_delivery SET state = %s, error = %s, token = NULL, lease_until = NULL,"
            " run_at = statement_timestamp() + %s * interval '1 s' WHERE id = %s AND token = %s",
            [
                "parked" if claimed.attempts >= ATTEMPTS else "open",
                f"{type(error).__name__}: {error}"[:1000],
                back_off(claimed.attempts),
                claimed.id,
                claimed.token,
            ],
        )
