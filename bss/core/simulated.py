"""The books and delays of simulated providers: the outside world of an installation without one."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any, cast

import redis
from django.conf import settings

from bss.core.calls import Gateway, Outcome, succeeded


@cache
def _connection() -> redis.Redis:
    # Databases of Valkey are numbered; simulated providers share the cache's under their own keys.
    return redis.Redis.from_url(settings.CACHES["default"]["LOCATION"], decode_responses=True)


class Ledger:
    """What one simulated provider remembers, outside our database as a real one's would be."""

    def __init__(self, provider: str) -> None:
        self.name = f"simulated:{provider}"

    def record_once(self, key: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Remember an entry unless the key is known; what is remembered now."""
        written = _connection().hsetnx(self.name, key, json.dumps(entry))
        return entry if written else cast("dict[str, Any]", self.get(key))

    def put(self, key: str, entry: dict[str, Any]) -> None:
        """Remember an entry, replacing what the key held."""
        _connection().hset(self.name, key, json.dumps(entry))

    def get(self, key: str) -> dict[str, Any] | None:
        """What is remembered under a key."""
        found = cast("str | None", _connection().hget(self.name, key))
        return None if found is None else json.loads(found)

    def count(self, key: str) -> int:
        """Count one more occurrence under a key; how many there were."""
        return _connection().hincrby(f"{self.name}:counts", key, 1)

    def all(self) -> dict[str, dict[str, Any]]:
        """Everything remembered, by key."""
        entries = cast("dict[str, str]", _connection().hgetall(self.name))
        return {key: json.loads(entry) for key, entry in entries.items()}

    def clear(self) -> None:
        """Forget everything."""
        _connection().delete(self.name, f"{self.name}:counts")


def forget_everything() -> None:
    """Let every simulated provider begin anew: keys of an emptied sandbox come a second time."""
    for name in _connection().scan_iter("simulated:*"):
        _connection().delete(name)


def ledger(provider: str) -> Ledger:
    """The memory of a simulated provider."""
    return Ledger(provider)


class Simulator(Gateway):
    """An outside system with books of its own, in which a key is done once."""

    book = ""

    def look_up(self, *, key: str, method: str, args: dict[str, Any]) -> Outcome | None:
        """Succeeded for a key in the books; None when it was never done."""
        known = self.books.get(f"done/{key}")
        return succeeded(**known) if known else None

    @property
    def books(self) -> Ledger:
        """What this provider remembers."""
        return ledger(self.book)


def delay(seconds: float) -> None:
    """Take as long as the real provider would, scaled by the installation's setting."""
    scaled = seconds * settings.BSS.simulated_delay
    if scaled > 0:
        time.sleep(scaled)
