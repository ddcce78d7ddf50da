"""The kernel's own operations: clock, parked work, audit, clients, staff, sandbox resets."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction

from bss.core import clock, registry
from bss.core.errors import NotFound, rule
from bss.core.models import (
    ApiClient,
    Call,
    ClockState,
    Delivery,
    OperatorProfile,
    StoredEvent,
    User,
)
from bss.core.registry import ROLES, operation

NOT_SANDBOX = rule(
    "admin.sandbox.required",
    "This database is not marked as a sandbox; {operation} works only on one that is.",
)
NOT_PARKED = rule("work.retry.not_open", "{kind} {id} is {state}; only open work can be changed.")
UNKNOWN_ROLE = rule("staff.create.unknown_role", "There is no role {role}; use one of {roles}.")


def require_sandbox(operation: str) -> None:
    """Refuse on a database that may hold real customers."""
    if not OperatorProfile.load().sandbox:
        raise NOT_SANDBOX(operation=operation)


def _clock_view(reading: clock.Reading | None = None) -> dict[str, Any]:
    reading = reading or clock.reading()
    return {
        "now": reading.at(clock.real()).isoformat(),
        "mode": "frozen" if reading.frozen_at else "wall",
        "frozenAt": reading.frozen_at and reading.frozen_at.isoformat(),
        "offsetSeconds": reading.offset.total_seconds(),
        "source": "system",
    }


def _set_clock(frozen_at: datetime | None, moved_by: timedelta) -> dict[str, Any]:
    ClockState.objects.update_or_create(
        pk=1, defaults={"frozen_at": frozen_at, "moved_by": moved_by}
    )
    transaction.on_commit(_let_everybody_see)
    return _clock_view(clock.Reading(frozen_at, moved_by))


def _let_everybody_see() -> None:
    clock.forget()
    # Other processes may keep their reading this long; afterwards all agree.
    time.sleep(clock.READING_SECONDS)


@operation("clock.now", effect="read", roles="care supervisor engineer finance catalog_manager")
def clock_now() -> dict[str, Any]:
    """Tell the business time and how it is set."""
    return _clock_view()


@operation("clock.freeze", roles="engineer")
def freeze_clock(*, at: datetime | None = None) -> dict[str, Any]:
    """Stop business time for all processes, now or at a moment."""
    require_sandbox("clock.freeze")
    moment = at or clock.now()
    return _set_clock(
        moment if moment.tzinfo else moment.replace(tzinfo=UTC), clock.reading().offset
    )


@operation("clock.unfreeze", roles="engineer")
def unfreeze_clock() -> dict[str, Any]:
    """Let business time run again."""
    require_sandbox("clock.unfreeze")
    return _set_clock(None, timedelta())


@operation("clock.advance", roles="engineer")
def advance_clock(*, duration: str) -> dict[str, Any]:
    """Move business time forward by `30s`, `15m`, `1h` or `30d`."""
    require_sandbox("clock.advance")
    by, reading = clock.duration(duration), clock.reading()
    if reading.frozen_at:
        return _set_clock(reading.frozen_at + by, reading.offset)
    return _set_clock(None, reading.offset + by)


def _event_view(event: StoredEvent) -> dict[str, Any]:
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
    return [_event_view(event) for event in found[: max(1, min(limit, 1000))]]


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
    return [_event_view(event) for event in found[: max(1, min(limit, 1000))]]


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


def _delivery_view(delivery: Delivery) -> dict[str, Any]:
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
def list_deliveries(*, state: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """List deliveries that are open or parked, oldest first."""
    found = Delivery.objects.select_related("event").order_by("id")
    found = found.filter(state=state) if state else found.exclude(state="done")
    return [_delivery_view(delivery) for delivery in found[:limit]]


@operation("delivery.retry", roles="engineer")
def retry_delivery(*, delivery_id: int) -> dict[str, Any]:
    """Let a parked delivery run again, with five new attempts."""
    return _reopen(Delivery, delivery_id, "open")


@operation("delivery.discard", effect="destructive", roles="engineer")
def discard_delivery(*, delivery_id: int, reason: str) -> dict[str, Any]:
    """Give a delivery up for good, so that its lane goes on."""
    return _discard(Delivery, delivery_id, reason)


def _call_view(call: Call) -> dict[str, Any]:
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
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List calls to the outside, newest first; without a state those not done."""
    found = Call.objects.order_by("-id")
    found = found.filter(state=state) if state else found.exclude(state="done")
    if gateway:
        found = found.filter(gateway=gateway)
    if about:
        found = found.filter(about=about)
    return [_call_view(call) for call in found[:limit]]


