"""Counting usage: one event or many, each exactly once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Literal

from django.db import connection
from pydantic import Field, StringConstraints

from apps.catalog import queries as catalog
from apps.crm.models import Customer
from apps.rating import policies, queries, rules
from apps.rating.events import OvershootWrittenOff, UsageRejected
from apps.rating.models import Usage, WriteOff
from apps.subscription import operations as subscription
from apps.subscription.models import Subscription
from apps.subscription.queries import Holding, holdings_of
from apps.subscription.queries.accounts import array_of
from apps.subscription.rules import Charge
from bss.core import clock
from bss.core.context import current
from bss.core.events import publish
from bss.core.operations import operation
from bss.core.quantities import to_units, unit_of

# What an event says, besides its time.
SAID = ("msisdn", "event_type", "raw_quantity", "raw_unit", "roaming", "visited_country")
content = attrgetter(*SAID)
Kind = Literal["data", "voice", "sms", "data_roaming"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
ACCEPTED, DUPLICATE, REJECTED = "accepted", "duplicate", "rejected"

# Keys come sorted, so that two batches which share some wait for each other in one direction.
_INSERT = """
INSERT INTO rating_usage (event_key, subscription_id, msisdn, event_type, kind, quantity,
    raw_quantity, raw_unit, at, period_start, roaming, state, rule, source, raw_cdr_ref,
    visited_country, overshoot, received_at, client)
