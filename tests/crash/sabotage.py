"""Builds with one safety taken out, to see whether the matrix notices."""

from __future__ import annotations

import dataclasses
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.db import connection

from apps.payments.models import Payment
from bss.core import delivering, invocation, performing, registry, sending
from bss.core.delivering import Claimed
from bss.core.invocation import lease_seconds


@contextmanager
def no_unique_key() -> Iterator[None]:
    """Every send to the bank carries a key of its own."""
    ask = sending._ask

    def ask_anew(call: Any) -> Any:
        if call.gateway != "cards":
            return ask(call)
        return ask(dataclasses.replace(call, key=f"{call.key}/{uuid.uuid4().hex}"))

    with mock.patch.object(sending, "_ask", ask_anew):
        yield


@contextmanager
def no_final_check() -> Iterator[None]:
    """An outcome counts although the payment has had its last one."""
    operation = registry.find("payment.record_outcome")
    record = operation.function

    def forgetful(*, payment_id: str, **outcome: Any) -> Any:
        payment = Payment.objects.get_by_id(payment_id)
        last = {"later": "capture", "now": "charge"}[payment.capture]
        Payment.objects.filter(pk=payment.pk, awaiting="").update(awaiting=last)
        return record(payment_id=payment_id, **outcome)

    with mock.patch.object(operation, "function", forgetful):
        yield


@contextmanager
def no_lease() -> Iterator[None]:
    """Workers take what another one is busy with."""
    held = "lease_until IS NULL OR {}lease_until < statement_timestamp()"
    with ExitStack() as stack:
        for module in (performing, delivering):
            sql = module._CLAIM
            for prefix in ("d.", ""):
                sql = sql.replace(f"({prefix}{held.format(prefix)})", "true")
            assert sql != module._CLAIM
            stack.enter_context(mock.patch.object(module, "_CLAIM", sql))
        yield


@contextmanager
def slow_sends(seconds: float) -> Iterator[None]:
    """Gateways take their time, until a twin asks the same; leases outlast that."""
    ask, asked, changed = sending._ask, Counter[str](), threading.Condition()

    def slowly(call: Any) -> Any:
        with changed:
            asked[call.key] += 1
            changed.notify_all()
            # Two workers without leases would take it from each other for ever.
            changed.wait_for(lambda: asked[call.key] > 1, seconds)
        return ask(call)

    with (
        mock.patch.object(sending, "_ask", slowly),
        mock.patch.object(invocation, "LEASE_SECONDS", 8 * seconds),
    ):
        yield


_NEWEST_FIRST = """
UPDATE core_delivery SET attempts = attempts + 1, token = gen_random_uuid(),
    lease_until = statement_timestamp() + %s * interval '1 s'
WHERE id IN (SELECT id FROM core_delivery WHERE queue = %s AND state = 'open'
    AND (lease_until IS NULL OR lease_until < statement_timestamp())
    ORDER BY id DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, handler, lane, attempts, token
"""


def claim_newest(queue: str, limit: int, **_: Any) -> list[Claimed]:
    """The newest delivery, whatever is ahead of it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_FIRST, [lease_seconds(), queue])
        return [Claimed(*row) for row in cursor.fetchall()]


@contextmanager
def no_lane() -> Iterator[None]:
    """Deliveries run in any order."""
    fence = delivering._CLOSE.index("AND NOT EXISTS")
    end = delivering._CLOSE.index("RETURNING")
    unfenced = delivering._CLOSE[:fence] + delivering._CLOSE[end:]
    with (
        mock.patch.object(delivering, "claim", claim_newest),
        mock.patch.object(delivering, "_CLOSE", unfenced),
    ):
        yield


def together(actions: int, action: Callable[[], None]) -> None:
    """Do the same on several connections at once."""
    troubles: list[BaseException] = []

    def one() -> None:
        try:
            action()
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
