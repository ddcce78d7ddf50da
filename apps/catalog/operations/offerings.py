from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from apps.catalog import policies, queries, rules
from apps.catalog.events import OfferingAdded, OfferingRetired, OfferingWindowed
from apps.catalog.models import (
    Allowance,
    LifecycleStatus,
    ProductOffering,
    ProductOfferingPrice,
    ProductSpecification,
)
from bss.core import clock, quantities
from bss.core.events import publish
from bss.core.money import parse_money
from bss.core.operations import operation

EVERYONE = "care supervisor engineer finance catalog_manager customer"
DEFAULT_SPECIFICATION = "SPEC_MOBILE_PREPAID"

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=60)]
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000)]
# -1 is unlimited
Quantity = Annotated[int, Field(ge=-1, le=1_000_000_000)]
Length = Annotated[int, Field(ge=1, le=366)]


@operation("catalog.list_offerings", effect="read", roles=EVERYONE)
def list_offerings() -> list[dict[str, Any]]:
    """List every offering, retired ones too."""
    return queries.all_offerings()


@operation("catalog.list_active_offerings", effect="read", roles=EVERYONE)
def list_active_offerings(*, at: datetime | None = None) -> list[dict[str, Any]]:
    """List what can be bought, now or at a moment, cheapest first."""
    return queries.active_offerings(rules.utc(at) or clock.now())


@operation("catalog.get_offering", effect="read", roles=EVERYONE)
def get_offering(*, offering_id: str) -> dict[str, Any]:
    """Show an offering with its prices and allowances."""
    return queries.offering_view(offering_id)


@operation(
    "catalog.add_offering", effect="write", roles="catalog_manager", result=queries.offering_view
)
def add_offering(
    *,
    offering_id: Code,
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)],
    amount: Amount,
    currency: str | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    data_mb: Quantity | None = None,
    voice_minutes: Quantity | None = None,
    sms_count: Quantity | None = None,
    data_roaming_mb: Quantity | None = None,
    specification_id: str = DEFAULT_SPECIFICATION,
    period_length: Length = 30,
    period_type: Literal["day", "month"] = "day",
) -> ProductOffering:
    """Add a plan with its first price; allowances that are left out are not part of it."""
    policies.require_new_offering(offering_id)
    policies.require_new_price(f"PRICE_{offering_id}")
    opens, closes = rules.utc(valid_from), rules.utc(valid_to)
    policies.require_window(opens, closes)
    offering = ProductOffering.objects.create(
        id=offering_id,
        name=name,
        specification=ProductSpecification.objects.get_by_id(specification_id),
        valid_from=opens,
        valid_to=closes,
    )
    price = ProductOfferingPrice.objects.create(
        id=f"PRICE_{offering_id}",
        offering=offering,
        amount=parse_money(amount),
        currency=policies.own_currency(currency),
        period_length=period_length,
        period_type=period_type,
    )
    granted = {
        "data": data_mb,
        "voice": voice_minutes,
        "sms": sms_count,
        "data_roaming": data_roaming_mb,
    }
    _grant(offering, granted)
    publish(
        OfferingAdded(offering_id=offering.id, price_id=price.id),
        aggregate=offering,
        summary=f"{offering.name} added to the catalog",
        after=_audited(offering) | {"price": queries.price_shape(price), "allowances": granted},
    )
    return offering


def _grant(offering: ProductOffering, granted: dict[str, int | None]) -> None:
    Allowance.objects.bulk_create(
        Allowance(offering=offering, kind=kind, amount=quantities.allowance(kind, quantity))
        for kind, quantity in granted.items()
        if quantity is not None
    )


def _audited(offering: ProductOffering) -> dict[str, Any]:
    return {
        "name": offering.name,
        "isSellable": offering.is_sellable,
        "lifecycleStatus": str(offering.lifecycle_status),
        "validFor": queries.window_shape(offering),
    }


@operation(
    "catalog.window_offering",
    effect="write",
    roles="catalog_manager",
    result=queries.offering_view,
)
def window_offering(
    *, offering_id: str, valid_from: datetime | None = None, valid_to: datetime | None = None
) -> ProductOffering:
    """Set when a plan is sold; a window that has ended retires it for good."""
    opens, closes = rules.utc(valid_from), rules.utc(valid_to)
    policies.require_window(opens, closes)
    offering: ProductOffering = ProductOffering.objects.lock(offering_id)
    before = _audited(offering)
    offering.valid_from, offering.valid_to = opens, closes
    if closes is not None and closes <= clock.now():
        _withdraw(offering)
    offering.save()
    publish(
        OfferingWindowed(offering_id=offering.id),
        aggregate=offering,
        summary=f"Sale period of {offering.name} changed",
        before=before,
        after=_audited(offering),
    )
    return offering


@operation(
    "catalog.retire_offering",
    effect="destructive",
    roles="catalog_manager",
    result=queries.offering_view,
)
def retire_offering(*, offering_id: str) -> ProductOffering:
    """Stop selling a plan for good; lines that have it keep it."""
    offering: ProductOffering = ProductOffering.objects.lock(offering_id)
    policies.require_in_use(offering)
    before, now = _audited(offering), clock.now()
    if offering.valid_to is None or offering.valid_to > now:
        offering.valid_to = rules.cut_off(offering, now)
    _withdraw(offering)
    offering.save()
    publish(
        OfferingRetired(offering_id=offering.id),
        aggregate=offering,
        summary=f"{offering.name} retired",
        before=before,
        after=_audited(offering),
    )
    return offering


def _withdraw(offering: ProductOffering) -> None:
    offering.lifecycle_status = LifecycleStatus.RETIRED
    offering.is_sellable = False
