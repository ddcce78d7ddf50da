"""Facts in the past tense: written with the change, delivered to whoever subscribed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db.models import Model

from bss.core.invocation import PendingEvent, running

E = TypeVar("E", bound="Event")
QUEUES = ("orders", "money", "renewals", "mail")


@dataclass(frozen=True, slots=True)
class Record:
    """An event as stored, for handlers that read the row rather than the fact."""

    id: int
    name: str
    aggregate: str
    about: str
    summary: str
    payload: dict[str, Any]
    at: datetime
    actor: str
    channel: str
    on_behalf_of: str
    service_identity: str
    trace_id: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of every event: a frozen dataclass of plain values with a past-tense name."""

    name: ClassVar[str] = ""
    record: ClassVar[Record]
    # Fields, besides those that speak of money or recipients, in which a confirmed proposal must
    # keep its word: named targets; never ids made up as it runs, picks from a pool, or moments.
    agreed: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name := cls.__dict__.get("name"):
            if name in _types:
                raise RuntimeError(f"event {name} is declared twice")
            _types[name] = cls


@dataclass(frozen=True)
class Subscription:
    """A handler, the queue its deliveries wait in, and what it listens to."""

    handler: Callable[[Any], None]
    queue: str
    event: type[Event] | None = None
    about: str = ""
    # Takes a list of records, whatever happened to be claimed at once.
    together: bool = False

    @property
    def name(self) -> str:
        """How deliveries name the handler."""
        module = self.handler.__module__.removeprefix("apps.").replace(".handlers", "")
        return f"{module}.{self.handler.__name__}"

    def wants(self, event: str, about: str) -> bool:
        """True when a stored row is for this handler."""
        if self.event is not None:
            return self.event.name == event
        return about.startswith(self.about) if self.about else True


_types: dict[str, type[Event]] = {}
_subscriptions: dict[str, Subscription] = {}


def on(
    event: type[E], *, queue: str = "orders"
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Subscribe a handler to an event of one's own app or one below."""

    def subscribe(handler: Callable[[E], None]) -> Callable[[E], None]:
        _subscribe(Subscription(handler, queue, event=event))
        return handler

    return subscribe


def on_any(
    *, about: str = "", queue: str = "orders"
) -> Callable[[Callable[[list[Record]], None]], Callable[[list[Record]], None]]:
    """Subscribe a handler to every stored row whose `about` starts so, many rows at a time."""

    def subscribe(handler: Callable[[list[Record]], None]) -> Callable[[list[Record]], None]:
        _subscribe(Subscription(handler, queue, about=about, together=True))
        return handler

    return subscribe


def _subscribe(subscription: Subscription) -> None:
    if subscription.queue not in QUEUES:
        raise RuntimeError(f"{subscription.name}: no queue {subscription.queue}")
    if subscription.name in _subscriptions:
        raise RuntimeError(f"handler {subscription.name} is subscribed twice")
    _subscriptions[subscription.name] = subscription


def publish(
    event: Event,
    *,
    aggregate: Model | str,
    about: str = "",
    summary: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write the event with this transaction; its aggregate must be locked or new.

    `about` is the public id of the party it touches, `summary` one line for their time line.
    """
    name = type(event).name
    stored = PendingEvent(
        name=name,
        aggregate=aggregate if isinstance(aggregate, str) else _public_id(aggregate),
        about=about,
        summary=summary,
        payload=dataclasses.asdict(event),
        before=before,
        after=after,
        deliveries=[
            (subscription.queue, handler)
            for handler, subscription in _subscriptions.items()
            if subscription.wants(name, about)
        ],
    )
    running().events.append(stored)


# Words in a field's name that make it something people agree to.
_AGREED = frozenset({"amount", "currency", "recipient"})


def agreed_of(event: PendingEvent) -> dict[str, Any]:
    """What a person who confirms it agrees to about an event."""
    named = _types[event.name].agreed
    kept = {
        field: value
        for field, value in event.payload.items()
        if field in named or not _AGREED.isdisjoint(field.split("_"))
    }
    return {"name": event.name, "about": event.about, **kept}


def _public_id(row: Model) -> str:
    return str(getattr(row, "public_id", None) or row.pk)


def hand_over(handler: str, record: Record) -> None:
    """Hand a stored row to a handler, as the fact it subscribed to."""
    subscription = _subscriptions[handler]
    if subscription.event is None:
        return subscription.handler([record])
    known = {field.name for field in dataclasses.fields(subscription.event)}
    fact = subscription.event(**{k: v for k, v in record.payload.items() if k in known})
    # The fact itself is frozen; where it was stored travels beside its fields.
    object.__setattr__(fact, "record", record)
    return subscription.handler(fact)


def hand_over_many(handler: str, records: list[Record]) -> None:
    """Hand many stored rows at once to a handler that takes them so."""
    _subscriptions[handler].handler(records)


def takes_many(handler: str) -> bool:
    """True for handlers that take whatever was claimed at once."""
    return handler in _subscriptions and _subscriptions[handler].together


def handles(handler: str) -> bool:
    """True while the code still has that handler."""
    return handler in _subscriptions


def event_types() -> dict[str, type[Event]]:
    """Every event by name."""
    return dict(sorted(_types.items()))


def subscriptions() -> dict[str, Subscription]:
    """Every handler by name."""
    return dict(sorted(_subscriptions.items()))
