"""Fixtures every app's tests share: a clock that obeys, work that drains, roles to act in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from datetime import datetime

import pytest
import redis
from django.conf import settings

from bss.core import clock, context, delivering, roles, sending, tracing, work
from bss.core.clock import Reading
from bss.core.context import Context

Drain = Callable[..., int]


class PinnedClock:
    """Business time under a test's hand, for this process alone."""

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Stop business time, now or at a moment."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        clock.pin(Reading(frozen_at=moment or clock.now()))
        return clock.now()

    def advance(self, duration: str) -> datetime:
        """Move frozen business time forward by `30d`, `1h`, …"""
        return self.freeze(clock.now() + clock.duration(duration))


@pytest.fixture(autouse=True)
def _kernel_at_rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins with the wall clock, a trusted identity, trusted gateways, no spans."""
    clock.pin(Reading())
    # The default, so that threads a test starts have it too.
    tester = Context(actor="test", channel="system")
    monkeypatch.setattr(context, "_current", ContextVar("bss_context", default=tester))
    yield
    clock.pin(None)
    sending.reset_breakers()
    delivering.start_over()
    tracing.forget()


@pytest.fixture
def frozen_clock() -> PinnedClock:
    """Business time stopped at noon on a plain day; move it with `.advance("30d")`."""
    pinned = PinnedClock()
    pinned.freeze("2026-03-02T12:00:00+00:00")
    return pinned


@pytest.fixture
def outside(db: None) -> Iterator[None]:
    """An empty outside world: simulated providers remember nothing from other tests."""
    client = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    client.flushdb()
    yield
    client.flushdb()


@pytest.fixture
def committed(db: None, outside: None) -> None:
    """A database and an outside world in which operations run as they do in production.

    The test's own transaction wraps them and is rolled back, which is fast; tests that need
    two connections ask for `transactional_db`.
    """


@pytest.fixture
def drain(committed: None) -> Drain:
    """Run every open delivery and call, those waiting out a back-off too unless due_only=True."""

    def everything(*, due_only: bool = False) -> int:
        return work.drain_everything(due_only=due_only)

    return everything


@pytest.fixture
def as_role() -> Callable[..., AbstractContextManager[Context]]:
    """Act as a member of a staff role: `with as_role("care"): …`."""

    def acting(role: str, actor: str = "olga") -> AbstractContextManager[Context]:
        held = roles.defaults_of(role)
        return context.acting(Context(actor=actor, channel="portal-csr", permissions=held))

    return acting
