"""TMF620: plans and prices."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import DateTimeField, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.catalog import queries
from apps.catalog.models import (
    ProductOfferingPrice,
    ProductSpecification,
)
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.core.models import StoredEvent
from bss.tmf.filters import Always, Among, Amount, AnyFilter, Filter, Flag, Moment, Number, Words
from bss.tmf.kept import kept_resource
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import (
    Attachment,
    Extras,
    Identifier,
    Loose,
    Money,
    Reference,
    RelatedParty,
    Text,
    TimePeriod,
    money,
)
from bss.tmf.shapes import Flag as TrueOrFalse

# When nobody changed a row since it was installed.
INSTALLED = datetime(2000, 1, 1, tzinfo=UTC)


def dated(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with the moment at which anything about them was last written down."""
    told = StoredEvent.objects.filter(aggregate=OuterRef("pk")).order_by().values("aggregate")
    last = Subquery(told.annotate(last=Max("at")).values("last"), output_field=DateTimeField())
    return rows.annotate(updated_at=Coalesce(last, Value(INSTALLED, DateTimeField())))


WINDOW: dict[str, AnyFilter] = {
    "validFor.startDateTime": Moment("valid_from"),
    "validFor.endDateTime": Moment("valid_to"),
    "lastUpdate": Moment("updated_at"),
}


def window(body: TimePeriod) -> dict[str, str | None]:
    """A period as operations take it."""
    return {"valid_from": body.start_date_time or None, "valid_to": body.end_date_time or None}


# --- offerings


class PriceOf(Loose):
    tax_included_amount: Money | None = None


class InlinePrice(Loose):
    price: PriceOf = PriceOf()

    @property
    def amount(self) -> float | None:
        """What is charged, if it is told."""
        told = self.price.tax_included_amount
        return told.value if told else None


class OfferingIn(Loose):
    id: Text = ""
    name: Identifier
    product_offering_price: list[InlinePrice] = []
    product_specification: Reference | None = None
    valid_for: TimePeriod = TimePeriod()


class OfferingExtras(Extras):
    description: Text = ""
    version: Text = ""
    status_reason: Text = ""
    agreement: list[Reference] = []
    attachment: list[Attachment] = []
    category: list[Reference] = []
    channel: list[Reference] = []
    market_segment: list[Reference] = []
    place: list[Reference] = []
    product_offering_relationship: list[Reference] = []
    product_offering_term: list[Loose] = []
    service_level_agreement: Reference | None = None


def show_offering(offering: Any) -> dict[str, Any]:
    """A plan as TMF620 shows it."""
    shape = queries.offering_shape(offering)
    allowances = shape.pop("bundleAllowance")
    shape.pop("href")
    return {
        **shape,
        "isBundle": False,
        "lastUpdate": iso(offering.updated_at),
        "productOfferingPrice": [show_price_of(price) for price in offering.prices.all()],
        "prodSpecCharValueUse": [
            {
                "name": one["allowanceType"],
                "productSpecCharacteristicValue": [
                    {"value": one["quantity"], "unitOfMeasure": one["unit"]}
                ],
            }
            for one in allowances
        ],
    }


def show_price_of(price: ProductOfferingPrice) -> dict[str, Any]:
    """A price within its offering."""
    return {
        "id": price.id,
        "name": price.id,
        "priceType": price.price_type,
        "price": {"taxIncludedAmount": money(price.amount, price.currency)},
        "@referredType": "ProductOfferingPrice",
    }


def add_offering(body: OfferingIn) -> list[Step]:
    """A plan with its first price."""
    amounts = [price.amount for price in body.product_offering_price if price.amount is not None]
    if len(amounts) != 1:
        raise InvalidArguments(
            "productOfferingPrice: one price.taxIncludedAmount.value says what the plan costs."
        )
    args: dict[str, Any] = {"name": body.name, "amount": amounts[0], **window(body.valid_for)}
    if body.product_specification:
        args["specification_id"] = body.product_specification.id
    if body.id:
        return [Step("catalog.add_offering", {**args, "offering_id": body.id})]
    return [Step("catalog.add_offering", args, fresh=("offering_id", "PLAN_"))]


def change_window(changed: Changed) -> list[Step]:
    """Another time in which the plan is sold."""
    period = TimePeriod.model_validate(changed.now.get("validFor", {}))
    return [Step("catalog.window_offering", {"offering_id": changed.id, **window(period)})]


def retire(changed: Changed) -> list[Step]:
    """An offering leaves the market; nothing brings it back."""
    if changed.now.get("lifecycleStatus") != "retired":
        raise InvalidArguments("lifecycleStatus: an offering can only become retired.")
    return [Step("catalog.retire_offering", {"offering_id": changed.id})]


OFFERING = Resource(
    name="productOffering",
    type_name="ProductOffering",
    reads="catalog.get_offering",
    rows=lambda: dated(queries.offerings()),
    show=each(show_offering),
    key=Filter("pk"),
    order=("pk",),
    public=True,
    filters={
        "name": Filter("name"),
        "lifecycleStatus": Filter("lifecycle_status"),
        "isBundle": Always("false"),
        "isSellable": Flag("is_sellable"),
        "productSpecification.id": Filter("specification"),
        "productOfferingPrice.id": Among(
            ProductOfferingPrice.objects.all, "offering", Filter("pk")
        ),
        **WINDOW,
    },
    create=Create(OfferingIn, add_offering),
    changes={"validFor": change_window, "lifecycleStatus": retire},
    delete=lambda public_id: [Step("catalog.retire_offering", {"offering_id": public_id})],
    extras=OfferingExtras,
    writes="catalog.window_offering",
)

