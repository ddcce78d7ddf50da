"""Previews: run an operation for show, tell what it would do, and take it all back."""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from bss.core import clock, context, registry
from bss.core.calls import Outcome, gateway_of
from bss.core.errors import BssError, Problem, problem, translate, translated
from bss.core.events import Record, agreed_of, hand_over, handles
from bss.core.invocation import Invocation, PendingCall, PendingEvent, flush, gathering
from bss.core.operations import authorise
from bss.core.performing import run_then
from bss.core.registry import Operation

# A preview follows what an operation leads to this far, and waits this long for anybody.
STEPS = 60
LOCK_MS = 500
STATEMENT_MS = 5000


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person agrees to: calls and events of the operation's own transaction."""

    calls: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @classmethod
    def of(cls, invocation: Invocation) -> Agreed:
        """Amounts, named targets and recipients; no generated ids, picks or moments."""
        calls = [
            {"gateway": call.gateway, "method": call.method, **call.shown}
            for call in invocation.calls
        ]
        return cls(calls, [agreed_of(event) for event in invocation.events])

    def stored(self) -> dict[str, Any]:
        """As kept on a proposal."""
        return dataclasses.asdict(self)


@dataclass(slots=True)
class Preview:
    """What an operation would do."""

    operation: str
    effect: str
    args: dict[str, Any]
    # Rows by model: {"payment": {"created": 1, "changed": 2, "deleted": 0}}.
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    # Amounts in minor units, with whom they come from or go to.
    money: list[dict[str, Any]] = field(default_factory=list)
    # Who would be told, and what.
    recipients: list[dict[str, Any]] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    undoable: bool = True
    # What it answers, where that is not read afresh afterwards.
    answer: Any = None
    refusal: Problem | None = None
    agreed: Agreed = field(default_factory=lambda: Agreed([], []))

    def shown(self) -> dict[str, Any]:
        """As doors show it."""
        shown = dataclasses.asdict(self)
        del shown["agreed"]
        return shown


def preview(name: str, args: dict[str, Any] | None = None) -> Preview:
    """What an operation would change, cost and tell, or the refusal; nothing is left behind."""
    found = registry.public(name)
    # Without a trace nothing of it is kept, not even how long it took.
    with context.acting(trace_id="") as acting:
        authorise(found, acting, args or {})
        seen = Preview(name, found.effect, dict(args or {}), undoable=found.effect != "destructive")
        arguments = found.parse(seen.args)
        if not found.is_read:
            _try(found, arguments, seen)
        return seen


def _try(found: Operation, arguments: dict[str, Any], seen: Preview) -> None:
    try:
        with translated(), _rolled_back():
            before = _row_counts()
            _Rehearsal(seen).play(found, arguments)
            connection.check_constraints()
            seen.changes = _changes(before, _row_counts())
    except BssError as refusal:
        seen.refusal = problem(refusal)


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic(durable=True):
        point = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true),"
                " set_config('statement_timeout', %s, true)",
                [str(LOCK_MS), str(STATEMENT_MS)],
            )
        try:
            yield
        finally:
            # Inside a test's transaction only this part is taken back.
            connection.needs_rollback = False
            transaction.savepoint_rollback(point)
            transaction.set_rollback(True)
            # It may have been read while it was set to what never came to be.
            clock.forget()


class _Rehearsal:
    """Plays an operation and what follows from it, against gateways that only pretend."""

    def __init__(self, seen: Preview) -> None:
        self.seen = seen
        self.calls: deque[PendingCall] = deque()
        self.events: deque[PendingEvent] = deque()
        # What handlers tell apart by the event's id stays apart; no stored event has one of these.
        self.event_ids = count(-1, -1)

    def play(self, found: Operation, arguments: dict[str, Any]) -> None:
        with self._gathered() as invocation, registry.allowing(found.effect):
            answer = registry.perform(found, arguments)
            if found.result is None and not found.secret:
                self.seen.answer = answer
            self.seen.agreed = Agreed.of(invocation)
        for _ in range(STEPS):
            if self.calls:
                self._answer(self.calls.popleft())
            elif self.events:
                self._tell(self.events.popleft())
            else:
                return
        self.seen.warnings.append(f"More follows than the {STEPS} steps a preview looks at.")

    @contextmanager
    def _gathered(self) -> Iterator[Invocation]:
        invocation = Invocation()
        with gathering(invocation):
            yield invocation
            flush(invocation)
        self._note(invocation)

    def _note(self, invocation: Invocation) -> None:
        self.calls.extend(invocation.calls)
        self.events.extend(invocation.events)
        self.seen.summaries += [event.summary for event in invocation.events if event.summary]
        for call in invocation.calls:
            if call.shown.keys() & {"amount", "refund"}:
                self.seen.money.append(call.shown)
            if "recipient" in call.shown:
                self.seen.recipients.append(call.shown)

    def _answer(self, call: PendingCall) -> None:
        outcome = _outcome_of(call)
        try:
            with transaction.atomic(), self._gathered():
                run_then(call, outcome)
        except BssError as refusal:
            # In real life the answer would be kept, and a person would look at it.
            self.seen.warnings.append(f"{call.then}: {refusal.message}")

    def _tell(self, event: PendingEvent) -> None:
        record = _record_of(event, next(self.event_ids))
        for _, handler in event.deliveries:
            try:
                with transaction.atomic(), self._gathered(), registry.allowing():
                    if handles(handler):
                        hand_over(handler, record)
            except Exception as trouble:
                # In real life this would be a parked delivery, not a refusal.
                if translate(trouble) is None:
                    raise
                self.seen.warnings.append(f"{handler}: {trouble}")


def _outcome_of(call: PendingCall) -> Outcome:
    if call.outcome is not None:
        return Outcome(**call.outcome)
    assumed: Outcome = gateway_of(call.gateway).preview(method=call.method, args=call.args)
    return assumed


def _record_of(event: PendingEvent, event_id: int) -> Record:
    acting = context.current()
    return Record(
        id=event_id,
        name=event.name,
        aggregate=event.aggregate,
        about=event.about,
        summary=event.summary,
        payload=event.payload,
        at=clock.now(),
        actor=acting.actor,
        channel=acting.channel,
        on_behalf_of=acting.on_behalf_of,
        service_identity=acting.service_identity,
        trace_id=acting.trace_id,
    )


# The kernel's own books follow every change and tell nobody anything.
_BOOKKEEPING = ("event", "delivery", "call", "request", "proposal", "statehistory", "span")


def _row_counts() -> dict[str, Counter[str]]:
    """Rows this transaction has written so far, by table, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> ALL(%s)",
            [[f"core_{table}" for table in _BOOKKEEPING]],
        )
        return {
            table: Counter(created=made, changed=changed, deleted=gone)
            for table, made, changed, gone in cursor.fetchall()
        }


def _changes(
    before: dict[str, Counter[str]], after: dict[str, Counter[str]]
) -> dict[str, dict[str, int]]:
    models = apps.get_models(include_auto_created=True)
    nouns = {model._meta.db_table: str(model._meta.verbose_name) for model in models}
    rows = {}
    for table, counts in sorted(after.items()):
        added = counts - before.get(table, Counter())
        if added:
            rows[nouns.get(table, table)] = {
                kind: added[kind] for kind in ("created", "changed", "deleted")
            }
    return rows
