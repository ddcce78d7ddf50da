"""What is on sale, and how that is shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Prefetch

from apps.catalog import rules
from apps.catalog.models import (
    Allowance,
    LifecycleStatus,
    ProductOffering,
    ProductOfferingPrice,
    ProductServiceMapping,
    ProductSpecification,
    RoamingZone,
    SellableQuerySet,
    VasOffering,
)
from apps.catalog.rules import ServiceMapping
from bss.core.models import OperatorProfile
from bss.core.money import money_text
from bss.core.quantities import to_units, unit_of

HREF = "/tmf-api/productCatalogManagement/v4/"
# The order in which people look for allowances.
KINDS = ("data", "voice", "sms", "data_roaming")


# --- what other apps ask


def sellable_offering(offering_id: str, at: datetime) -> ProductOffering | None:
    """The offering, when it may be sold at that moment."""
    found: ProductOffering | None = (
        ProductOffering.objects.sellable_at(at)
        .filter(pk=offering_id, lifecycle_status=LifecycleStatus.ACTIVE)
        .first()
    )
    return found


def active_price(offering_id: str, at: datetime) -> ProductOfferingPrice | None:
    """The price that holds: the lowest recurring one inside its window, then the first id."""
    prices = ProductOfferingPrice.objects.filter(offering_id=offering_id, price_type="recurring")
    return rules.cheapest(prices, at)


def allowances(offering_id: str) -> list[Allowance]:
    """What an offering grants each period."""
    return by_kind(Allowance.objects.filter(offering_id=offering_id))


def by_kind(found: Iterable[Allowance]) -> list[Allowance]:
    """Allowances in the order people look for them."""
    return sorted(found, key=lambda allowance: KINDS.index(allowance.kind))


def vas_offering(vas_offering_id: str, at: datetime) -> VasOffering | None:
    """The top-up, when it may be sold at that moment."""
    found: VasOffering | None = (
        VasOffering.objects.sellable_at(at).filter(pk=vas_offering_id).first()
    )
    return found


def zones_of(countries: Iterable[str]) -> dict[str, frozenset[str]]:
    """The zones that each of some countries lies in."""
    wanted = set(countries)
    found: dict[str, set[str]] = {country: set() for country in wanted}
    for zone in RoamingZone.objects.filter(countries__overlap=sorted(wanted)):
        for country in wanted.intersection(zone.countries):
            found[country].add(zone.pk)
    return {country: frozenset(zones) for country, zones in found.items()}


def zone_view(zone_id: str) -> dict[str, Any]:
    """One roaming zone."""
    return zone_shape(RoamingZone.objects.get_by_id(zone_id))


def zone_list() -> list[dict[str, Any]]:
    """Every roaming zone, by id."""
    return [zone_shape(zone) for zone in RoamingZone.objects.order_by("id")]


def zone_shape(zone: RoamingZone) -> dict[str, Any]:
    """A roaming zone, as every door shows it."""
    return {"id": zone.id, "name": zone.name, "countries": zone.countries, "@type": "RoamingZone"}


def service_mapping(offering_id: str) -> ServiceMapping | None:
    """What an offering means for the network, None when nobody has said."""
    mapping = (
        ProductServiceMapping.objects.filter(specification__offerings=offering_id)
        .annotate(rfs_ids=ArrayAgg("rfs__id", order_by="rfs__id"))
        .first()
    )
    if mapping is None:
        return None
    return ServiceMapping(mapping.cfs_id, tuple(mapping.rfs_ids), mapping.tasks)


def currency() -> str:
    """The operator's one currency."""
    return OperatorProfile.load().currency


# --- shapes


def offerings() -> SellableQuerySet:
    """Offerings with everything their shape needs, in three statements."""
    prices = Prefetch("prices", ProductOfferingPrice.objects.order_by("id"))
    found: SellableQuerySet = ProductOffering.objects.select_related(
        "specification"
    ).prefetch_related(prices, "allowances")
    return found


def offering_view(offering_id: str) -> dict[str, Any]:
    """One offering."""
    return offering_shape(offerings().get_by_id(offering_id))


def all_offerings() -> list[dict[str, Any]]:
    """Every offering, retired ones too, by id."""
    return [offering_shape(offering) for offering in offerings().order_by("id")]


def active_offerings(at: datetime) -> list[dict[str, Any]]:
    """What can be bought at a moment, cheapest first."""
    found = offerings().sellable_at(at).filter(lifecycle_status=LifecycleStatus.ACTIVE)
    priced = [(offering, rules.cheapest(offering.prices.all(), at)) for offering in found]
    on_sale = [(price.amount, row.pk, row) for row, price in priced if price is not None]
    return [offering_shape(offering) for _, _, offering in sorted(on_sale, key=lambda t: t[:2])]


