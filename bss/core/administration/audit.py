"""Reading what happened, and who did it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bss.core.models import StoredEvent
from bss.core.paging import clamp
from bss.core.registry import operation

MOST = 1000


def event_view(event: StoredEvent) -> dict[str, Any]:
    """An event, as every door shows it."""
    return {
        "eventId": str(event.id),
        "eventType": event.name,
        "aggregateType": event.name.rpartition(".")[0],
        "aggregateId": event.aggregate,
        "about": event.about,
        "summary": event.summary,
        "occurredAt": event.at.isoformat(),
        "traceId": event.trace_id or None,
        "actor": event.actor,
        "onBehalfOf": event.on_behalf_of or None,
        "channel": event.channel,
        "serviceIdentity": event.service_identity,
        "payload": event.payload,
        "before": event.before,
        "after": event.after,
        "schemaVersion": 1,
        "publishedToMq": True,
    }


@operation(
    "events.list",
    effect="read",
    roles="care supervisor engineer finance catalog_manager",
)
def list_events(
    *,
    aggregate_type: str | None = None,
    aggregate_id: str | None = None,
    about: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List what happened, newest first."""
    found = StoredEvent.objects.order_by("-id")
    if aggregate_type:
        found = found.filter(name__startswith=f"{aggregate_type}.")
    if aggregate_id:
        found = found.filter(aggregate=aggregate_id)
    if about:
        found = found.filter(about=about)
    if since:
        found = found.filter(at__gte=since)
    return [event_view(event) for event in found[: clamp(limit, MOST)]]


def _by_identity(identity: str, aggregate_id: str | None, prefix: str | None) -> Any:
    found = StoredEvent.objects.filter(service_identity=identity)
    if aggregate_id:
        found = found.filter(aggregate=aggregate_id)
    return found.filter(name__startswith=prefix) if prefix else found


@operation("audit.events_by_identity", effect="read", roles="supervisor engineer")
def events_by_identity(
    *,
    service_identity: str,
    aggregate_type: str | None = None,
    aggregate_id: str | None = None,
    event_type_prefix: str | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """List what one service identity did, oldest first."""
    prefix = event_type_prefix or (f"{aggregate_type}." if aggregate_type else None)
    found = _by_identity(service_identity, aggregate_id, prefix).order_by("id")
    return [event_view(event) for event in found[: clamp(limit, MOST)]]


@operation("audit.count_by_identity", effect="read", roles="supervisor engineer")
def count_by_identity(
    *,
    service_identity: str,
    aggregate_type: str | None = None,
    aggregate_id: str | None = None,
    event_type_prefix: str | None = None,
) -> dict[str, Any]:
    """Count what one service identity did."""
    prefix = event_type_prefix or (f"{aggregate_type}." if aggregate_type else None)
    found = _by_identity(service_identity, aggregate_id, prefix)
    return {"identity": service_identity, "count": found.count()}
