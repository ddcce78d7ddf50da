"""TMF638: services in the network."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.provisioning.models import Service
from bss.core.clock import iso
from bss.tmf.filters import Filter, Id, Moment, Words, reference
from bss.tmf.resources import Api, Resource, each
from bss.tmf.shapes import Extras, Loose, Note, Text

STATES = {
    "designed": "designed",
    "reserved": "reserved",
    "activated": "active",
    "suspended": "inactive",
    "terminated": "terminated",
    "failed": "terminated",
}


class ServiceExtras(Extras):
    description: Text = ""
    service_type: Text = ""
    start_mode: Text = ""
    note: list[Note] = []
    place: list[Loose] = []
    feature: list[Loose] = []


def services() -> QuerySet[Service]:
    """Services with those below them, in two statements."""
    return Service.objects.prefetch_related("children")


def show(service: Service) -> dict[str, Any]:
    """A service as TMF638 shows it."""
    parent = Service.public_id_of(service.parent_id)
    children = sorted(service.children.all(), key=lambda child: child.pk)
    return {
        "id": service.public_id,
        "name": service.spec_id,
        "category": service.kind,
        "state": STATES[service.state],
        "hasStarted": service.activated_at is not None,
        "isServiceEnabled": service.state == "activated",
        "isStateful": True,
        "startDate": iso(service.activated_at),
        "endDate": iso(service.terminated_at),
        "serviceDate": iso(service.created_at),
        "serviceSpecification": {"id": service.spec_id, "@referredType": "ServiceSpecification"},
        "serviceCharacteristic": characteristics(service.characteristics),
        "serviceRelationship": [relation("dependsOn", parent)] if parent else [],
        "supportingService": [{"id": child.public_id} for child in children],
        "supportingResource": resources(service.characteristics),
        "relatedEntity": [{"id": service.owner, "role": "product", "@referredType": "Product"}],
    }


# What lets anybody download a profile is nobody's business here.
SECRET = {"activation_code", "matching_id", "ki_ref"}


def characteristics(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What a service is like, without what is secret about it."""
    return [
        {"name": name, "value": value}
        for name, value in sorted(values.items())
        if value not in (None, "") and name not in SECRET
    ]


def resources(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The number and the profile a service stands on."""
    named = {"msisdn": "LogicalResource", "iccid": "LogicalResource"}
    return [
        {"id": values[name], "name": name, "@referredType": kind}
        for name, kind in named.items()
        if values.get(name)
    ]


def relation(kind: str, service_id: str) -> dict[str, Any]:
    """Another service, and what it is to this one."""
    return {"relationshipType": kind, "service": {"id": service_id}}


SERVICE = Resource(
    name="service",
    type_name="Service",
    reads="service.get",
    rows=services,
    show=each(show),
    key=Id("pk", Service),
    filters={
        "name": Filter("spec_id"),
        "category": Filter("kind"),
        "state": Words("state", STATES),
        "startDate": Moment("activated_at"),
        "endDate": Moment("terminated_at"),
        "serviceDate": Moment("created_at"),
        "serviceSpecification.id": Filter("spec_id"),
        "relatedEntity.id": Filter("owner"),
        **reference("serviceRelationship.service", Service, "parent", "Service"),
    },
    extras=ServiceExtras,
    writes="provisioning.resolve_stuck",
)

SERVICES = Api(
    number=638,
    base="serviceInventory/v4",
    aliases=["serviceInventoryManagement/v4"],
    resources=[SERVICE],
)