SELECT e.*, 0, %s, %s FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[],
    %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bool[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS e
ON CONFLICT (event_key, client) DO NOTHING RETURNING event_key, id
"""
_CORRECT = """
UPDATE rating_usage u SET overshoot = d.overshoot, rule = d.rule,
    state = CASE WHEN d.rule = '' THEN u.state ELSE 'rejected' END
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS d(id, overshoot, rule) WHERE u.id = d.id
"""


@dataclass(slots=True)
class Entry:
    """An event on its way into the books."""

    event: rules.Event
    holding: Holding | None = None
    period_start: datetime | None = None
    id: int = 0
    overshoot: int = 0
    # The event that was counted under the same id and says something else.
    earlier: int = 0

    @property
    def status(self) -> str:
        """What its sender is told."""
        if not self.id and not self.earlier:
            return DUPLICATE
        return REJECTED if self.event.rule else ACCEPTED


@operation("usage.record", roles="engineer", lean=True)
def record(*, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Count events of the network, each exactly once, and say what came of each of them.

    A repeated event is acknowledged and not counted; one that is refused is kept and told. Ids
    are the client's own; one that comes again with other content is refused.
    """
    policies.require_batch(events)
    return [answer(entry) for entry in count(events)]


@operation("usage.simulate", roles="engineer", result=policies.counted_or_refused)
def simulate(
    *,
    msisdn: str,
    event_type: str,
    quantity: int,
    unit: str,
    event_time: datetime | None = None,
    roaming_indicator: bool = False,
    visited_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None,
) -> Usage:
    """Count an event as if the network had reported it."""
    event = {
        "msisdn": msisdn,
        "event_type": event_type,
        "quantity": quantity,
        "unit": unit,
        "event_time": event_time,
        "roaming_indicator": roaming_indicator,
        "visited_country": visited_country,
    }
    return Usage(id=count([event])[0].id)


@operation("usage.get", effect="read", roles="care supervisor engineer")
def get(*, usage_id: str) -> dict[str, Any]:
    """Show one event of the network and what came of it."""
    return queries.usage_view(usage_id)


@operation("usage.history", effect="read", roles="care supervisor engineer")
def history(
    *,
    subscription_id: str | None = None,
    msisdn: str | None = None,
    event_type: str | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """List what a line or a number used, newest first."""
    return queries.history(
        subscription_id=subscription_id,
        msisdn=msisdn,
        event_type=event_type,
        since=since,
        limit=limit,
    )


@operation("usage.overshoot_report", effect="read", roles="supervisor engineer finance")
def overshoot_report(
    *, subscription_id: str | None = None, limit: Annotated[int, Field(ge=1, le=1000)] = 100
) -> list[dict[str, Any]]:
    """List what lines used beyond their bundles and nobody wrote off, the most first."""
    return queries.open_overshoot(subscription_id, limit)


@operation("usage.write_off", roles="supervisor finance", result=queries.write_off_view)
def write_off(*, subscription_id: str, kind: Kind, reason: Reason) -> WriteOff:
    """Let go of what a line used of a kind beyond its bundle until now."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    quantity = queries.overshoot_of(line, kind)
    if not quantity:
        raise policies.NOTHING_TO_WRITE_OFF(subscription_id=line.public_id, kind=kind)
    by = current().person
    made: WriteOff = WriteOff.objects.create(
        subscription=line, kind=kind, quantity=quantity, reason=reason, made_by=by
    )
    fact = OvershootWrittenOff(
        write_off_id=made.public_id,
        subscription_id=line.public_id,
        customer_id=line.owner,
        kind=kind,
        quantity=quantity,
        reason=reason,
    )
    summary = f"Overshoot of {kind} of {line.msisdn} was written off: {reason}"
    publish(fact, aggregate=line, about=line.owner, summary=summary)
    return made


@operation("rating.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget all usage of a sandbox."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE rating_usage, rating_writeoff")


def answer(entry: Entry) -> dict[str, Any]:
    """What the sender of an event is told."""
    refused = entry.status == REJECTED
    return {
        "eventKey": entry.event.key,
        "status": entry.status,
        "id": Usage.public_id_of(entry.id) if entry.id else None,
        "rule": entry.event.rule if refused else None,
        "message": policies.explain(entry.event, owners_of(entry)[0]) if refused else None,
    }


def count(events: Sequence[dict[str, Any]]) -> list[Entry]:
    """Write events down, take them from their lines and tell which were refused."""
    now, source = clock.now(), current().channel
    entries = [Entry(rules.read(event, now, new_key, source)) for event in events]
    place(entries)
    insert(entries, now)
    compare([entry for entry in entries if not entry.id], now)
    new = [entry for entry in entries if entry.id and not entry.event.rule]
    charge(new)
    correct(entry for entry in new if entry.event.rule or entry.overshoot)
    for entry in entries:
        if entry.status == REJECTED:
            tell(entry)
    return entries


def new_key() -> str:
    """A key for an event that came without one."""
    return str(uuid.uuid4())


def place(entries: Sequence[Entry]) -> None:
    """Find the line that held each number at the time of the event, and its period then."""
    known = holdings_of({entry.event.msisdn for entry in entries})
    for entry in entries:
        event = entry.event
        found = (held for held in known.get(event.msisdn, ()) if held.holds(event.at))
        entry.holding = next(found, None)
        if entry.holding is not None:
            entry.period_start = entry.holding.period_start_at(event.at)
        elif not event.rule:
            event.rule = rules.KNOWN_NUMBER


def insert(entries: Sequence[Entry], now: datetime) -> None:
    """Insert what was never seen before; only those entries get an id."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.event.key, entry)
    with connection.cursor() as cursor:
        values = columns([first[key] for key in sorted(first)])
        cursor.execute(_INSERT, [now, current().service_identity, *values])
        for key, row_id in cursor.fetchall():
            first[key].id = row_id


def compare(repeats: Sequence[Entry], now: datetime) -> None:
    """Refuse what comes under a used id and says something else than the event counted there."""
    if not repeats:
        return
    keys = (entry.event.key for entry in repeats)
    reported = Usage.objects.reported(current().service_identity, keys)
    counted = {key: rest for key, *rest in reported.values_list("event_key", "pk", "at", *SAID)}
    for entry in repeats:
        usage, at, *said = counted[entry.event.key]
        # Without a time of its own an event has now's.
        if content(entry.event) != tuple(said) or entry.event.at not in (at, now):
            entry.earlier, entry.event.rule = usage, rules.USED_ONCE
    different = {entry.earlier for entry in repeats if entry.earlier}
    if different:
        # Their refusals become part of the history of what was counted.
        Usage.objects.lock_all(different)


def columns(entries: Sequence[Entry]) -> list[str]:
    """Entries as one array per column, in the order of the insert."""
    events = [entry.event for entry in entries]
    return [
        texts([event.key for event in events]),
        array_of(entry.holding.subscription if entry.holding else None for entry in entries),
        texts([event.msisdn for event in events]),
        texts([event.event_type for event in events]),
        texts([event.kind for event in events]),
        array_of(event.quantity for event in events),
        array_of(event.raw_quantity for event in events),
        texts([event.raw_unit for event in events]),
        array_of(event.at.isoformat() for event in events),
        array_of(entry.period_start and entry.period_start.isoformat() for entry in entries),
        array_of(event.roaming for event in events),
        texts(["rejected" if event.rule else "rated" for event in events]),
        texts([event.rule for event in events]),
        texts([event.source for event in events]),
        texts([event.raw_cdr_ref for event in events]),
        texts([event.visited_country for event in events]),
    ]


def texts(values: Sequence[str]) -> str:
    """Texts as PostgreSQL writes arrays."""
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        joined = '","'.join(escaped(value) for value in values)
    return f'{{"{joined}"}}'


def escaped(value: str) -> str:
    """A text as it stands between quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"')


def charge(entries: Sequence[Entry]) -> None:
    """Take rated events from their lines."""
    zones = zones_of(entries)
    batch = [
        Charge(
            entry.holding.subscription,
            entry.event.kind,
            entry.event.quantity,
            entry.event.at,
            zones.get(entry.event.visited_country) if zones else None,
        )
        for entry in entries
        if entry.holding
    ]
    for entry, charged in zip(entries, subscription.consume(batch=batch), strict=True):
        entry.overshoot, entry.event.rule = charged.overshoot, charged.rule


def zones_of(entries: Sequence[Entry]) -> dict[str, frozenset[str]]:
    """The roaming zones of the countries that data was used in; asks only if there are any."""
    abroad = {e.event.visited_country for e in entries if e.event.kind == "data_roaming"} - {""}
    return catalog.zones_of(abroad) if abroad else {}


def correct(entries: Iterable[Entry]) -> None:
    """Write down what nothing covered, and what its line refused."""
    changed = [(entry.id, entry.overshoot, entry.event.rule) for entry in entries]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_CORRECT, [list(column) for column in zip(*changed, strict=True)])


def tell(entry: Entry) -> None:
    """Publish that an event was not counted.

    It belongs to the history of its line where charging has locked that; else it has its own.
    It is about nobody: a blocked phone that keeps trying would bury its owner's time line.
    """
    event, usage_id = entry.event, str(Usage.public_id_of(entry.id or entry.earlier))
    line, customer = owners_of(entry)
    fact = UsageRejected(
        usage_id=usage_id,
        event_key=event.key,
        msisdn=event.msisdn,
        subscription_id=line,
        customer_id=customer,
        allowance_type=event.kind,
        quantity=to_units(event.kind, event.quantity) if event.kind else event.raw_quantity,
        unit=unit_of(event.kind) if event.kind else event.raw_unit,
        at=event.at.isoformat(),
        reason=event.rule,
    )
    publish(
        fact,
        aggregate=line if line and event.kind and entry.id else usage_id,
        summary=f"Usage of {event.msisdn} was not counted: {event.rule}",
    )


def owners_of(entry: Entry) -> tuple[str, str]:
    """The public ids of an entry's line and customer, empty when nobody had the number."""
    if entry.holding is None:
        return "", ""
    line = Subscription.public_id_of(entry.holding.subscription)
    return str(line), str(Customer.public_id_of(entry.holding.customer))
