"""The catalog every installation starts with."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from apps.catalog import queries
from apps.catalog.events import CatalogRestored, CatalogSeeded
from apps.catalog.models import (
    Allowance,
    Assignment,
    ProductOffering,
    ProductOfferingPrice,
    ProductServiceMapping,
    ProductSpecification,
    Promotion,
    Redemption,
    RoamingZone,
    ServiceSpecification,
    VasOffering,
)
from bss.core import quantities
from bss.core.events import publish
from bss.core.operations import operation

SPECIFICATION = "SPEC_MOBILE_PREPAID"
CFS = "SSPEC_CFS_MOBILE_BROADBAND"
RFS = ("SSPEC_RFS_DATA_BEARER", "SSPEC_RFS_VOICE_BEARER")
TASKS = {
    "activate": [
        "HLR_PROVISION",
        "PCRF_POLICY_PUSH",
        "OCS_BALANCE_INIT",
        "ESIM_PROFILE_PREPARE",
    ],
    "block": ["PCRF_POLICY_PUSH"],
    "unblock": ["PCRF_POLICY_PUSH"],
    "change": ["PCRF_POLICY_PUSH"],
    "replace": ["HLR_REPLACE"],
    "terminate": ["HLR_DEPROVISION"],
}

# id, name, minor units, then megabytes, minutes, messages, megabytes abroad; -1 is unlimited
PLANS = (
    ("PLAN_S", "Lite", 1000, (5_120, 100, 100, 0)),
    ("PLAN_M", "Standard", 2500, (30_720, -1, -1, 500)),
    ("PLAN_L", "Max", 4500, (153_600, -1, -1, 2_048)),
)
# id, name, minor units, kind, megabytes, hours until it expires
TOPUPS = (
    ("VAS_DATA_1GB", "Data Top-Up 1GB", 300, "data", 1_024, None),
    ("VAS_DATA_5GB", "Data Top-Up 5GB", 1200, "data", 5_120, None),
    ("VAS_UNLIMITED_DAY", "Unlimited Data Day Pass", 500, "data", -1, 24),
    ("VAS_ROAMING_1GB", "Roaming Data 1GB", 800, "data_roaming", 1_024, None),
)


def _rows() -> list[Sequence[Model]]:
    """Every seeded row, in the order in which they need each other."""
    currency = queries.currency()
    return [
        [
            ProductSpecification(
                id=SPECIFICATION,
                name="Mobile Prepaid Bundle",
                description="Data, calls and messages on an eSIM, paid in advance",
                brand="BSS",
            )
        ],
        [
            ServiceSpecification(id=CFS, name="Mobile Broadband", type="CFS"),
            ServiceSpecification(id=RFS[0], name="Data Bearer", type="RFS"),
            ServiceSpecification(id=RFS[1], name="Voice Bearer", type="RFS"),
        ],
        [ProductServiceMapping(specification_id=SPECIFICATION, cfs_id=CFS, tasks=TASKS)],
        [
            ProductOffering(id=plan, name=name, specification_id=SPECIFICATION)
            for plan, name, _, _ in PLANS
        ],
        [
            ProductOfferingPrice(
                id=f"PRICE_{plan}", offering_id=plan, amount=amount, currency=currency
            )
            for plan, _, amount, _ in PLANS
        ],
        _topups(currency),
    ]


def _topups(currency: str) -> list[VasOffering]:
    return [
        VasOffering(
            id=id,
            name=name,
            amount=amount,
            currency=currency,
            kind=kind,
            quantity=quantities.allowance(kind, quantity),
            expiry_hours=hours,
        )
        for id, name, amount, kind, quantity, hours in TOPUPS
    ]


def _allowances() -> list[Allowance]:
    return [
        Allowance(offering_id=plan, kind=kind, amount=quantities.allowance(kind, quantity))
        for plan, _, _, granted in PLANS
        for kind, quantity in zip(queries.KINDS, granted, strict=True)
    ]


@operation("catalog.seed", internal=True)
def seed() -> dict[str, int]:
    """Add the plans and top-ups every installation starts with; existing rows stay as they are."""
    new_plans = {plan for plan, *_ in PLANS} - set(
        ProductOffering.objects.values_list("pk", flat=True)
    )
    added = sum(_add_missing(rows) for rows in _rows())
    # A plan that is there already has the allowances its owner wants.
    Allowance.objects.bulk_create(row for row in _allowances() if row.offering_id in new_plans)
    _map_services()
    if added:
        publish(
            CatalogSeeded(added=added), aggregate="catalog", summary="Catalog filled with the seed"
        )
    return {"added": added}


def _add_missing(rows: Sequence[Model]) -> int:
    manager = type(rows[0])._default_manager
    known = set(manager.values_list("pk", flat=True))
    missing = [row for row in rows if row.pk not in known]
    manager.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _map_services() -> None:
    resources = ServiceSpecification.objects.filter(pk__in=RFS)
    ProductServiceMapping.objects.get(pk=SPECIFICATION).rfs.set(resources)


@operation("catalog.restore", effect="destructive", internal=True)
def restore() -> dict[str, Any]:
    """Put the catalog back to the seed; what was added since is gone."""
    seeded = _rows()
    Allowance.objects.all().delete()
    removed = [_remove_others(rows) for rows in reversed(seeded) if rows]
    for rows in seeded:
        _put_back(rows)
    Allowance.objects.bulk_create(_allowances())
    RoamingZone.objects.all().delete()
    _map_services()
    gone = sorted(id for ids in removed for id in ids)
    publish(
        CatalogRestored(removed_ids=" ".join(gone)),
        aggregate="catalog",
        summary="Catalog put back to the seed",
        before={"removed": gone},
    )
    return {"removed": gone}


def _remove_others(rows: Sequence[Model]) -> list[str]:
    others = type(rows[0])._default_manager.exclude(pk__in=[row.pk for row in rows])
    ids = [str(pk) for pk in others.values_list("pk", flat=True)]
    others.delete()
    return ids


def _put_back(rows: Sequence[Model]) -> None:
    model = type(rows[0])
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=fields,
    )


@operation("catalog.reset", internal=True, effect="destructive")
def reset() -> None:
    """Forget every promotion of a sandbox, with who used it."""
    Redemption.objects.all().delete()
    Assignment.objects.all().delete()
    Promotion.objects.all().delete()
