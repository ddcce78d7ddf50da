"""TMF639: numbers and eSIM profiles."""

from __future__ import annotations

from typing import Any

from apps.provisioning.models import PooledResource
from bss.tmf.filters import Always, Filter, Words
from bss.tmf.resources import Api, Resource, each
from bss.tmf.shapes import Extras, Note, Text

STATUS = {
    "available": "available",
    "reserved": "reserved",
    "assigned": "standby",
    "quarantine": "suspended",
    "ported_out": "unknown",
    "released": "reserved",
    "downloaded": "reserved",
    "installed": "standby",
    "enabled": "standby",
    "disabled": "suspended",
    "recalled": "suspended",
    "deleted": "unknown",
}
ACTIVE = ("assigned", "enabled")
USAGE = dict.fromkeys(STATUS, "idle") | dict.fromkeys(ACTIVE, "active")


class ResourceExtras(Extras):
    description: Text = ""
    resource_version: Text = ""
    note: list[Note] = []


def show(row: PooledResource) -> dict[str, Any]:
    """A number or a profile as TMF639 shows it, without what lets anybody download it."""
    iccid = row.id if row.kind == "EsimProfile" else ""
    named = {"msisdn": row.msisdn, "iccid": iccid, "imsi": row.imsi}
    return {
        "id": row.id,
        "name": row.id,
        "category": row.kind,
        "resourceStatus": STATUS[row.state],
        "usageState": "active" if row.state in ACTIVE else "idle",
        "administrativeState": "locked" if row.is_locked else "unlocked",
        "operationalState": "enable",
        "resourceCharacteristic": [
            {"name": name, "value": value} for name, value in named.items() if value
        ],
        "relatedParty": owners(row.owner),
        "@type": row.kind,
    }


def owners(owner: str) -> list[dict[str, Any]]:
    """Who has it: a line, or a customer who holds it."""
    kind = "Product" if owner.startswith("SUB-") else "Customer"
    return [{"id": owner, "role": "owner", "@referredType": kind}] if owner else []


RESOURCE = Resource(
    name="resource",
    type_name="LogicalResource",
    reads="inventory.msisdn.get",
    rows=PooledResource.objects.all,
    show=each(show),
    key=Filter("pk"),
    order=("pk",),
    filters={
        "name": Filter("pk"),
        "category": Filter("kind"),
        "@type": Filter("kind"),
        "resourceStatus": Words("state", STATUS),
        "usageState": Words("state", USAGE),
        "operationalState": Always("enable"),
        "resourceCharacteristic.value": Filter("msisdn"),
        "relatedParty.id": Filter("owner"),
    },
    extras=ResourceExtras,
    writes="inventory.msisdn.add_range",
)

RESOURCES = Api(number=639, base="resourceInventoryManagement/v4", resources=[RESOURCE])
