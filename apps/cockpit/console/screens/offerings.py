"""What is on sale: plans with their prices, top-ups, promotions."""

from collections.abc import Callable

from apps.catalog import queries
from apps.catalog.models import Promotion, VasOffering
from apps.cockpit.console.cells import day, linked, money, phrase, state, strong, text
from apps.cockpit.console.screen import Column, Listing, Page, Row, Screen, Section, Verb, show
from apps.cockpit.rules.words import amount_of, kind_name

PLAN = {"offering_id": "id"}


def amount(row: Row) -> str | None:
    """The first price of a plan."""
    prices = row.get("productOfferingPrice") or []
    return price_value(prices[0]) if prices else None


def price_value(row: Row) -> str | None:
    """The amount of one price."""
    value = (row.get("price") or {}).get("taxIncludedAmount") or {}
    return value.get("value")


def allowance(kind: str) -> Callable[[Row], str | None]:
    """What a plan grants of one kind."""

    def value(row: Row) -> str | None:
        for one in row.get("bundleAllowance") or []:
            if one["allowanceType"] == kind and one["quantity"]:
                return amount_of(kind, float(one["quantity"]))
        return None

    return value


def granted(row: Row) -> str:
    """What a top-up gives."""
    kind = str(row.get("allowanceType"))
    return f"{amount_of(kind, float(row.get('allowanceQuantity') or 0))} {kind_name(kind)}"


prices = Section(
    name="prices",
    title="Prices on a time line",
    read="catalog.get_offering",
    args={"offering_id": "subject"},
    pick=lambda answer: answer["productOfferingPrice"],
    columns=(
        Column("Price", "id", strong),
        Column("Amount", price_value, money, right=True),
        Column("From", "validFor.startDateTime", day),
        Column("Until", "validFor.endDateTime", day),
    ),
    verbs=(Verb("catalog.add_price", "New price", {"offering_id": "subject"}),),
    wide=True,
)
gives = Section(
    name="allowances",
    title="What it gives each period",
    read="catalog.get_offering",
    args={"offering_id": "subject"},
    pick=lambda answer: answer["bundleAllowance"],
    columns=(
        Column("Kind", lambda row: kind_name(row["allowanceType"]), strong),
        Column(
            "Quantity", lambda row: amount_of(row["allowanceType"], float(row["quantity"])), text
        ),
    ),
)

show(
    Screen(
        name="offerings",
        title="Plans",
        group="Selling",
        also="catalog offerings prices TMF620",
        listing=Listing(
            may="catalog.list_offerings",
            rows=queries.offerings,
            shapes=lambda rows: [queries.offering_shape(row) for row in rows],
            columns=(
                Column("Plan", "id", linked("offerings")),
                Column("Name", "name", strong),
                Column("Price", amount, money, right=True),
                Column("Data", allowance("data"), text),
                Column("Voice", allowance("voice"), text),
                Column("SMS", allowance("sms"), text),
                Column("Roaming", allowance("data_roaming"), text),
                Column("State", "lifecycleStatus", state),
            ),
            newest_first=False,
            verbs=(Verb("catalog.add_offering", "New plan", first=True),),
        ),
        page=Page(
            read="catalog.get_offering",
            argument="offering_id",
            title=lambda row: str(row["name"]),
            state="lifecycleStatus",
            facts=(
                Column("Id", "id", strong),
                Column("Price", amount, money),
                Column("On sale from", "validFor.startDateTime", day),
                Column("Until", "validFor.endDateTime", day),
            ),
            verbs=(
                Verb("catalog.add_price", "New price", PLAN, first=True),
                Verb("catalog.window_offering", "Set when it is sold", PLAN),
                Verb("subscription.migrate_to_new_price", "Move lines to a price", PLAN),
                Verb("catalog.retire_offering", "Retire", PLAN),
            ),
            sections=(prices, gives),
        ),
    )
)
show(
    Screen(
        name="top-ups",
        title="Top-ups on sale",
        group="Selling",
        also="vas boosters passes",
        listing=Listing(
            may="catalog.list_vas",
            rows=VasOffering.objects.all,
            shapes=lambda rows: [queries.vas_shape(row) for row in rows],
            columns=(
                Column("Top-up", "id", strong),
                Column("Name", "name", text),
                Column("Price", "priceAmount", money, right=True),
                Column("Gives", granted, text),
                Column("Hours", "expiryHours", text),
            ),
            newest_first=False,
            verbs=(Verb("catalog.add_vas", "New top-up", first=True),),
        ),
    )
)
show(
    Screen(
        name="promotions",
        title="Promotions",
        group="Selling",
        also="discounts codes vouchers",
        listing=Listing(
            may="promo.list",
            rows=Promotion.objects.all,
            shapes=lambda rows: [queries.promotion_shape(row) for row in rows],
            columns=(
                Column("Promotion", "id", linked("promotions")),
                Column("Name", "name", strong),
                Column("Audience", "audience", phrase),
                Column("Code", "code", text),
                Column("State", "state", state),
            ),
            newest_first=False,
            verbs=(Verb("promo.create", "New promotion", first=True),),
        ),
        page=Page(
            read="promo.show",
            argument="promotion_id",
            title=lambda row: str(row["name"]),
            facts=(
                Column("Id", "id", strong),
                Column("Code", "code", text),
                Column("Audience", "audience", phrase),
                Column("Money off", "discountValue", money),
                Column("Kind", "discountType", phrase),
                Column("For", "durationKind", phrase),
                Column("Used", "uses", text),
                Column("From", "validFrom", day),
                Column("Until", "validTo", day),
            ),
            verbs=(
                Verb("promo.assign", "Assign to customers", {"promotion_id": "id"}, first=True),
                Verb("promo.unassign", "Take from customers", {"promotion_id": "id"}),
                Verb("promo.exhaust", "End it", {"promotion_id": "id"}),
            ),
        ),
    )
)
