"""What the database did for an operation: the plan of every statement, with buffers and rows."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

LARGE = 10_000
SETTINGS = (
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_timing = off",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_format = json",
    "SET auto_explain.log_level = notice",
    "SET auto_explain.log_nested_statements = off",
)


@dataclass(slots=True)
class Work:
    """What a block cost."""

    buffers: int = 0
    statements: int = 0
    # Tables read from end to end, with the rows that were looked at.
    scans: dict[str, int] = field(default_factory=dict)

    def add(self, message: str) -> None:
        """Take in one plan, as auto_explain tells it."""
        begin = message.find("{")
        if begin < 0:
            return
        plan = json.loads(message[begin:])["Plan"]
        self.statements += 1
        self.buffers += plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
        for node in nodes(plan):
            if node["Node Type"].endswith("Seq Scan"):
                self.note_scan(node)

    def note_scan(self, node: dict[str, Any]) -> None:
        """Remember a table that was read from end to end, if it is a large one."""
        workers = node.get("Actual Loops", 1)
        rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
        name = node.get("Relation Name", "?")
        if rows * workers > LARGE:
            self.scans[name] = max(self.scans.get(name, 0), int(rows * workers))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and everything below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


class Listener:
    """Hears the plans of every connection that this thread uses, pooled ones included."""

    def __init__(self) -> None:
        self.work = Work()
        self.thread = threading.get_ident()
        self.sessions: list[Any] = []

    def attach(self, **_: object) -> None:
        """Listen to the connection in use, unless that is done already."""
        session = connection.connection
        # Spans are written by a thread of their own, which is not the operation's.
        if self.thread != threading.get_ident() or any(session is one for one in self.sessions):
            return
        self.sessions.append(session)
        for setting in SETTINGS:
            session.execute(setting)
        session.add_notice_handler(self.hear)

    def hear(self, diagnostic: Any) -> None:
        """Take in what the database says about a statement."""
        text = diagnostic.message_primary or ""
        if re.match(r"duration: .*plan:", text):
            self.work.add(text)

    def detach(self) -> None:
        """Listen no more."""
        for session in self.sessions:
            session.remove_notice_handler(self.hear)
            if not session.closed:
                session.execute("SET auto_explain.log_min_duration = -1")


@contextmanager
def explained() -> Iterator[Listener]:
    """Explain whatever the block runs; its listener gathers the work."""
    listener = Listener()
    connection.ensure_connection()
    listener.attach()
    connection_created.connect(listener.attach)
    try:
        yield listener
    finally:
        connection_created.disconnect(listener.attach)
        listener.detach()
