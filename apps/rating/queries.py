"""Reads of usage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from apps.crm.models import Customer
from apps.rating.models import Usage, UsageState, WriteOff
from apps.subscription.models import Bucket, NumberAssignment, Subscription
from bss.core.paging import clamp
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
        "visitedCountry": usage.visited_country or None,
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
    event_type: str | None,
    since: datetime | None,
    limit: int,
    msisdn: str | None = None,
    customer_id: str | None = None,
) -> list[dict[str, Any]]:
    """Events, newest first, of a line, a number or all lines of a customer."""
    found: QuerySet[Usage] = Usage.objects.newest()
    if subscription_id:
        found = of_lines(found, [Subscription.objects.get_by_id(subscription_id)])
    elif customer_id:
        customer = Customer.objects.get_by_id(customer_id)
        found = of_lines(found, Subscription.objects.filter(customer=customer))
    if msisdn:
        found = found.filter(msisdn=msisdn)
    if event_type:
        found = found.filter(event_type=event_type)
    if since:
        found = found.filter(at__gte=since)
    return [view(usage) for usage in found[: clamp(limit, LIMIT)]]


def of_lines(found: QuerySet[Usage], lines: Iterable[Subscription]) -> QuerySet[Usage]:
    """The events of lines, sought by the numbers they held: that is what the index is by."""
    lines = list(lines)
    held = NumberAssignment.objects.filter(subscription__in=lines).values_list("msisdn", flat=True)
    numbers = {*held, *(line.msisdn for line in lines)}
    return found.filter(subscription__in=lines, msisdn__in=numbers)


# Buckets that overshot have an index of their own; they are few.
_OVERSHOOT = """
SELECT b.subscription_id, b.kind, b.overshoot, coalesce(w.quantity, 0), s.customer_id, s.msisdn
FROM subscription_bucket b JOIN subscription_subscription s ON s.id = b.subscription_id
LEFT JOIN LATERAL (
    SELECT sum(quantity) AS quantity FROM rating_writeoff
    WHERE subscription_id = b.subscription_id AND kind = b.kind
) w ON true
WHERE b.overshoot > 0 AND b.overshoot > coalesce(w.quantity, 0)
    AND (%(line)s::bigint IS NULL OR b.subscription_id = %(line)s)
ORDER BY b.overshoot - coalesce(w.quantity, 0) DESC, b.id LIMIT %(limit)s
"""


def open_overshoot(subscription_id: str | None, limit: int) -> list[dict[str, Any]]:
    """What lines used beyond their bundles and nobody wrote off."""
    line = Subscription.objects.get_by_id(subscription_id).pk if subscription_id else None
    with connection.cursor() as cursor:
        cursor.execute(_OVERSHOOT, {"line": line, "limit": limit})
        return [_overshot(*row) for row in cursor.fetchall()]


def _overshot(
    line: int, kind: str, overshoot: int, written_off: int, customer: int, msisdn: str
) -> dict[str, Any]:
    return {
        "subscriptionId": Subscription.public_id_of(line),
        "customerId": Customer.public_id_of(customer),
        "msisdn": msisdn,
        "allowanceType": kind,
        "overshoot": to_units(kind, overshoot),
        "writtenOff": to_units(kind, int(written_off)),
        "open": to_units(kind, overshoot - int(written_off)),
        "unit": unit_of(kind),
    }


def overshoot_of(line: Subscription, kind: str) -> int:
    """What a line used of a kind beyond its bundle and nobody wrote off."""
    written = WriteOff.objects.filter(subscription=line, kind=kind)
    bucket = Bucket.objects.filter(subscription=line, kind=kind).first()
    gone: int = written.aggregate(gone=Sum("quantity", default=0))["gone"]
    return bucket.overshoot - gone if bucket else 0


def write_off_view(write_off_id: str) -> dict[str, Any]:
    """What was written off, by whom and why."""
    made: WriteOff = WriteOff.objects.get_by_id(write_off_id)
    return {
        "id": made.public_id,
        "subscriptionId": Subscription.public_id_of(made.subscription_id),
        "allowanceType": made.kind,
        "quantity": to_units(made.kind, made.quantity),
        "unit": unit_of(made.kind),
        "reason": made.reason,
        "madeBy": made.made_by,
        "madeAt": made.made_at.isoformat(),
    }
