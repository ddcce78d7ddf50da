"""What one transaction of the kernel gathers, and the single statement that writes it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from bss.core import clock, context, tracing
from bss.core.context import Context
from bss.core.errors import translated


@dataclass(slots=True)
class PendingEvent:
    """A published event and the (queue, handler) pairs it goes to."""

    name: str
    aggregate: str
    about: str
    summary: str
    payload: dict[str, Any]
    before: Any = None
    after: Any = None
    deliveries: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class PendingCall:
    """A requested call; after the flush it has an id and, when born leased, our token."""

    gateway: str
    method: str
    key: str
    args: dict[str, Any]
    then: str
    then_args: dict[str, Any]
    queue: str
    about: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    id: int = 0
    attempts: int = 0
    state: str = "open"
    outcome: dict[str, Any] | None = None
    then_attempts: int = 0
    context: dict[str, str] = field(default_factory=dict)
    request_id: int | None = None
    token: uuid.UUID | None = None


@dataclass(slots=True)
class PendingMove:
    """A transition taken."""

    aggregate: str
    trigger: str
    was: str
    became: str
    reason: str


@dataclass
class Invocation:
    """One kernel transaction: what it published, requested and moved."""

    token: uuid.UUID | None = None
    request_id: int | None = None
    # Whose doing this is, when that is known only inside: deliveries find it in their event.
    context: Context | None = None
    # How many calls of the request this transaction closes.
    closed_calls: int = 0
    events: list[PendingEvent] = field(default_factory=list)
    calls: list[PendingCall] = field(default_factory=list)
    moves: list[PendingMove] = field(default_factory=list)
    # Queues where work of others may go on because of this.
    reopened: set[str] = field(default_factory=set)

    @property
    def requested(self) -> list[PendingCall]:
        """The calls asked for here; the others existed before and were answered here."""
        return [call for call in self.calls if call.state == "open"]

    @property
    def queues(self) -> set[str]:
        """The queues that hold work after this transaction, not counting its own calls."""
        return self.reopened | {queue for event in self.events for queue, _ in event.deliveries}


_running: ContextVar[Invocation | None] = ContextVar("bss_invocation", default=None)


def running() -> Invocation:
    """The invocation whose transaction is open; there must be one."""
    invocation = _running.get()
    if invocation is None:
        raise RuntimeError("Only an operation or a handler may do this; go through invoke().")
    return invocation


@contextmanager
def transaction_of(invocation: Invocation) -> Iterator[Invocation]:
    """One kernel transaction: what the block publishes, requests and moves commits with it."""
    token = _running.set(invocation)
    try:
        with translated(), transaction.atomic(durable=True):
            yield invocation
            flush(invocation)
    finally:
        _running.reset(token)


@contextmanager
def gathering(invocation: Invocation) -> Iterator[Invocation]:
    """Gather into an invocation inside a transaction that somebody else opened (previews)."""
    token = _running.set(invocation)
    try:
        yield invocation
    finally:
        _running.reset(token)


def to_json(value: Any) -> str:
    """JSON with moments, decimals and ids spelled out."""
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":"))


# Longer than any gateway's time-out: who still holds a lease may still be waiting.
LEASE_SECONDS = 45.0


def lease_seconds(chosen: float | None = None) -> float:
    """How long a lease lasts."""
    return LEASE_SECONDS if chosen is None else chosen


_FLUSH = """
WITH fact AS (
    SELECT i.*, coalesce((SELECT max(version) FROM core_event e WHERE e.aggregate = i.aggregate), 0)
        + row_number() OVER (PARTITION BY i.aggregate ORDER BY i.ord) AS version
    FROM unnest(%(names)s::text[], %(aggregates)s::text[], %(abouts)s::text[],
        %(summaries)s::text[], %(payloads)s::jsonb[], %(befores)s::jsonb[], %(afters)s::jsonb[])
        WITH ORDINALITY AS i(name, aggregate, about, summary, payload, before, after, ord)
), stored AS (
    INSERT INTO core_event (name, aggregate, version, about, summary, payload, before, after,
        actor, on_behalf_of, channel, service_identity, trace_id, at)
    SELECT name, aggregate, version, about, summary, payload, before, after,
        %(actor)s, %(on_behalf_of)s, %(channel)s, %(service_identity)s, %(trace_id)s, %(at)s
    FROM fact ORDER BY ord RETURNING id, aggregate, version
), sent AS (
    INSERT INTO core_delivery (event_id, queue, handler, lane, state, attempts)
    SELECT s.id, d.queue, d.handler, f.aggregate, 'open', 0
    FROM unnest(%(ords)s::int[], %(queues)s::text[], %(handlers)s::text[])
        AS d(ord, queue, handler)
    JOIN fact f USING (ord) JOIN stored s USING (aggregate, version) ORDER BY s.id
), moved AS (
    INSERT INTO core_statehistory (aggregate, trigger, was, became, reason, actor, at)
    SELECT m.*, %(actor)s, %(at)s FROM unnest(%(m_aggregates)s::text[], %(m_triggers)s::text[],
        %(m_was)s::text[], %(m_became)s::text[], %(m_reasons)s::text[]) AS m
), counted AS (
    UPDATE core_request SET open_calls = open_calls + %(more_calls)s,
        state = CASE WHEN open_calls + %(more_calls)s = 0 THEN 'done' ELSE state END
    WHERE id = %(request_id)s
)
INSERT INTO core_call (gateway, method, args, key, "then", then_args, about, shown, queue, state,
    attempts, token, lease_until, context, request_id)
