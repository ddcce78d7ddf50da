"""Usage as the network posts it: one event or many, those that arrive together as one batch."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from bss.core.context import current
from bss.core.errors import InvalidArguments
from bss.core.operations import invoke
from bss.core.sending import release_connection

MERGED = 500

Raw = dict[str, Any]
Write = Callable[[list[Raw]], list[Raw]]


@dataclass(slots=True, eq=False)
class Ticket:
    """An event that waits to be counted, and what came of it."""

    event: Raw
    answer: Raw | None = None
    error: BaseException | None = None
    # Set when the event is settled, or when it is this poster's turn to write.
    woken: threading.Event = field(default_factory=threading.Event)

    @property
    def settled(self) -> bool:
        """True once its sender can be answered."""
        return self.answer is not None or self.error is not None

    def result(self) -> Raw:
        """What came of the event; raises what went wrong with it."""
        if self.answer is None:
            raise self.error or RuntimeError("the event was not counted")
        return self.answer


@dataclass(slots=True)
class Merger:
    """Turns events posted at the same time into one batch.

    One poster writes for all who are waiting; meanwhile the next gather, and the first of them
    writes then. So a line that everybody posts to is locked once for many and not once for each.
    """

    write: Write
    waiting: deque[Ticket] = field(default_factory=deque)
    writing: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, event: Raw) -> Raw:
        """What came of an event, once it is committed."""
        ticket = Ticket(event)
        if not self.comes_first(ticket):
            # Who waits needs no connection meanwhile; the one who writes may need the last.
            release_connection()
            ticket.woken.wait()
        if not ticket.settled:
            self.lead()
        return ticket.result()

    def comes_first(self, ticket: Ticket) -> bool:
        """Queue an event; True when nobody is writing, so that its poster must."""
        with self.lock:
            self.waiting.append(ticket)
            first, self.writing = not self.writing, True
            return first

    def lead(self) -> None:
        """Write for everybody who waits, then let the next of them do the same."""
        with self.lock:
            batch = [self.waiting.popleft() for _ in range(min(len(self.waiting), MERGED))]
        try:
            self.settle(batch)
        finally:
            self.pass_on()
            for ticket in batch:
                ticket.woken.set()

    def pass_on(self) -> None:
        """Wake whoever has waited longest, to write; they find their event still queued."""
        with self.lock:
            self.writing = bool(self.waiting)
            if self.waiting:
                self.waiting[0].woken.set()

    def settle(self, tickets: list[Ticket]) -> None:
        """Count a batch; when that fails, count its members one by one."""
        try:
            answers = self.write([ticket.event for ticket in tickets])
        except Exception as error:
            self.settle_singly(tickets, error)
            return
        for ticket, answer in zip(tickets, answers, strict=True):
            ticket.answer = answer

    def settle_singly(self, tickets: list[Ticket], error: Exception) -> None:
        """Count events one by one, so that one bad event fails alone."""
        if len(tickets) == 1:
            tickets[0].error = error
            return
        for ticket in tickets:
            self.settle([ticket])


def record(events: list[Raw]) -> list[Raw]:
    """Count events for whoever is posting."""
    answers: list[Raw] = invoke("usage.record", {"events": events}).result
    return answers


_mergers: dict[str, Merger] = {}


def merger() -> Merger:
    """The merger of the client that is posting; events of two clients are never mixed."""
    return _mergers.setdefault(current().client, Merger(record))


def as_event(body: Mapping[str, Any]) -> Raw:
    """A TMF635 usage as an event: its characteristics count as fields."""
    event = {**body}
    named = event.pop("usageCharacteristic", None) or []
    if not isinstance(named, list):
        raise InvalidArguments("usageCharacteristic: a list of names and values belongs here.")
    for one in named:
        if isinstance(one, Mapping) and "name" in one:
            event.setdefault(str(one["name"]), one.get("value"))
    return event


def keyed(request: HttpRequest, event: Raw) -> Raw:
    """An event without an id of its own takes the key of its request, so it may be repeated."""
    if key := request.headers.get("Idempotency-Key"):
        event.setdefault("id", f"request/{current().client}/{key}")
    return event
