"""Idempotency keys: one row a key, written in the operation's own transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from bss.core import context
from bss.core.errors import Conflict
from bss.core.invocation import to_json
from bss.core.sending import release_connection

# How often a twin looks whether the first one has settled.
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier request under the same key."""

    id: int
    digest: str
    invocation: uuid.UUID
    state: str
    subject: str | None
    answer: Any


def digest_of(operation: str, args: dict[str, Any]) -> str:
    """The fingerprint of a request's exact arguments, keyed: a card number has few guesses."""
    canonical = json.dumps([operation, json.loads(to_json(args))], sort_keys=True)
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, canonical.encode(), hashlib.sha256).hexdigest()


def open_request(operation: str, key: str, digest: str, invocation: uuid.UUID) -> int | None:
    """Claim a key in the open transaction; None when somebody else has it.

    A twin waits here on the unique index until the first transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_request (client, operation, key, digest, invocation)"
            " VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (client, operation, key) DO NOTHING RETURNING id",
            [context.current().client, operation, key, digest, invocation],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def remember(request_id: int, subject: str | None, answer: Any, *, calls: int) -> None:
    """Keep what the operation answered; it is settled at once when it requested no call."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_request SET subject = %s, answer = %s, state = %s WHERE id = %s",
            [
                subject or "",
                to_json(answer),
                "running" if calls else "done",
                request_id,
            ],
        )


def count_down(request_id: int) -> None:
    """One call of a request less to wait for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_request SET open_calls = open_calls - 1,"
            " state = CASE WHEN open_calls <= 1 THEN 'done' ELSE state END WHERE id = %s",
            [request_id],
        )


def known(operation: str, key: str) -> Known | None:
    """The request that holds a key of the current client."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest, invocation, state, subject, answer FROM core_request"
            " WHERE client = %s AND operation = %s AND key = %s",
            [context.current().client, operation, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    answer = json.loads(row[5]) if isinstance(row[5], str) else row[5]
    return Known(row[0], row[1], row[2], row[3], row[4], answer)


def settled(operation: str, key: str, digest: str, until: float) -> Known | None:
    """The finished request behind a key, waited for; None when the key fell free meanwhile."""
    while True:
        request = known(operation, key)
        if request is None:
            return None
        if request.digest != digest:
            raise Conflict(
                "request.key_reused",
                f"Key {key} was used with other arguments; use a new key.",
            )
        if request.state == "done":
            return request
        if time.monotonic() >= until:
            raise Conflict(
                "request.in_progress",
                "The first request under this key is still running; ask again.",
                retry_after=1,
            )
        # Whoever waits needs no connection meanwhile.
        release_connection()
        time.sleep(LOOK_SECONDS)
