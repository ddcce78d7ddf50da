"""Promotions: how they look outside, and who may use them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.catalog import rules
from apps.catalog.models import (
    Assignment,
    CodeKind,
    ProductOfferingPrice,
    Promotion,
    Redemption,
)
from bss.core.errors import PolicyViolation
from bss.core.money import money_text

PAGE_LIMIT = 200


def has_engine() -> bool:
    """True when an external loyalty engine says who may use a promotion."""
    return settings.BSS.gateways.get("loyalty", "off") != "off"


def promotion_view(promotion_id: str) -> dict[str, Any]:
    """One promotion."""
    return promotion_shape(Promotion.objects.get_by_id(promotion_id))


def promotion_page(*, state: str | None, limit: int, offset: int) -> list[dict[str, Any]]:
    """Promotions by id."""
    found = Promotion.objects.order_by("id")
    if state:
        found = found.filter(state=state)
    return [promotion_shape(row) for row in found[offset : offset + min(limit, PAGE_LIMIT)]]


def promotion_shape(promotion: Promotion) -> dict[str, Any]:
    """A promotion, as every door shows it."""
    kind = rules.duration_kind_of(promotion.periods)
    return {
        "id": promotion.id,
        "code": promotion.code or None,
        "name": promotion.name,
        "audience": promotion.audience,
        "offerDefinitionId": promotion.engine_reference or None,
        "discountType": promotion.discount_type,
        "discountValue": money_text(promotion.discount_value),
        "currency": promotion.currency,
        "applicableOfferingIds": promotion.offering_ids,
        "durationKind": kind,
        "periodsTotal": promotion.periods if kind == "multi" else None,
        "validFrom": promotion.valid_from.isoformat() if promotion.valid_from else None,
        "validTo": promotion.valid_to.isoformat() if promotion.valid_to else None,
        "state": promotion.state,
        "stateReason": promotion.state_reason or None,
        "promoCodeKind": promotion.code_kind,
        "maxUses": promotion.max_uses,
        "uses": promotion.uses,
        "@type": "Promotion",
    }


def definitions_of(promotions: Iterable[str | None]) -> dict[str, str]:
    """What the loyalty engine calls promotions, where it knows them; asked only when there are."""
    keys = {key for key in promotions if key}
    if not keys:
        return {}
    known = Promotion.objects.filter(pk__in=keys).exclude(engine_reference="")
    return dict(known.values_list("pk", "engine_reference"))


def offers_of(owners: Iterable[str]) -> dict[str, str]:
    """What the loyalty engine calls the uses that orders have of promotions."""
    known = Redemption.objects.filter(owner__in=list(owners)).exclude(engine_reference="")
    return dict(known.values_list("owner", "engine_reference"))


def is_assigned(promotion: Promotion, customer: int) -> bool:
    """True when a customer was chosen for a targeted promotion."""
    return Assignment.objects.filter(promotion=promotion, customer_id=customer).exists()


def has_used(promotion: Promotion, customer: int) -> bool:
    """True when an order of a customer holds or had a promotion."""
    return taken().filter(promotion=promotion, customer_id=customer).exists()


def taken() -> QuerySet[Redemption]:
    """Uses that count."""
    return Redemption.objects.exclude(state=Redemption.State.RELEASED)


def assigned_promotions(customer: int, at: datetime) -> QuerySet[Promotion]:
    """Targeted promotions that a customer was chosen for and can still use at a moment."""
    used = taken().filter(promotion=OuterRef("pk"), customer_id=customer)
    again = ~Q(code_kind=CodeKind.ONCE_EACH)
    found: QuerySet[Promotion] = Promotion.objects.valid_at(at).filter(
        again | ~Exists(used),
        state=Promotion.State.ACTIVE,
        audience=Promotion.Audience.TARGETED,
        assignments__customer_id=customer,
    )
    return found


def chosen_for(promotions: Iterable[Promotion], offering_id: str, amount: int) -> list[Promotion]:
    """Those that make a plan cheaper, the one that takes most off first."""
    usable = [one for one in promotions if one.is_for(offering_id) and not one.used_up]
    return sorted(usable, key=lambda one: (-one.discount.off(amount), one.id))


def quote(
    price: ProductOfferingPrice, promotion: Promotion | None, refusal: PolicyViolation | None = None
) -> dict[str, Any]:
    """What a plan costs with a promotion, or why a code makes it no cheaper."""
    off = promotion.discount.off(price.amount) if promotion else 0
    shape = promotion_shape(promotion) if promotion else {}
    return {
        "offeringId": price.offering_id,
        "priceOfferingPriceId": price.id,
        "currency": price.currency,
        "priceAmount": money_text(price.amount),
        "discountAmount": money_text(off),
        "effectiveAmount": money_text(price.amount - off),
        "promotionId": shape.get("id"),
        "code": shape.get("code"),
        "name": shape.get("name"),
        "discountType": shape.get("discountType"),
        "discountValue": shape.get("discountValue"),
        "discountPeriodsTotal": promotion.periods if promotion else None,
        "refusedBy": refusal.rule if refusal else None,
        "reason": refusal.message if refusal else None,
    }
