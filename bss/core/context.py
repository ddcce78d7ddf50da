"""Who acts, through which door, on whose behalf."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

EVERYTHING: None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The identity under which operations run; stored on every event and call."""

    actor: str = "system"
    channel: str = "system"
    service_identity: str = "default"
    on_behalf_of: str = ""
    customer_id: str = ""
    trace_id: str = ""
    span_id: str = ""
    # Names the holder may use: operations, "noun.*", "effect:read", "*". None trusts the process.
    permissions: frozenset[str] | None = EVERYTHING

    @property
    def client(self) -> str:
        """The namespace in which this actor's idempotency keys are unique."""
        return f"{self.service_identity}/{self.actor}"

    def allows(self, operation: str, effect: str, *, by_pattern: bool = True) -> bool:
        """True when this holder may run the operation.

        Without `by_pattern` only its own name or "*" will do: no pattern hands out access.
        """
        held = self.permissions
        if held is EVERYTHING:
            return True
        noun = operation.rpartition(".")[0]
        patterns = (f"{noun}.*", f"effect:{effect}") if by_pattern else ()
        return not held.isdisjoint((operation, "*", *patterns))

    @property
    def person(self) -> str:
        """Who it is in the end, whichever door or agent they came through."""
        return self.on_behalf_of or self.actor

    def stored(self) -> dict[str, str]:
        """What a row must keep so that later work acts under the same identity."""
        return {
            "actor": self.actor,
            "channel": self.channel,
            "service_identity": self.service_identity,
            "on_behalf_of": self.on_behalf_of,
            "trace_id": self.trace_id,
            "span_id": self.span_id,
        }


# Whoever does not say who they are may do nothing.
NOBODY = Context(actor="nobody", permissions=frozenset())
_current: ContextVar[Context] = ContextVar("bss_context", default=NOBODY)


def current() -> Context:
    """The context of the running request, command or task."""
    return _current.get()


@contextmanager
def acting(context: Context | None = None, **changes: Any) -> Iterator[Context]:
    """Act under another identity inside the block."""
    acting_as = replace(context or current(), **changes)
    token = _current.set(acting_as)
    try:
        yield acting_as
    finally:
        _current.reset(token)


def _no_trace() -> tuple[str, str]:
    return "", ""


_outer_trace = _no_trace


def begin_traces(outer: Callable[[], tuple[str, str]]) -> None:
    """Let traces begin where `outer` says: the ids of a trace and a span, empty for a new trace."""
    global _outer_trace
    _outer_trace = outer


def traced(context: Context) -> Context:
    """The same context, with a trace if it had none."""
    if context.trace_id:
        return context
    trace, span = _outer_trace()
    return replace(context, trace_id=trace or secrets.token_hex(16), span_id=span)


def restored(stored: dict[str, str]) -> Context:
    """The context a row was written under, trusted because the kernel wrote it."""
    known: dict[str, Any] = dict(stored)
    return Context(**known)
