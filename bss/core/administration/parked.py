"""Work that failed too often: looked at, retried, given up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from pydantic import Field

from bss.core import clock, requests
from bss.core.administration.events import WorkDiscarded, WorkRetried
from bss.core.errors import NotFound, rule
from bss.core.events import publish
from bss.core.invocation import running
from bss.core.models import Call, Delivery
from bss.core.registry import operation

Limit = Annotated[int, Field(ge=1, le=1000)]
# Refused for good, unknown still, or given up on our side.
FAILED = Q(outcome__kind__in=["refused", "unknown"]) | Q(state="parked")
IN_FLIGHT = rule(
    "work.change.in_flight", "{kind} {id} is being worked on right now; look again in a minute."
)
NOT_OPEN = rule("work.change.not_open", "{kind} {id} is {state}; only open work can be changed.")


def delivery_view(delivery: Delivery) -> dict[str, Any]:
    """A delivery whose event is at hand, as every door shows it."""
    return {
        "id": delivery.id,
        "queue": delivery.queue,
        "handler": delivery.handler,
        "lane": delivery.lane,
        "event": delivery.event.name,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "runAt": delivery.run_at.isoformat(),
        "error": delivery.error,
    }


@operation("delivery.list", effect="read", roles="engineer supervisor")
def list_deliveries(*, state: str | None = None, limit: Limit = 50) -> list[dict[str, Any]]:
    """List deliveries that are open or parked, oldest first."""
    found = Delivery.objects.select_related("event").order_by("id")
    found = found.filter(state=state) if state else found.exclude(state="done")
    return [delivery_view(delivery) for delivery in found[:limit]]


@operation("delivery.retry", roles="engineer")
def retry_delivery(*, delivery_id: int) -> dict[str, Any]:
    """Let a parked delivery run again, with five new attempts."""
    return _reopen(Delivery, delivery_id)


@operation("delivery.discard", effect="destructive", roles="engineer")
def discard_delivery(*, delivery_id: int, reason: str) -> dict[str, Any]:
    """Give a delivery up for good, so that its lane goes on."""
    return _discard(Delivery, delivery_id, reason)


def call_view(call: Call) -> dict[str, Any]:
    """A call, as every door shows it."""
    return {
        "id": call.id,
        "queue": call.queue,
        "gateway": call.gateway,
        "method": call.method,
        "key": call.key,
        "about": call.about,
        "then": call.then,
        "state": call.state,
        "attempts": call.attempts,
        "runAt": call.run_at.isoformat(),
        "outcome": call.outcome,
        "error": call.error,
        "requestedAt": call.requested_at.isoformat(),
    }


@operation("call.list", effect="read", roles="engineer supervisor finance")
def list_calls(
    *,
    state: str | None = None,
    gateway: str | None = None,
    about: str | None = None,
    since: datetime | None = None,
    failures: bool = False,
    limit: Limit = 50,
) -> list[dict[str, Any]]:
    """List calls to the outside, newest first; without a state those not done, or `any`."""
    found = _calls(gateway, about, since, failures).order_by("-id")
    if state != "any":
        found = found.filter(state=state) if state else found.exclude(state="done")
    return [call_view(call) for call in found[:limit]]


@operation("call.count", effect="read", roles="engineer supervisor finance")
def count_calls(
    *,
    since: datetime,
    gateway: str | None = None,
    about: str | None = None,
    failures: bool = False,
) -> list[dict[str, Any]]:
    """Count calls to the outside since a moment, by gateway and method."""
    found = _calls(gateway, about, since, failures).values("gateway", "method")
    counted = found.annotate(calls=Count("id"), failures=Count("id", filter=FAILED))
    return [{**row} for row in counted.order_by("gateway", "method")]


def _calls(
    gateway: str | None, about: str | None, since: datetime | None, failures: bool
) -> QuerySet[Call]:
    narrowed = {"gateway": gateway, "about": about, "requested_at__gte": since}
    found = Call.objects.filter(**{name: value for name, value in narrowed.items() if value})
    return found.filter(FAILED) if failures else found


@operation("call.retry", roles="engineer")
def retry_call(*, call_id: int) -> dict[str, Any]:
    """Let a parked call go on: sent again under its key, or only its outcome handled again."""
    return _reopen(Call, call_id)


@operation("call.discard", effect="destructive", roles="engineer")
def discard_call(*, call_id: int, reason: str) -> dict[str, Any]:
    """Give a call up for good; whatever waits for its outcome must be settled by hand."""
    return _discard(Call, call_id, reason)


def _lock_work(model: type[Delivery | Call], id: int) -> Any:
    row = model.objects.select_for_update(no_key=True, of=("self",)).filter(pk=id).first()
    kind = model._meta.model_name or ""
    if row is None:
        raise NotFound(kind, id)
    if row.state == "done":
        raise NOT_OPEN(kind=kind, id=id, state=row.state)
    if row.lease_until and row.lease_until > clock.real():
        raise IN_FLIGHT(kind=kind, id=id)
    return row


def _reopen(model: type[Delivery | Call], id: int) -> dict[str, Any]:
    row = _lock_work(model, id)
    answered = isinstance(row, Call) and row.outcome is not None
    row.state = "answered" if answered else "open"
    row.attempts, row.lease_until, row.token = (
        (row.attempts if answered else 0),
        None,
        None,
    )
    if isinstance(row, Call):
        # Sent before, so the next send must look up first.
        row.then_attempts, row.attempts = 0, min(row.attempts or 1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row.run_at = cursor.fetchone()[0]
    row.save()
    running().reopened.add(row.queue)
    kind = model._meta.model_name or ""
    publish(WorkRetried(kind=kind, id=id), aggregate=f"{kind}/{id}")
    return delivery_view(row) if isinstance(row, Delivery) else call_view(row)


def _discard(model: type[Delivery | Call], id: int, reason: str) -> dict[str, Any]:
    row = _lock_work(model, id)
    row.state, row.done_at, row.token = "done", clock.real(), None
    row.error = f"discarded: {reason}"[:1000]
    row.save()
    running().reopened.add(row.queue)
    if isinstance(row, Call) and row.request_id:
        requests.count_down(row.request_id)
    kind = model._meta.model_name or ""
    publish(WorkDiscarded(kind=kind, id=id, reason=reason), aggregate=f"{kind}/{id}")
    return delivery_view(row) if isinstance(row, Delivery) else call_view(row)
