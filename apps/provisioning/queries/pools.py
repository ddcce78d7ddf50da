"""Numbers and eSIMs as the outside sees them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from apps.provisioning.models import EsimProfile, Number
from bss.core.clock import iso


def number_view(msisdn: str) -> dict[str, Any]:
    """One number."""
    return show_number(Number.objects.get_by_id(msisdn))


def show_number(number: Number) -> dict[str, Any]:
    """A number whose row is at hand."""
    assigned = number.state == Number.State.ASSIGNED
    reserved = number.state == Number.State.RESERVED
    return {
        "msisdn": number.msisdn,
        "status": number.state,
        "reserved_at": iso(number.reserved_at),
        "reserved_for": number.owner if reserved else None,
        "reserved_until": iso(number.expires_at),
        "assigned_to_subscription_id": number.owner if assigned else None,
        "quarantine_until": iso(number.quarantine_until),
        "locked_at": iso(number.locked_at),
    }


def list_numbers(prefix: str | None, status: str, limit: int) -> list[dict[str, Any]]:
    """Numbers in one state, lowest first."""
    numbers = Number.objects.filter(state=status, msisdn__startswith=prefix or "")
    return [show_number(number) for number in numbers.order_by("msisdn")[:limit]]


def count_numbers(prefix: str | None) -> dict[str, Any]:
    """How many numbers are in each state, and altogether."""
    numbers = Number.objects.filter(msisdn__startswith=prefix) if prefix else Number.objects.all()
    found = dict(numbers.order_by().values_list("state").annotate(Count("id")))
    counts = {state: found.get(state, 0) for state in Number.State.values}
    return {**counts, "total": sum(found.values()), "prefix": prefix}


def esim_view(iccid: str) -> dict[str, Any]:
    """One profile, without the code that would let anybody download it."""
    return show_esim(EsimProfile.objects.get_by_id(iccid))


def show_esim(esim: EsimProfile) -> dict[str, Any]:
    """A profile whose row is at hand."""
    return {
        "iccid": esim.iccid,
        "imsi": esim.imsi,
        "profile_state": esim.state,
        "smdp_server": esim.smdp_server,
        "assigned_msisdn": esim.msisdn or None,
        "assigned_to_subscription_id": esim.owner or None,
        "reserved_at": iso(esim.reserved_at),
        "downloaded_at": iso(esim.downloaded_at),
    }


def list_esims(status: str, limit: int) -> list[dict[str, Any]]:
    """Profiles in one state, lowest first."""
    esims = EsimProfile.objects.filter(state=status).order_by("iccid")
    return [show_esim(esim) for esim in esims[:limit]]


def count_esims() -> dict[str, Any]:
    """How many profiles are in each state, and altogether."""
    found = dict(EsimProfile.objects.order_by().values_list("state").annotate(Count("id")))
    counts = {state: found.get(state, 0) for state in EsimProfile.State.values}
    return {**counts, "total": sum(found.values())}


def activation_of(iccid: str) -> dict[str, Any]:
    """What a device needs to download a profile."""
    esim = EsimProfile.objects.get_by_id(iccid)
    return {
        "iccid": esim.iccid,
        "activation_code": esim.activation_code,
        "smdp_server": esim.smdp_server,
        "matching_id": esim.matching_id,
    }
