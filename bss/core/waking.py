"""Waking workers: one coalesced message a queue, worth milliseconds, never a promise."""

from __future__ import annotations

import logging
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


@cache
def _connection() -> redis.Redis:
    return redis.Redis.from_url(
        settings.CACHES["default"]["LOCATION"],
        socket_connect_timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        retry=None,
    )


def wake_queue(queue: str) -> bool:
    """Wake a worker for a queue unless one was just woken; False when nobody can be reached.

    The sweep is the guarantee, not this.
    """
    if not settings.BSS.wake_workers:
        return False
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
    """Let the next wake-up through: a worker is about to look."""
    try:
        _connection().delete(f"wake:{queue}")
    except redis.RedisError:
        return
