"""Waking workers: one coalesced message a queue, worth milliseconds, never a promise."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from functools import cache

import redis
from django.conf import settings
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)

# Wake-ups of one queue within this time are one.
COALESCED_MS = 500
PATIENCE_SECONDS = 0.02
# A wake-up that no worker took in this time is worth nothing: the sweep has sent newer ones.
STALE_SECONDS = 30
# Past the life of a key that hides a message which was never sent, or was taken already.
LATER_SECONDS = 2 * COALESCED_MS / 1000
# How often a broker that is away is tried before the sweep alone is left to do it.
LATER_TRIES = 10


@cache
def _connection() -> redis.Redis:
    return redis.Redis.from_url(
        settings.CACHES["default"]["LOCATION"],
        socket_connect_timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        retry=None,
    )


def wake_queues(queues: Iterable[str]) -> None:
    """Wake a worker for each queue; those that a slow broker did not take are woken later.

    A broker that is down is asked once, not once a queue. The sweep is the guarantee, not this.
    """
    if not settings.BSS.wake_workers:
        return
    late = set(queues)
    for queue in sorted(late):
        if not wake_queue(queue):
            break
        late.discard(queue)
    if late:
        wake_later(late)


def wake_queue(queue: str) -> bool:
    """Wake a worker for a queue unless one was just woken; False when nobody can be reached."""
    try:
        fresh = _connection().set(f"wake:{queue}", 1, nx=True, px=COALESCED_MS)
    except redis.RedisError:
        # A broker that is down is not asked a second time by publishing to it.
        log.warning("no wake-up for %s: broker unreachable", queue)
        return False
    return _publish(queue) if fresh else True


def _publish(queue: str) -> bool:
    from bss.core.tasks import drain

    try:
        drain.apply_async((queue,), queue=queue, retry=False, expires=STALE_SECONDS)
    except (OSError, KombuError) as error:
        log.warning("no wake-up for %s: %s", queue, error)
        return False
    return True


def awake(queue: str) -> None:
    """Let the next wake-up through: a worker is about to look.

    When that fails, wake-ups may hide behind ours until its key has gone; so look again then.
    """
    try:
        _connection().delete(f"wake:{queue}")
    except redis.RedisError:
        wake_later({queue})


_guard = threading.Lock()
_late: set[str] = set()
_later: list[threading.Thread] = []


def wake_later(queues: Iterable[str]) -> None:
    """Wake these queues in a moment, whatever was coalesced; nobody waits for it."""
    with _guard:
        _late.update(queues)
        if not _later:
            _later.append(threading.Thread(target=_wake_late, name="waking", daemon=True))
            _later[0].start()


def _wake_late() -> None:
    for _ in range(LATER_TRIES):
        time.sleep(LATER_SECONDS)
        with _guard:
            queues = sorted(_late)
            _late.clear()
        missed = {queue for queue in queues if not _publish(queue)}
        with _guard:
            _late.update(missed)
            if not _late:
                return _later.clear()
    with _guard:
        _late.clear()
        return _later.clear()
