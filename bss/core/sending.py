"""Sending one call to its gateway: no transaction, no connection, a breaker per gateway."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from bss.core import tracing
from bss.core.calls import NotSent, Outcome, Unknown, gateway_of
from bss.core.invocation import PendingCall

log = logging.getLogger(__name__)

NOT_SENT = "not_sent"
RESTING = "resting"
# After so many failures in a row a gateway is left alone for a while.
TRIPS_AFTER = 5
REST_SECONDS = 10.0


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    open_until: float = 0.0


_breakers: dict[str, _Breaker] = {}
_guard = threading.Lock()


def send(call: PendingCall) -> Outcome:
    """What the gateway says to a call; trouble becomes an outcome, never an exception."""
    release_connection()
    with tracing.span(
        f"{call.gateway}.{call.method}", service=call.gateway, kind="call", key=call.key
    ) as step:
        if rest_of(call.gateway) > 0:
            return Outcome(RESTING, reason=f"{call.gateway} failed repeatedly; resting")
        outcome = _ask(call)
        _count(call.gateway, failed=outcome.kind in (NOT_SENT, "unknown"))
        if step is not None and not outcome.succeeded:
            step.error = f"{outcome.kind} {outcome.code} {outcome.reason}".strip()[:200]
        return outcome


def _ask(call: PendingCall) -> Outcome:
    try:
        gateway = gateway_of(call.gateway)
        if call.attempts > 1 and gateway.sending(call.method).on_unknown == "look_up":
            found = gateway.look_up(key=call.key, method=call.method, args=call.args)
            if found is not None:
                return found
        method = getattr(gateway, call.method)
        answer: Outcome = method(key=call.key, attempt=call.attempts, **call.args)
        return answer
    except (NotSent, ImproperlyConfigured) as trouble:
        return Outcome(NOT_SENT, reason=str(trouble))
    except Unknown as trouble:
        return Outcome("unknown", reason=str(trouble))
    except Exception as bug:
        # Nobody can tell how far a broken adapter got, so its outcome is unknown, not refused.
        log.exception("gateway %s.%s broke", call.gateway, call.method)
        return Outcome("unknown", reason=f"{type(bug).__name__}: {bug}")


def release_connection() -> None:
    """Give the connection back before waiting for somebody outside; a test's transaction stays."""
    if depth() > 0:
        raise RuntimeError("A gateway may not be called inside a transaction.")
    if not connection.in_atomic_block:
        connection.close()


def depth() -> int:
    """How many atomic blocks are open, not counting the one a test runs in."""
    ours = [b for b in connection.atomic_blocks if not getattr(b, "_from_testcase", False)]
    return len(ours)


def rest_of(gateway: str) -> float:
    """Seconds until a gateway that failed repeatedly is asked again."""
    breaker = _breakers.get(gateway)
    return max(0.0, breaker.open_until - time.monotonic()) if breaker else 0.0


def _count(gateway: str, *, failed: bool) -> None:
    with _guard:
        breaker = _breakers.setdefault(gateway, _Breaker())
        breaker.failures = breaker.failures + 1 if failed else 0
        if breaker.failures >= TRIPS_AFTER:
            breaker.open_until = time.monotonic() + REST_SECONDS
            breaker.failures = 0


def reset_breakers() -> None:
    """Trust every gateway again."""
    _breakers.clear()