def offering_shape(offering: ProductOffering) -> dict[str, Any]:
    """An offering loaded by `offerings()`, as every door shows it."""
    specification = offering.specification
    return {
        "id": offering.id,
        "href": f"{HREF}productOffering/{offering.id}",
        "name": offering.name,
        "isBundle": offering.is_bundle,
        "isSellable": offering.is_sellable,
        "lifecycleStatus": offering.lifecycle_status,
        "validFor": window_shape(offering),
        "productSpecification": {
            "id": specification.id,
            "href": f"{HREF}productSpecification/{specification.id}",
            "name": specification.name,
            "@type": "ProductSpecificationRef",
        },
        "productOfferingPrice": [price_shape(price) for price in offering.prices.all()],
        "bundleAllowance": [allowance_shape(row) for row in by_kind(offering.allowances.all())],
        "@type": "ProductOffering",
    }


def price_view(price_id: str) -> dict[str, Any]:
    """One price, whether or not it holds now."""
    return price_shape(ProductOfferingPrice.objects.get_by_id(price_id))


def added_price_view(price_id: str) -> dict[str, Any]:
    """One price, and a warning for each other price that holds at the same time."""
    price = ProductOfferingPrice.objects.get_by_id(price_id)
    others = ProductOfferingPrice.objects.filter(offering_id=price.offering_id).exclude(pk=price.pk)
    warnings = [
        f"{other.id} ({other.currency} {money_text(other.amount)}) holds at the same time for a "
        "while; the lowest price counts."
        for other in others.order_by("id")
        if rules.overlaps(price, other)
    ]
    return price_shape(price) | {"warnings": warnings}


def price_shape(price: ProductOfferingPrice) -> dict[str, Any]:
    """A price, as every door shows it."""
    amount = {"value": float(money_text(price.amount)), "unit": price.currency}
    return {
        "id": price.id,
        "priceType": price.price_type,
        "recurringChargePeriodLength": price.period_length,
        "recurringChargePeriodType": price.period_type,
        "price": {"taxIncludedAmount": amount},
        "validFor": window_shape(price),
        "@type": "ProductOfferingPrice",
    }


def window_shape(row: rules.Windowed) -> dict[str, str | None] | None:
    """A window, or None when it is open at both ends."""
    if row.valid_from is None and row.valid_to is None:
        return None
    return {
        "startDateTime": row.valid_from.isoformat() if row.valid_from else None,
        "endDateTime": row.valid_to.isoformat() if row.valid_to else None,
    }


def allowance_shape(allowance: Allowance) -> dict[str, Any]:
    """An allowance in the unit people use."""
    return {
        "allowanceType": allowance.kind,
        "quantity": to_units(allowance.kind, allowance.amount),
        "unit": unit_of(allowance.kind),
        **({"zone": allowance.zone_id} if allowance.zone_id else {}),
    }


def specification_view(specification_id: str) -> dict[str, Any]:
    """One family of plans and what it means for the network."""
    specification = ProductSpecification.objects.select_related("service_mapping__cfs").get_by_id(
        specification_id
    )
    mapping = specification.service_mapping
    return {
        "id": specification.id,
        "href": f"{HREF}productSpecification/{specification.id}",
        "name": specification.name,
        "description": specification.description,
        "lifecycleStatus": specification.lifecycle_status,
        "cfsSpecId": mapping.cfs_id,
        "rfsSpecIds": list(mapping.rfs.order_by("id").values_list("id", flat=True)),
        "tasks": mapping.tasks,
        "@type": "ProductSpecification",
    }


def vas_view(vas_offering_id: str) -> dict[str, Any]:
    """One top-up."""
    return vas_shape(VasOffering.objects.get_by_id(vas_offering_id))


def vas_list(at: datetime) -> list[dict[str, Any]]:
    """The top-ups on sale at a moment, by price."""
    found = VasOffering.objects.sellable_at(at).order_by("amount", "id")
    return [vas_shape(vas) for vas in found]


def vas_shape(vas: VasOffering) -> dict[str, Any]:
    """A top-up, as every door shows it."""
    return {
        "id": vas.id,
        "name": vas.name,
        "priceAmount": money_text(vas.amount),
        "currency": vas.currency,
        "allowanceType": vas.kind,
        "allowanceQuantity": to_units(vas.kind, vas.quantity),
        "allowanceUnit": unit_of(vas.kind),
        "expiryHours": vas.expiry_hours,
        **({"zone": vas.zone_id} if vas.zone_id else {}),
    }
