"""Reads of usage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.rating.models import Usage, UsageState
from apps.subscription.models import NumberAssignment, Subscription
from bss.core.quantities import to_units, unit_of

HREF = "/tmf-api/usageManagement/v4/usage/"
LIMIT = 1000


def view(usage: Usage) -> dict[str, Any]:
    """An event as results show it."""
    return {
        "id": usage.public_id,
        "href": HREF + usage.public_id,
        "msisdn": usage.msisdn,
        "subscriptionId": Subscription.public_id_of(usage.subscription_id),
        "eventType": usage.event_type,
        "eventTime": usage.at.isoformat(),
        "quantity": usage.raw_quantity,
        "unit": usage.raw_unit,
        "source": usage.source,
        "rawCdrRef": usage.raw_cdr_ref or None,
        "processed": usage.state == UsageState.RATED,
        "processingError": usage.rule or None,
        "roamingIndicator": usage.roaming,
        "eventKey": usage.event_key,
        "receivedAt": usage.received_at.isoformat(),
        "periodStart": usage.period_start.isoformat() if usage.period_start else None,
        **_counted(usage),
        "@type": "Usage",
    }


def _counted(usage: Usage) -> dict[str, Any]:
    if not usage.kind:
        return {"allowanceType": None, "overshoot": 0, "overshootUnit": None}
    return {
        "allowanceType": usage.kind,
        "overshoot": to_units(usage.kind, usage.overshoot),
        "overshootUnit": unit_of(usage.kind),
    }


def usage_view(usage_id: str) -> dict[str, Any]:
    """One event."""
    return view(Usage.objects.get_by_id(usage_id))


def view_of_event(client: str, event_key: str) -> dict[str, Any]:
    """The event that was counted under a client's id."""
    return view(Usage.objects.get(client=client, event_key=event_key))


def history(
    *,
    subscription_id: str | None,
    msisdn: str | None,
    event_type: str | None,
    since: datetime | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Events, newest first."""
    found: QuerySet[Usage] = Usage.objects.newest()
    if subscription_id:
        found = of_line(found, Subscription.objects.get_by_id(subscription_id))
    if msisdn:
        found = found.filter(msisdn=msisdn)
    if event_type:
        found = found.filter(event_type=event_type)
    if since:
        found = found.filter(at__gte=since)
    return [view(usage) for usage in found[: max(1, min(limit, LIMIT))]]


def of_line(found: QuerySet[Usage], line: Subscription) -> QuerySet[Usage]:
    """The events of a line, sought by the numbers it held: that is what the index is by."""
    numbers = NumberAssignment.objects.filter(subscription=line).values_list("msisdn", flat=True)
    return found.filter(subscription=line, msisdn__in=[*numbers, line.msisdn])
