"""Where roaming data is good."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from apps.catalog import policies, queries
from apps.catalog.events import CoverageSet, RoamingZoneSet
from apps.catalog.models import Allowance, AllowanceKind, RoamingZone, VasOffering
from bss.core.events import publish
from bss.core.operations import operation

EVERYONE = "care supervisor engineer finance catalog_manager customer"
ROAMING = AllowanceKind.DATA_ROAMING

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=20)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


@operation("catalog.list_zones", effect="read", roles=EVERYONE)
def list_zones() -> list[dict[str, Any]]:
    """List the roaming zones with their countries."""
    return queries.zone_list()


@operation("catalog.set_zone", roles="catalog_manager", result=queries.zone_view)
def set_zone(
    *, zone_id: Code, name: Name, countries: Annotated[list[Country], Field(min_length=1)]
) -> RoamingZone:
    """Say which countries a roaming zone has; what was sold for it is good there from now on."""
    known = RoamingZone.objects.filter(pk=zone_id).first()
    zone, _ = RoamingZone.objects.update_or_create(
        pk=zone_id, defaults={"name": name, "countries": sorted(set(countries))}
    )
    publish(
        RoamingZoneSet(zone_id=zone.pk),
        aggregate=zone,
        summary=f"Roaming zone {name} has {len(zone.countries)} countries",
        before=queries.zone_shape(known) if known else None,
        after=queries.zone_shape(zone),
    )
    return zone


@operation("catalog.set_coverage", roles="catalog_manager")
def set_coverage(*, offering_id: str, zone_id: str | None = None) -> dict[str, Any]:
    """Bound the roaming data of a plan or a top-up to a zone, or let it be good everywhere.

    What was granted or sold before stays good where it was.
    """
    if zone_id is not None:
        RoamingZone.objects.lock(zone_id)
    plans = Allowance.objects.filter(offering_id=offering_id, kind=ROAMING)
    top_ups = VasOffering.objects.filter(pk=offering_id, kind=ROAMING)
    if not plans.update(zone_id=zone_id) + top_ups.update(zone_id=zone_id):
        raise policies.NO_ROAMING(offering_id=offering_id)
    where = zone_id or "everywhere"
    publish(
        CoverageSet(offering_id=offering_id, zone_id=zone_id or ""),
        aggregate=offering_id,
        summary=f"Roaming data of {offering_id} is good in {where}",
    )
    return {"offeringId": offering_id, "zone": zone_id}
