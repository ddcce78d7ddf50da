"""Reads about planned work and outages."""

from typing import Any

from apps.crm.models import ContactMedium, MediumType, ServiceNotice
from apps.crm.queries.people import PAGE_LIMIT
from bss.core.clock import iso
from bss.core.paging import clamp


def notice_shape(notice: ServiceNotice) -> dict[str, Any]:
    """A notice, as every door shows it."""
    return {
        "id": notice.public_id,
        "kind": notice.kind,
        "service": notice.service or None,
        "zone": notice.zone or None,
        "title": notice.title,
        "body": notice.body,
        "state": notice.state,
        "version": notice.version,
        "startsAt": iso(notice.starts_at),
        "endsAt": iso(notice.ends_at),
        "openedAt": iso(notice.opened_at),
        "toldEverybody": notice.told_up_to is None,
    }


def notice_view(notice_id: str) -> dict[str, Any]:
    """One notice."""
    return notice_shape(ServiceNotice.objects.get_by_id(notice_id))


def notice_page(state: str | None, limit: int) -> list[dict[str, Any]]:
    """Notices, the newest first."""
    found = ServiceNotice.objects.filter(state=state) if state else ServiceNotice.objects.all()
    return [notice_shape(notice) for notice in found.order_by("-id")[: clamp(limit, PAGE_LIMIT)]]


def untold_notices(limit: int) -> list[str]:
    """Notices that somebody is still to hear of."""
    keys = ServiceNotice.objects.exclude(told_up_to=None).order_by("id")[:limit]
    return [notice.public_id for notice in keys]


def living_in(zone: str, customers: list[int]) -> list[int]:
    """Those of some customers whose address names a zone; everywhere is everybody."""
    if not zone:
        return customers
    addresses = ContactMedium.objects.live().filter(
        customer__in=customers, medium_type=MediumType.POSTAL, value__icontains=zone
    )
    there = set(addresses.values_list("customer_id", flat=True))
    return [key for key in customers if key in there]
