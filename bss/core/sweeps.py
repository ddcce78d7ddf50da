"""Sweeps: a query of what is due, the operation to run for each, a period."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bss.core import context
from bss.core.context import Context
from bss.core.errors import BssError, failure_of
from bss.core.operations import run_internal

log = logging.getLogger(__name__)

Due = Callable[[int], list[dict[str, Any]]]
LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Sweep:
    """A periodic search for rows that are due."""

    name: str
    due: Due
    operation: str
    every: float
    queue: str
    actor: str
    split: str = ""


_sweeps: dict[str, Sweep] = {}


def sweep(
    name: str,
    *,
    operation: str,
    every: float,
    queue: str,
    actor: str = "",
    split: str = "",
) -> Callable[[Due], Due]:
    """Register a query of argument dicts; the operation runs once for each of them.

    `split` names a list argument: when a batch fails, its elements are tried one by one.
    """

    def register(due: Due) -> Due:
        who = actor or f"system:{name}"
        _sweeps[name] = Sweep(name, due, operation, every, queue, who, split)
        return due

    return register


def registry() -> dict[str, Sweep]:
    """Every sweep by name."""
    return dict(sorted(_sweeps.items()))


def run_sweep(name: str, limit: int = LIMIT) -> int:
    """Run the operation of everything that is due; how many rows that was.

    Looks again until little is left or its time is up; what failed waits for the next run.
    """
    found, done, failed = _sweeps[name], 0, list[dict[str, Any]]()
    until = time.monotonic() + max(found.every, 1.0)
    with context.acting(Context(actor=found.actor, channel="system")):
        while time.monotonic() < until:
            due = found.due(limit)
            fresh = [args for args in due if args not in failed]
            done += sum(_run_one(found, args, failed) for args in fresh)
            if len(due) < limit or not fresh:
                break
    return done


def _run_one(found: Sweep, args: dict[str, Any], failed: list[dict[str, Any]]) -> int:
    failure = failure_of(lambda: run_internal(found.operation, args))
    if failure is None:
        return len(args[found.split]) if found.split else 1
    bug = None if isinstance(failure, BssError) else failure
    log.warning("sweep %s: %s: %s", found.name, args, failure, exc_info=bug)
    rest = args.get(found.split, []) if found.split else []
    failed.append(args)
    if len(rest) <= 1:
        return 0
    return sum(_run_one(found, {**args, found.split: [one]}, failed) for one in rest)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """What the scheduler runs: every sweep, and the look for work that no wake-up announced."""
    schedule = {
        f"sweep {found.name}": {
            "task": "bss.core.tasks.sweep",
            "schedule": timedelta(seconds=found.every),
            "args": (found.name,),
            "options": {"queue": found.queue, "expires": found.every},
        }
        for found in _sweeps.values()
        if found.every > 0
    }
    return schedule | {
        "look for work": {
            "task": "bss.core.tasks.look_for_work",
            "schedule": timedelta(seconds=2),
            "options": {"queue": "default", "expires": 2},
        },
        "check invariants": {
            "task": "bss.core.tasks.check_invariants",
            "schedule": timedelta(minutes=1),
            "options": {"queue": "default", "expires": 60},
        },
        "check everything": {
            "task": "bss.core.tasks.check_invariants",
            "schedule": timedelta(days=1),
            "kwargs": {"full": True},
            "options": {"queue": "default"},
        },
        "tidy up": {
            "task": "bss.core.tasks.tidy",
            "schedule": timedelta(minutes=5),
            "options": {"queue": "default", "expires": 300},
        },
    }
