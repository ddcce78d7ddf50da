"""Timed steps of operations, deliveries and calls, kept in a capped table."""

from __future__ import annotations

import atexit
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from bss.core import clock, context

BUFFERED = 20_000
FLUSH_SECONDS = 0.5
KEPT = 200_000


@dataclass(slots=True)
class Step:
    """A span while it runs and until it is written."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: str
    started_at: datetime
    attributes: dict[str, Any] = field(default_factory=dict)
    micros: int = 0
    error: str = ""


_buffer: deque[Step] = deque(maxlen=BUFFERED)
_others: list[Callable[[Step], None]] = []
_flusher: threading.Thread | None = None
_starting = threading.Lock()
_writing = threading.Lock()


@contextmanager
def span(name: str, *, service: str, kind: str, **attributes: Any) -> Iterator[Step | None]:
    """Time the block as a step of the current trace; a context without a trace records nothing."""
    here = context.current()
    if not here.trace_id:
        yield None
        return
    step = Step(
        here.trace_id,
        secrets.token_hex(8),
        here.span_id,
        service,
        name,
        kind,
        clock.real(),
        attributes,
    )
    started = time.perf_counter()
    try:
        with context.acting(span_id=step.span_id):
            yield step
    except Exception as error:
        step.error = f"{type(error).__name__}: {error}"[:200]
        raise
    finally:
        step.micros = int((time.perf_counter() - started) * 1_000_000)
        _keep(step)


def also(take: Callable[[Step], None]) -> None:
    """Hand every step that ends from now on to somebody else too."""
    _others.append(take)


def _keep(step: Step) -> None:
    _buffer.append(step)
    for take in _others:
        take(step)
    if settings.BSS.write_spans and not (_flusher and _flusher.is_alive()):
        _start()


def _start() -> None:
    global _flusher
    with _starting:
        if not (_flusher and _flusher.is_alive()):
            _flusher = threading.Thread(target=_flush_for_ever, name="spans", daemon=True)
            _flusher.start()
            atexit.register(flush)


def _flush_for_ever() -> None:
    while True:
        time.sleep(FLUSH_SECONDS)
        flush()


def flush() -> int:
    """Write what is buffered; how many steps that was. A failing database loses spans only."""
    with _writing:
        steps = [_buffer.popleft() for _ in range(len(_buffer))]
    if not steps:
        return 0
    try:
        _write(steps)
    except (DatabaseError, InterfaceError, psycopg.Error):
        return 0
    finally:
        if threading.current_thread() is _flusher:
            connection.close()
    return len(steps)


_COLUMNS = (
    "trace_id, span_id, parent_id, service, name, kind, started_at, micros, error, attributes"
)


def _write(steps: list[Step]) -> None:
    import json

    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY core_span ({_COLUMNS}) FROM STDIN") as copy,
    ):
        for step in steps:
            copy.write_row(
                (
                    step.trace_id,
                    step.span_id,
                    step.parent_id,
                    step.service,
                    step.name,
                    step.kind,
                    step.started_at,
                    step.micros,
                    step.error,
                    json.dumps(step.attributes, default=str),
                )
            )


def forget() -> None:
    """Drop what is buffered (previews and tests leave no spans)."""
    _buffer.clear()


def prune(keep: int = KEPT) -> int:
    """Delete the oldest spans beyond the cap; how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_span WHERE id <= (SELECT max(id) - %s FROM core_span)",
            [keep],
        )
        return int(cursor.rowcount)