@operation("call.retry", roles="engineer")
def retry_call(*, call_id: int) -> dict[str, Any]:
    """Let a parked call go on: sent again under its key, or only its outcome handled again."""
    return _reopen(Call, call_id, "open")


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
        raise NOT_PARKED(kind=kind, id=id, state=row.state)
    return row


def _reopen(model: type[Delivery | Call], id: int, state: str) -> dict[str, Any]:
    row = _lock_work(model, id)
    answered = isinstance(row, Call) and row.outcome is not None
    row.state = "answered" if answered else state
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
    return _delivery_view(row) if isinstance(row, Delivery) else _call_view(row)


def _discard(model: type[Delivery | Call], id: int, reason: str) -> dict[str, Any]:
    row = _lock_work(model, id)
    row.state, row.done_at, row.token = "done", clock.real(), None
    row.error = f"discarded: {reason}"[:1000]
    row.save()
    return _delivery_view(row) if isinstance(row, Delivery) else _call_view(row)


@operation("client.create", roles="engineer")
def create_client(
    *, name: str, scopes: list[str], expires_at: datetime | None = None
) -> dict[str, Any]:
    """Make an API client and show its token, once."""
    token = ApiClient.new_token()
    client = ApiClient.objects.create(
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        token_digest=ApiClient.digest(token),
    )
    return {**_client_view(client), "token": token}


def _client_view(client: ApiClient) -> dict[str, Any]:
    return {
        "id": client.public_id,
        "name": client.name,
        "scopes": client.scopes,
        "expiresAt": client.expires_at and client.expires_at.isoformat(),
        "revokedAt": client.revoked_at and client.revoked_at.isoformat(),
    }


@operation("client.list", effect="read", roles="engineer supervisor")
def list_clients() -> list[dict[str, Any]]:
    """List API clients; tokens are never shown again."""
    return [_client_view(client) for client in ApiClient.objects.order_by("name")]


@operation("client.revoke", effect="destructive", roles="engineer")
def revoke_client(*, name: str) -> dict[str, Any]:
    """Take an API client's token out of use for good."""
    client = ApiClient.objects.filter(name=name).first()
    if client is None:
        raise NotFound("client", name)
    client.revoked_at = client.revoked_at or clock.real()
    client.save(update_fields=["revoked_at"])
    return _client_view(client)


@operation("staff.create", roles="supervisor")
def create_staff(
    *, username: str, email: str, role: str, password: str | None = None
) -> dict[str, Any]:
    """Make a staff account in a role; without a password one is made up and shown, once."""
    if role not in ROLES:
        raise UNKNOWN_ROLE(role=role, roles=", ".join(ROLES))
    chosen = password or secrets.token_urlsafe(9)
    user = User.objects.create_user(username, email, chosen, is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    shown = {} if password else {"password": chosen}
    return {"username": user.username, "email": user.email, "roles": [role], **shown}


@operation("admin.reset_operational_data", effect="destructive", roles="engineer")
def reset_operational_data(*, reset_sequences: bool = False) -> dict[str, Any]:
    """Empty a sandbox of customers, orders and lines and put the reference data back."""
    require_sandbox("admin.reset_operational_data")
    known = registry.registry()
    steps = [op for name, op in known.items() if name.endswith(".reset") and op.internal]
    seeds = [op for name, op in known.items() if name.endswith(".restore") and op.internal]
    for step in sorted(steps, key=_height, reverse=True) + sorted(seeds, key=_height):
        registry.perform(step, {})
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_delivery, core_call, core_request, core_proposal")
    return {
        "resetSequences": reset_sequences,
        "services": [{"service": op.app, "ok": True} for op in steps],
    }


_HEIGHTS = (
    "crm",
    "catalog",
    "payments",
    "provisioning",
    "subscription",
    "rating",
    "ordering",
)


def _height(step: registry.Operation) -> int:
    """How high an app stands; upper apps are emptied first and filled last."""
    return _HEIGHTS.index(step.app) if step.app in _HEIGHTS else len(_HEIGHTS)