# --- prices


class PriceIn(Loose):
    id: Text = ""
    name: Text = ""
    price: Money
    product_offering: Reference
    valid_for: TimePeriod = TimePeriod()


class PriceExtras(Extras):
    description: Text = ""
    version: Text = ""
    constraint: list[Reference] = []
    place: list[Reference] = []
    product_offering_term: list[Loose] = []
    tax: list[Loose] = []


PRICE_TYPES = {"recurring": "recurring", "one_time": "oneTime"}


def show_price(price: Any) -> dict[str, Any]:
    """A price as TMF620 shows it."""
    return {
        "id": price.id,
        "name": price.id,
        "isBundle": False,
        "lastUpdate": iso(price.updated_at),
        "lifecycleStatus": price.offering.lifecycle_status,
        "priceType": PRICE_TYPES[price.price_type],
        "price": money(price.amount, price.currency),
        "recurringChargePeriodLength": price.period_length,
        "recurringChargePeriodType": price.period_type,
        "validFor": queries.window_shape(price),
        "productOffering": {"id": price.offering_id, "@referredType": "ProductOffering"},
    }


def add_price(body: PriceIn) -> list[Step]:
    """Another price of a plan; the lowest that holds is what counts."""
    args = {
        "offering_id": body.product_offering.id,
        "amount": body.price.value,
        "currency": body.price.unit or None,
        **window(body.valid_for),
    }
    if body.id:
        return [Step("catalog.add_price", {**args, "price_id": body.id})]
    return [Step("catalog.add_price", args, fresh=("price_id", "PRICE_"))]


PRICE = Resource(
    name="productOfferingPrice",
    type_name="ProductOfferingPrice",
    reads="catalog.get_active_price",
    rows=lambda: dated(ProductOfferingPrice.objects.select_related("offering")),
    show=each(show_price),
    key=Filter("pk"),
    order=("pk",),
    public=True,
    filters={
        "name": Filter("pk"),
        "lifecycleStatus": Filter("offering__lifecycle_status"),
        "isBundle": Always("false"),
        "priceType": Words("price_type", PRICE_TYPES),
        "price.value": Amount("amount"),
        "price.unit": Filter("currency"),
        "recurringChargePeriodLength": Number("period_length"),
        "recurringChargePeriodType": Filter("period_type"),
        "productOffering.id": Filter("offering"),
        **WINDOW,
    },
    create=Create(PriceIn, add_price),
    extras=PriceExtras,
    writes="catalog.add_price",
)

# --- specifications


class SpecificationExtras(Extras):
    product_number: Text = ""
    version: Text = ""
    attachment: list[Attachment] = []
    product_spec_characteristic: list[Loose] = []
    product_specification_relationship: list[Reference] = []
    related_party: list[RelatedParty] = []
    valid_for: TimePeriod = TimePeriod()


def show_specification(specification: Any) -> dict[str, Any]:
    """A family of plans as TMF620 shows it."""
    mapping = getattr(specification, "service_mapping", None)
    return {
        "id": specification.id,
        "name": specification.name,
        "description": specification.description,
        "brand": specification.brand,
        "isBundle": False,
        "lastUpdate": iso(specification.updated_at),
        "lifecycleStatus": specification.lifecycle_status,
        "serviceSpecification": [{"id": mapping.cfs_id}] if mapping else [],
    }


SPECIFICATION = Resource(
    name="productSpecification",
    type_name="ProductSpecification",
    reads="catalog.get_offering",
    rows=lambda: dated(ProductSpecification.objects.select_related("service_mapping")),
    show=each(show_specification),
    key=Filter("pk"),
    order=("pk",),
    public=True,
    filters={
        "name": Filter("name"),
        "description": Filter("description"),
        "brand": Filter("brand"),
        "lifecycleStatus": Filter("lifecycle_status"),
        "isBundle": Always("false"),
        "lastUpdate": Moment("updated_at"),
        "serviceSpecification.id": Filter("service_mapping__cfs"),
    },
    extras=SpecificationExtras,
    writes="catalog.add_specification",
)


class Grouping(Loose):
    """What catalogs and categories have in common."""

    name: Identifier
    description: Text = ""
    lifecycle_status: Text = ""
    version: Text = ""
    related_party: list[RelatedParty] = []
    valid_for: TimePeriod = TimePeriod()


class CatalogIn(Grouping):
    catalog_type: Text = ""
    category: list[Reference] = []


class CategoryIn(Grouping):
    is_root: TrueOrFalse = False
    parent_id: Text = ""
    product_offering: list[Reference] = []
    sub_category: list[Reference] = []


GROUPED = ["name", "description", "lifecycleStatus", "version", "relatedParty.id"]

CATALOG = Api(
    number=620,
    base="productCatalogManagement/v4",
    resources=[
        kept_resource(
            "catalog",
            "Catalog",
            CatalogIn,
            filters=[*GROUPED, "catalogType", "category.id"],
            stamped="lastUpdate",
            defaults={"lifecycleStatus": "active"},
        ),
        kept_resource(
            "category",
            "Category",
            CategoryIn,
            filters=[*GROUPED, "isRoot", "parentId", "productOffering.id"],
            stamped="lastUpdate",
            defaults={"lifecycleStatus": "active"},
        ),
        OFFERING,
        PRICE,
        SPECIFICATION,
    ],
    events={
        "catalog.offering_added": "ProductOfferingCreateEvent",
        "catalog.offering_windowed": "ProductOfferingAttributeValueChangeEvent",
        "catalog.offering_retired": "ProductOfferingStateChangeEvent",
    },
)
