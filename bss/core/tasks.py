"""Celery entry points of the kernel: they wake, nothing more; the truth is in the rows."""

from __future__ import annotations

from celery import shared_task

from bss.core import clock, invariants, sweeps, tracing, waking, work


@shared_task
def drain(queue: str, **_: object) -> None:
    """Run a queue's open work until it is quiet."""
    waking.awake(queue)
    work.drain(queue)


@shared_task
def look_for_work(**_: object) -> None:
    """Wake workers for queues whose wake-up was lost or whose back-off ended."""
    waking.wake_queues(work.due_queues())


@shared_task
def sweep(name: str, **_: object) -> None:
    """Run one sweep; while the clock is frozen sweeps run only when ticked."""
    if not clock.frozen():
        sweeps.run_sweep(name)


@shared_task
def tidy(**_: object) -> None:
    """Prune spans and long-finished work."""
    tracing.prune()
    work.purge()


@shared_task
def check_invariants(full: bool = False, **_: object) -> None:
    """Check the invariants, lately or over everything, and log what breaks them."""
    invariants.watch(full=full)
