"""The one way in: every door runs operations through `invoke`."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from bss.core import context, registry, requests, tracing
from bss.core.context import traced
from bss.core.errors import Conflict, NotFound, PermissionDenied, translated
from bss.core.invocation import Invocation, PendingCall, running, transaction_of
from bss.core.performing import perform_all, release
from bss.core.registry import Operation, check, extras, operation, section
from bss.core.waking import wake_queues

__all__ = [
    "Answer",
    "attempt",
    "check",
    "extras",
    "invoke",
    "operation",
    "run",
    "run_internal",
    "section",
]

WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation came to: `done` with its result, or `pending` while calls are open."""

    state: str
    result: Any
    invocation_id: str
    subject: str | None = None
    # True when an earlier request under the same key is answered again.
    repeated: bool = False

    @property
    def pending(self) -> bool:
        """True when calls are still open; the result is what is known so far."""
        return self.state == "pending"


@dataclass(slots=True)
class _Running:
    """One invocation on its way."""

    operation: Operation
    arguments: dict[str, Any]
    key: str | None
    until: float
    # Runs in the operation's transaction: before it, and after it with what it gathered.
    before: Callable[[], None] | None = None
    after: Callable[[Invocation], None] | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def invoke(
    name: str,
    args: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    wait: float = WAIT_SECONDS,
) -> Answer:
    """Run an operation for whoever the context says, and wait for its calls to settle.

    `key` makes it safe to repeat: the same key and arguments get the same answer. `wait` seconds
    are spent on its own calls; what is left then goes to the workers. Raises BssError.
    """
    found = registry.public(name)
    # Lean operations come by the thousand; a span of each would cost more than the work.
    identity = context.current() if found.lean else traced(context.current())
    with context.acting(identity) as acting:
        authorise(found, acting, args or {})
        if found.second_person:
            message = f"{name} takes two: propose it, and let somebody else confirm."
            raise PermissionDenied(message, {"operation": name})
        return start(found, found.parse(args or {}), key=key, wait=wait)


def run(name: str, /, **args: Any) -> Any:
    """The result of an operation, for callers who do not care whether calls are still open."""
    return invoke(name, args).result


def run_internal(name: str, args: dict[str, Any], *, wait: float = 0.0) -> Answer:
    """Run any operation, internal ones included: for sweeps, seeds and the kernel's own doors."""
    found = registry.find(name)
    with context.acting(traced(context.current())):
        return start(found, found.parse(args), key=None, wait=wait)


@contextmanager
def attempt() -> Iterator[None]:
    """Let a part of an operation fail alone: what it wrote, told and asked for goes with it."""
    whole = running()
    gathered: tuple[list[Any], ...] = (whole.events, whole.calls, whole.moves)
    kept = [len(rows) for rows in gathered]
    try:
        with translated(), transaction.atomic():
            yield
    except BaseException:
        for rows, number in zip(gathered, kept, strict=True):
            del rows[number:]
        raise


def authorise(found: Operation, acting: context.Context, args: Mapping[str, Any]) -> None:
    """Refuse what the context's holder may not run; to a customer, other customers do not exist."""
    if not acting.allows(found.name, found.effect, by_pattern=bool(found.roles)):
        raise PermissionDenied(
            f"{acting.actor} may not use {found.name}.", {"operation": found.name}
        )
    # The argument models know each name in two spellings.
    for asked in (args.get("customer_id"), args.get("customerId")):
        if acting.customer_id and asked and asked != acting.customer_id:
            raise NotFound("customer", asked)


def start(
    found: Operation,
    arguments: dict[str, Any],
    *,
    key: str | None,
    wait: float,
    before: Callable[[], None] | None = None,
    after: Callable[[Invocation], None] | None = None,
) -> Answer:
    """Run an authorised operation: the common path behind invoke, sweeps and confirmations."""
    running = _Running(found, arguments, key, time.monotonic() + wait, before, after)
    if found.is_read:
        with translated():
            return Answer("done", registry.perform(found, arguments), str(running.id))
    if found.lean:
        return _lean(running)
    return _first(running, waits=wait > 0)


def _lean(running: _Running) -> Answer:
    invocation = Invocation()
    with transaction_of(invocation), registry.allowing(running.operation.effect):
        running.operation.check(running.arguments)
        result = running.operation.function(**running.arguments)
    wake_queues(invocation.queues | {call.queue for call in invocation.calls})
    return Answer("done", result, str(running.id))


def _first(running: _Running, *, waits: bool) -> Answer:
    invocation = Invocation(token=running.id if waits else None)
    with tracing.span(running.operation.name, service=running.operation.app, kind="invocation"):
        with transaction_of(invocation):
            claimed = _claim_key(running, invocation)
            if claimed:
                value = _perform(running, invocation)
        if not claimed:
            return _again(running)
        subject, answer = _subject_of(running.operation, value)
        pending = _settle(invocation, running.until)
    return _answer(running, subject, answer, pending=pending)


def _claim_key(running: _Running, invocation: Invocation) -> bool:
    if running.key is None:
        return True
    digest = requests.digest_of(running.operation.name, running.arguments)
    request = requests.open_request(running.operation.keys_of, running.key, digest, running.id)
    invocation.request_id = request
    return request is not None


def _perform(running: _Running, invocation: Invocation) -> Any:
    if running.before:
        running.before()
    with registry.allowing(running.operation.effect):
        value = registry.perform(running.operation, running.arguments)
    if running.after:
        running.after(invocation)
    if invocation.request_id is not None:
        subject, answer = _subject_of(running.operation, value)
        kept = None if running.operation.secret else answer
        requests.remember(invocation.request_id, subject, kept, calls=len(invocation.requested))
    return value


def _again(running: _Running) -> Answer:
    """Answer from the request that already holds this key."""
    assert running.key is not None
    found = running.operation
    digest = requests.digest_of(found.name, running.arguments)
    request = requests.settled(found.keys_of, running.key, digest, running.until)
    if request is None:
        # The first one was refused and left nothing; this one is the first now.
        return _first(running, waits=True)
    if running.operation.secret:
        raise Conflict("request.answer_not_kept", "It was done; its answer was shown once.")
    running.id = request.invocation
    answer = _answer(running, request.subject or None, request.answer, pending=False)
    return Answer(answer.state, answer.result, answer.invocation_id, answer.subject, repeated=True)


def _settle(invocation: Invocation, until: float) -> bool:
    """Perform the invocation's own calls; True when some are left to the workers."""
    left: list[PendingCall] = []
    queues = set[str]()
    if invocation.calls and invocation.token:
        left, queues = perform_all(invocation.calls, until)
        release(left)
    elif invocation.calls:
        left, queues = invocation.calls, {call.queue for call in invocation.calls}
    wake_queues(invocation.queues | queues | {call.queue for call in left})
    return bool(left)


def _subject_of(found: Operation, value: Any) -> tuple[str | None, Any]:
    """The id a result is read by, or the plain answer of operations without `result=`."""
    if found.result is None:
        return None, value
    return str(getattr(value, "public_id", None) or getattr(value, "pk", value)), None


def _answer(running: _Running, subject: str | None, answer: Any, *, pending: bool) -> Answer:
    read = running.operation.result
    with translated(), registry.allowing("read"):
        result = read(subject) if read is not None and subject is not None else answer
    return Answer("pending" if pending else "done", result, str(running.id), subject)
