"""Why a line does not work."""

from __future__ import annotations

from typing import Any

from apps.rating.policies import REFUSALS
from apps.subscription.rules import NOT_IN_SERVICE
from bss.core.clock import iso
from bss.core.models import StoredEvent

from .records import Records


def stopped(records: Records) -> dict[str, Any] | None:
    """What keeps a line out of service, since when, and by which rule; None while it works."""
    line = records.line
    if line.state == line.State.ACTIVE:
        return None
    told = [*records.told("subscription.blocked"), *records.told("subscription.suspended")]
    return {
        "state": line.state,
        "reason": line.state_reason or None,
        "since": iso(line.state_changed_at),
        "rule": NOT_IN_SERVICE,
        "ruleSays": REFUSALS[NOT_IN_SERVICE].message.format(subscription_id=line.public_id),
        "event": event_told(max(told, key=lambda event: event.id, default=None)),
        **behind(records),
    }


def behind(records: Records) -> dict[str, Any]:
    """The usage, the payment or the suspensions behind a block."""
    line = records.line
    if line.is_suspended:
        return {"suspensions": [suspension_told(one) for one in records.suspensions]}
    if line.unpaid:
        return {"payment": declined(records)}
    if line.state == line.State.BLOCKED:
        return {"usage": last_straw(records)}
    return {}


def last_straw(records: Records) -> dict[str, Any] | None:
    """The event of data after which nothing was left."""
    before = (
        usage
        for usage in records.latest
        if usage.kind == "data" and usage.received_at <= records.line.state_changed_at
    )
    usage = max(before, key=lambda one: (one.received_at, one.pk), default=None)
    if usage is None:
        return None
    return {
        "id": usage.public_id,
        "eventKey": usage.event_key,
        "at": iso(usage.at),
        "quantity": usage.quantity,
        "overshoot": usage.overshoot,
    }


def declined(records: Records) -> dict[str, Any] | None:
    """The renewal that was not paid, and what the bank said."""
    failed = [one for one in records.renewals.values() if one.state == "declined"]
    if not failed:
        return None
    renewal = failed[-1]
    payment = next((one for one in records.payments if one.key == renewal.key), None)
    last = max(payment.attempts.all(), key=lambda one: one.number) if payment else None
    events = records.told("subscription.renewal_failed")
    return {
        "id": payment and payment.public_id,
        "key": renewal.key,
        "declineCode": last.code or None if last else None,
        "declineClass": last.decline_class or None if last else None,
        "reason": events[-1].payload["reason"] if events else line_reason(payment),
    }


def line_reason(payment: Any) -> str | None:
    """What is known of a decline without its event."""
    return payment.state_reason if payment else None


def suspension_told(suspension: Any) -> dict[str, Any]:
    """A cause that holds a line."""
    return {
        "id": suspension.public_id,
        "cause": suspension.cause,
        "legalBasis": suspension.legal_basis or None,
        "reason": suspension.reason or None,
        "since": iso(suspension.started_at),
        "until": iso(suspension.until),
    }


def event_told(event: StoredEvent | None) -> dict[str, Any] | None:
    """An event as far as an explanation needs it."""
    if event is None:
        return None
    return {
        "id": event.id,
        "name": event.name,
        "at": iso(event.at),
        "summary": event.summary,
        "by": event.on_behalf_of or event.actor,
        "channel": event.channel,
    }
