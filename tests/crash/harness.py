"""Dying on purpose: a child process that ends by `os._exit` at its n-th commit or send."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from bss.core import invocation, sending, work
from bss.core.simulated import ledger

DIED = 86
SHORT_LEASE = 0.15
WRITING = re.compile(r"\b(INSERT|UPDATE|DELETE|TRUNCATE)\b")


@dataclass
class Points:
    """Counts the moments at which a crash could matter, and dies at one of them."""

    die_at: int = 0
    passed: int = 0

    def pass_one(self) -> None:
        """One more moment; the last one when it is ours to die at."""
        self.passed += 1
        if self.passed == self.die_at:
            os._exit(DIED)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a moment before it and one after."""

        def crossed(*args: Any, **kwargs: Any) -> Any:
            self.pass_one()
            answer = function(*args, **kwargs)
            self.pass_one()
            return answer

        return crossed

    def statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement that writes outside of a transaction is a commit too."""
        if context["connection"].in_atomic_block or not WRITING.search(sql):
            return execute(sql, params, many, context)
        return self.around(execute)(sql, params, many, context)


def live(journey: Callable[[], object], die_at: int = 0) -> int | None:
    """Run a journey in a child: how many points it passed, or None when it died there."""
    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(journey, die_at, write)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, DIED):
        raise AssertionError(f"the child failed instead of dying (exit {code}): {said}")
    return int(said) if code == 0 else None


def _be_the_child(journey: Callable[[], object], die_at: int, write: int) -> None:
    points = Points(die_at)
    commit, ask = BaseDatabaseWrapper._commit, sending._ask
    try:
        with (
            mock.patch.object(BaseDatabaseWrapper, "_commit", points.around(commit)),
            mock.patch.object(sending, "_ask", points.around(ask)),
            connection.execute_wrapper(points.statement),
        ):
            journey()
        os.write(write, str(points.passed).encode())
        os._exit(0)
    except BaseException as error:
        os.write(write, f"{type(error).__name__}: {error}".encode())
        os._exit(1)


def recover(seconds: float = 20.0) -> None:
    """Do what workers do after a crash, until nothing is open and no lease is left."""
    deadline = time.monotonic() + seconds
    while True:
        work.drain_everything(due_only=False)
        left = {kind: n for kind, n in work.open_work().items() if not kind.endswith("parked")}
        if not left:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"work is left for ever: {left}")
        # Leases of the dead run out by themselves; there is nothing to wake us then.
        time.sleep(SHORT_LEASE / 5)


def short_leases() -> mock._patch[float]:
    """Leases that end while a test watches."""
    return mock.patch.object(invocation, "LEASE_SECONDS", SHORT_LEASE)


def counting_sends() -> mock._patch[Any]:
    """Every question to a gateway counted by process and key, where a death cannot forget it."""
    ask, books = sending._ask, ledger("sends")

    def counted(call: Any) -> Any:
        key = f"{os.getpid()} {call.gateway}/{call.key}"
        books.put(key, {"times": books.count(key)})
        return ask(call)

    return mock.patch.object(sending, "_ask", counted)


def sent_twice() -> list[str]:
    """What one and the same process asked more than once: two of its workers had it at a time."""
    sent = ledger("sends").all()
    return [f"{key} was sent {sent[key]['times']} times" for key in sent if sent[key]["times"] > 1]