SELECT c.*, 'open', %(attempts)s, %(token)s,
    CASE WHEN %(token)s::uuid IS NOT NULL
        THEN statement_timestamp() + %(lease)s * interval '1 s' END,
    %(context)s, %(request_id)s
FROM unnest(%(c_gateways)s::text[], %(c_methods)s::text[], %(c_args)s::jsonb[], %(c_keys)s::text[],
    %(c_thens)s::text[], %(c_then_args)s::jsonb[], %(c_abouts)s::text[], %(c_shown)s::jsonb[],
    %(c_queues)s::text[]) AS c
RETURNING id, gateway, key
"""


def flush(invocation: Invocation) -> None:
    """Write everything gathered in one statement; calls get their ids."""
    events, calls, moves = invocation.events, invocation.requested, invocation.moves
    if not (events or calls or moves or invocation.closed_calls):
        return
    acting = invocation.context or context.current()
    stored = acting.stored()
    parameters = {
        **{name: stored[name] for name in ("actor", "on_behalf_of", "channel", "trace_id")},
        "service_identity": stored["service_identity"],
        "at": clock.now(),
        "context": to_json(stored),
        "token": invocation.token,
        "attempts": 1 if invocation.token else 0,
        "lease": lease_seconds(),
        "request_id": invocation.request_id,
        "more_calls": len(calls) - invocation.closed_calls,
        **_event_columns(events),
        **_move_columns(moves),
        **_call_columns(calls),
    }
    gathered = {"events": len(events), "calls": len(calls), "moves": len(moves)}
    with (
        tracing.span("core.flush", service="core", kind="flush", **gathered),
        connection.cursor() as cursor,
    ):
        cursor.execute(_FLUSH, parameters)
        ids = {(gateway, key): id for id, gateway, key in cursor.fetchall()}
    for call in calls:
        call.id = ids[call.gateway, call.key]
        call.attempts = 1 if invocation.token else 0
        call.token = invocation.token
        call.context, call.request_id = stored, invocation.request_id


def _event_columns(events: list[PendingEvent]) -> dict[str, list[Any]]:
    sent = [
        (ordinal, queue, handler)
        for ordinal, event in enumerate(events, start=1)
        for queue, handler in event.deliveries
    ]
    return {
        "names": [event.name for event in events],
        "aggregates": [event.aggregate for event in events],
        "abouts": [event.about for event in events],
        "summaries": [event.summary[:300] for event in events],
        "payloads": [to_json(event.payload) for event in events],
        "befores": [_or_null(event.before) for event in events],
        "afters": [_or_null(event.after) for event in events],
        "ords": [ordinal for ordinal, _, _ in sent],
        "queues": [queue for _, queue, _ in sent],
        "handlers": [handler for _, _, handler in sent],
    }


def _or_null(value: Any) -> str | None:
    return None if value is None else to_json(value)


def _move_columns(moves: list[PendingMove]) -> dict[str, list[str]]:
    return {
        "m_aggregates": [move.aggregate for move in moves],
        "m_triggers": [move.trigger for move in moves],
        "m_was": [move.was for move in moves],
        "m_became": [move.became for move in moves],
        "m_reasons": [move.reason[:200] for move in moves],
    }


def _call_columns(calls: list[PendingCall]) -> dict[str, list[str]]:
    return {
        "c_gateways": [call.gateway for call in calls],
        "c_methods": [call.method for call in calls],
        "c_args": [to_json(call.args) for call in calls],
        "c_keys": [call.key for call in calls],
        "c_thens": [call.then for call in calls],
        "c_then_args": [to_json(call.then_args) for call in calls],
        "c_abouts": [call.about for call in calls],
        "c_shown": [to_json(call.shown) for call in calls],
        "c_queues": [call.queue for call in calls],
    }
