"""Promotions: made, given to customers, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from apps.catalog import policies, queries, rules
from apps.catalog.events import (
    PromotionAssigned,
    PromotionCreated,
    PromotionExhausted,
    PromotionOpened,
    PromotionUnassigned,
)
from apps.catalog.models import Assignment, ProductOffering, Promotion
from apps.catalog.operations import loyalty
from apps.catalog.operations.offerings import Code
from apps.crm.models import Customer
from bss.core.calls import Outcome
from bss.core.context import current
from bss.core.events import publish
from bss.core.ids import parse_id
from bss.core.money import parse_money
from bss.core.operations import operation

READERS = "care supervisor engineer finance catalog_manager"
GIVERS = "supervisor catalog_manager"
PromoCode = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[\w-]{3,40}$")
]
Discount = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Uses = Annotated[int, Field(ge=1, le=10_000_000)]
Periods = Annotated[int, Field(ge=1, le=1200)]
Customers = Annotated[list[str], Field(min_length=1, max_length=1000)]
Kind = Literal["single_use_unique_per_customer", "single_use_shared", "multi_use"]


@operation("promo.list", effect="read", roles=READERS)
def list_promotions(
    *,
    state: Literal["pending_link", "active", "exhausted"] | None = None,
    limit: Annotated[int, Field(ge=1, le=queries.PAGE_LIMIT)] = 50,
    offset: Annotated[int, Field(ge=0)] = 0,
) -> list[dict[str, Any]]:
    """List promotions with how often each was used."""
    return queries.promotion_page(state=state, limit=limit, offset=offset)


@operation("promo.show", effect="read", roles=READERS)
def show(*, promotion_id: str) -> dict[str, Any]:
    """Show a promotion with how often it was used."""
    return queries.promotion_view(promotion_id)


@operation("promo.create", effect="write", roles="catalog_manager", result=queries.promotion_view)
def create(
    *,
    promotion_id: Code,
    discount_type: Literal["percent", "absolute"],
    discount_value: Discount,
    duration_kind: Literal["single", "multi", "perpetual"],
    audience: Literal["public", "targeted"] = "public",
    currency: str | None = None,
    code: PromoCode | None = None,
    promo_code_kind: Kind | None = None,
    applicable_offering_ids: list[str] | None = None,
    periods_total: Periods | None = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    display_name: Name | None = None,
    max_uses: Uses | None = None,
) -> Promotion:
    """Make plans cheaper for some periods, for whoever types a code or for chosen customers.

    Orders see it at once. Without a kind a public code is `multi_use` and a targeted one is
    used once by each customer.
    """
    value, opens, closes = parse_money(discount_value), rules.utc(valid_from), rules.utc(valid_to)
    policies.require_terms(discount_type, value, duration_kind, periods_total)
    policies.require_window(opens, closes)
    policies.require_code(audience, code)
    code = code or promotion_id.upper()
    policies.require_new_promotion(promotion_id, code)
    kind = promo_code_kind or default_kind(audience)
    promotion: Promotion = Promotion.objects.create(
        id=promotion_id,
        name=display_name or promotion_id,
        code=code,
        code_kind=kind,
        audience=audience,
        discount_type=discount_type,
        discount_value=value,
        currency=policies.own_currency(currency),
        offering_ids=known_offerings(applicable_offering_ids),
        periods=rules.periods_of(duration_kind, periods_total),
        max_uses=policies.cap_of(kind, max_uses),
        valid_from=opens,
        valid_to=closes,
        created_by=current().person,
    )
    introduce(promotion)
    return promotion


def introduce(promotion: Promotion) -> None:
    """Tell of a promotion, and let orders use it once a loyalty engine knows it or none must."""
    publish(
        PromotionCreated(promotion_id=promotion.pk, code=promotion.code),
        aggregate=promotion,
        summary=f"Promotion {promotion.name} with the code {promotion.code} created",
        after=queries.promotion_shape(promotion),
    )
    if queries.has_engine():
        loyalty.register(promotion)
    else:
        launch(promotion)


def default_kind(audience: str) -> str:
    """How often a promotion may be used when nobody says."""
    return "multi_use" if audience == "public" else "single_use_unique_per_customer"


def known_offerings(offering_ids: list[str] | None) -> list[str] | None:
    """The plans a promotion is for, each of which there must be."""
    if offering_ids is None:
        return None
    return [ProductOffering.objects.get_by_id(each).pk for each in dict.fromkeys(offering_ids)]


@operation("promo.settle_link", internal=True)
def settle_link(*, promotion_id: str, outcome: Outcome) -> None:
    """Let orders use a promotion that the loyalty engine knows now."""
    promotion: Promotion = Promotion.objects.lock(promotion_id)
    if promotion.state != Promotion.State.PENDING_LINK:
        return
    if outcome.succeeded:
        promotion.engine_reference = f"OD_{promotion.pk}"
        launch(promotion)
    else:
        loyalty.refuse_link(promotion, outcome)


def launch(promotion: Promotion) -> None:
    """Let orders use a promotion from now on."""
    promotion.move("open", also=["engine_reference"])
    publish(
        PromotionOpened(promotion_id=promotion.pk),
        aggregate=promotion,
        summary=f"Orders can use {promotion.name}",
        before={"state": Promotion.State.PENDING_LINK},
        after={"state": promotion.state},
    )


@operation(
    "promo.exhaust",
    effect="destructive",
    roles="catalog_manager",
    result=queries.promotion_view,
)
def exhaust(*, promotion_id: str) -> Promotion:
    """End a promotion for new orders; orders and lines that have it keep it."""
    promotion: Promotion = Promotion.objects.lock(promotion_id)
    before = promotion.state
    promotion.move("exhaust")
    publish(
        PromotionExhausted(promotion_id=promotion.pk),
        aggregate=promotion,
        summary=f"No new order can use {promotion.name}",
        before={"state": before},
        after={"state": promotion.state},
    )
    return promotion


@operation("promo.reopen", internal=True, result=queries.promotion_view)
def reopen(*, promotion_id: str) -> Promotion:
    """Let new orders use a promotion again that had ended."""
    promotion: Promotion = Promotion.objects.lock(promotion_id)
    promotion.move("reopen")
    publish(
        PromotionOpened(promotion_id=promotion.pk),
        aggregate=promotion,
        summary=f"Orders can use {promotion.name} again",
        before={"state": Promotion.State.EXHAUSTED},
        after={"state": promotion.state},
    )
    return promotion


@operation("promo.assign", effect="write", roles=GIVERS)
def assign(*, promotion_id: str, customer_ids: Customers) -> dict[str, Any]:
    """Give a targeted promotion to customers; their next order has it without a code."""
    promotion: Promotion = Promotion.objects.lock(promotion_id)
    policies.require_targeted(promotion)
    customers = known_customers(customer_ids)
    have = set(chosen(promotion, customers).values_list("customer_id", flat=True))
    new = [customer for customer in customers if customer.pk not in have]
    assignments = Assignment.objects.bulk_create(
        Assignment(promotion=promotion, customer=one, created_by=current().person) for one in new
    )
    made = {assignment.customer_id: assignment.pk for assignment in assignments}
    for customer in new:
        tell(promotion, customer, PromotionAssigned, "was given", assigned=True)
        if promotion.engine_reference:
            loyalty.issue(promotion, customer, made[customer.pk])
    return {
        "promotionId": promotion.pk,
        "code": promotion.code,
        "eligible": [customer.public_id for customer in new],
        "already": [customer.public_id for customer in customers if customer.pk in have],
    }


@operation("promo.unassign", effect="write", roles=GIVERS)
def unassign(*, promotion_id: str, customer_ids: Customers) -> dict[str, Any]:
    """Take a targeted promotion from customers; orders and lines that have it keep it."""
    promotion: Promotion = Promotion.objects.lock(promotion_id)
    policies.require_targeted(promotion)
    customers = known_customers(customer_ids)
    found = chosen(promotion, customers)
    had = dict(found.values_list("customer_id", "pk"))
    found.delete()
    gone = [customer for customer in customers if customer.pk in had]
    for customer in gone:
        tell(promotion, customer, PromotionUnassigned, "lost", assigned=False)
        if promotion.engine_reference:
            loyalty.take_back(promotion, customer, had[customer.pk])
    return {
        "promotionId": promotion.pk,
        "code": promotion.code,
        "removed": [customer.public_id for customer in gone],
    }


def known_customers(customer_ids: Sequence[str]) -> list[Customer]:
    """Customers by id, each of whom there must be."""
    keys = [parse_id(each, Customer.PREFIX, "customer") for each in dict.fromkeys(customer_ids)]
    found = Customer.objects.in_bulk(keys)
    return [found[key] if key in found else Customer.objects.get_by_id(key) for key in keys]


def chosen(promotion: Promotion, customers: Sequence[Customer]) -> Any:
    """Who of some customers has a promotion already."""
    return Assignment.objects.filter(promotion=promotion, customer__in=customers)


def tell(
    promotion: Promotion,
    customer: Customer,
    event: type[PromotionAssigned | PromotionUnassigned],
    what: str,
    *,
    assigned: bool,
) -> None:
    """Publish that a customer has a promotion, or has it no more."""
    publish(
        event(promotion_id=promotion.pk, customer_id=customer.public_id),
        aggregate=promotion,
        about=customer.public_id,
        summary=f"{customer.public_id} {what} the promotion {promotion.name}",
        before={"assigned": not assigned},
        after={"assigned": assigned},
    )
