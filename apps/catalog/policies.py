"""What is refused about the catalog, with the words for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.catalog import queries, rules
from apps.catalog.models import (
    CodeKind,
    LifecycleStatus,
    ProductOffering,
    ProductOfferingPrice,
    ProductSpecification,
    Promotion,
    ServiceSpecification,
    VasOffering,
)
from apps.crm.models import Customer
from bss.core import clock
from bss.core.errors import PolicyViolation, rule
from bss.core.money import money_text

OFFERING_EXISTS = rule("catalog.offering.already_exists", "There is already an offering {id}.")
PRICE_EXISTS = rule("catalog.price.already_exists", "There is already a price {id}.")
RETIRED = rule("catalog.offering.already_retired", "{id} is retired for good.")
NO_PRICE = rule("catalog.price.no_active_row", "{offering_id} has no price at {at}.")
BACKWARDS = rule("catalog.window.ends_before_start", "The window must end after it starts.")
OTHER_CURRENCY = rule(
    "catalog.price.other_currency", "Prices here are in {ours}, not in {currency}."
)


NO_ROAMING = rule(
    "catalog.coverage.no_roaming", "{offering_id} grants no roaming data that a zone could bound."
)
VAS_EXISTS = rule("catalog.vas.already_exists", "There is already a top-up {id}.")
NOTHING_GRANTED = rule(
    "catalog.vas.grants_nothing", "A top-up grants something, or -1 for as much as one likes."
)
SPECIFICATION_EXISTS = rule(
    "catalog.specification.already_exists", "There is already a specification {id}."
)
ACTIONS_MISSING = rule(
    "catalog.specification.requires_activate_and_terminate",
    "The network must be told what it takes to activate and to terminate a line.",
)
OTHER_TYPE = rule("catalog.specification.service_of_other_type", "{id} is a {type}, not a {asked}.")
PROMOTION_EXISTS = rule(
    "catalog.promotion.already_exists", "There is already a promotion {promotion_id}."
)
CODE_IN_USE = rule(
    "catalog.promotion.code_in_use", "The code {code} belongs to {promotion_id} already."
)
NEEDS_CODE = rule(
    "catalog.promotion.requires_code", "A public promotion needs a code that people can type."
)
BAD_DISCOUNT = rule(
    "catalog.promotion.invalid_discount_value",
    "{value} is no discount; it must be more than 0, and a percentage at most 100.",
)
BAD_PERIODS = rule(
    "catalog.promotion.invalid_periods_total",
    "Only a discount of several periods says how many, and they are two or more.",
)
BAD_CAP = rule(
    "catalog.promotion.invalid_max_uses",
    "A code that is shared by all is used once; it takes no other number of uses.",
)
NOT_TARGETED = rule(
    "catalog.promotion.not_targeted",
    "{promotion_id} is {audience} and {state}; only an active targeted one is given to customers.",
)
UNKNOWN_CODE = rule("catalog.promotion.unknown_code", "There is no code {code}.")
NOT_RUNNING = rule("catalog.promotion.no_active_promotion", "The code {code} is not in use.")
NOT_YET = rule("catalog.promotion.not_yet_valid", "The code {code} cannot be used yet.")
OVER = rule("catalog.promotion.expired", "The code {code} cannot be used any more.")
OTHER_PLAN = rule(
    "catalog.promotion.not_applicable_to_offering", "The code {code} is not for {offering_id}."
)
NOT_CHOSEN = rule("catalog.promotion.not_eligible", "The code {code} is not for {customer_id}.")
USED_UP = rule("catalog.promotion.used_up", "The code {code} was used as often as it may be.")
USED_BEFORE = rule(
    "catalog.promotion.already_used", "{customer_id} has used the code {code} before."
)


def require_new_offering(offering_id: str) -> None:
    """An id names one offering for ever."""
    if ProductOffering.objects.filter(pk=offering_id).exists():
        raise OFFERING_EXISTS(id=offering_id)


def require_new_price(price_id: str) -> None:
    """An id names one price for ever, because lines keep it."""
    if ProductOfferingPrice.objects.filter(pk=price_id).exists():
        raise PRICE_EXISTS(id=price_id)


def require_in_use(offering: ProductOffering) -> None:
    """A retired offering does not come back."""
    if offering.lifecycle_status == LifecycleStatus.RETIRED:
        raise RETIRED(id=offering.pk)


def require_window(valid_from: datetime | None, valid_to: datetime | None) -> None:
    """A window closes after it opens."""
    if not rules.ends_in_order(valid_from, valid_to):
        raise BACKWARDS()


def own_currency(given: str | None) -> str:
    """The operator's currency; a price in another one is refused."""
    ours = queries.currency()
    if given is not None and given != ours:
        raise OTHER_CURRENCY(ours=ours, currency=given)
    return ours


def price_that_holds(offering_id: str, at: datetime) -> ProductOfferingPrice:
    """The active price; there is no falling back to one that is not."""
    price = queries.active_price(offering_id, at)
    if price is None:
        raise NO_PRICE(offering_id=offering_id, at=at.isoformat())
    return price


def require_new_vas(vas_offering_id: str) -> None:
    """An id names one top-up for ever."""
    if VasOffering.objects.filter(pk=vas_offering_id).exists():
        raise VAS_EXISTS(id=vas_offering_id)


def require_grant(quantity: int) -> None:
    """Nobody pays for nothing."""
    if quantity == 0:
        raise NOTHING_GRANTED()


def require_new_specification(specification_id: str) -> None:
    """An id names one family of plans for ever."""
    if ProductSpecification.objects.filter(pk=specification_id).exists():
        raise SPECIFICATION_EXISTS(id=specification_id)


def require_actions(tasks: Mapping[Any, Sequence[str]]) -> None:
    """A line that cannot be set up cannot be sold, and one that cannot be ended must not be."""
    if not (tasks.get("activate") and tasks.get("terminate")):
        raise ACTIONS_MISSING()


def require_type(service: ServiceSpecification, asked: str) -> None:
    """A service faces the customer or the resources, not both."""
    if service.type != asked:
        raise OTHER_TYPE(id=service.pk, type=service.type, asked=asked)


def require_new_promotion(promotion_id: str, code: str) -> None:
    """An id names one promotion for ever, and so does a code."""
    if Promotion.objects.filter(pk=promotion_id).exists():
        raise PROMOTION_EXISTS(promotion_id=promotion_id)
    other = Promotion.objects.filter(code=code).first() if code else None
    if other is not None:
        raise CODE_IN_USE(code=code, promotion_id=other.pk)


def require_terms(discount_type: str, value: int, duration_kind: str, total: int | None) -> None:
    """A discount takes something off, for a number of periods that makes sense."""
    if not rules.valid_discount(discount_type, value):
        raise BAD_DISCOUNT(value=money_text(value))
    if not rules.valid_periods(duration_kind, total):
        raise BAD_PERIODS()


def require_code(audience: str, code: str | None) -> None:
    """What is for everybody must be typed by somebody."""
    if audience == Promotion.Audience.PUBLIC and not code:
        raise NEEDS_CODE()


def cap_of(kind: str, max_uses: int | None) -> int | None:
    """How often a promotion may be used in all; a shared code is used once."""
    if kind != CodeKind.ONCE:
        return max_uses
    if max_uses not in (None, 1):
        raise BAD_CAP()
    return 1


def require_targeted(promotion: Promotion) -> None:
    """Only what is for chosen customers is given to them."""
    if promotion.audience != Promotion.Audience.TARGETED or not promotion.is_active:
        raise NOT_TARGETED(
            promotion_id=promotion.pk, audience=promotion.audience, state=promotion.state
        )


def why_not(
    promotion: Promotion | None, code: str, offering_id: str, customer: int | None
) -> PolicyViolation | None:
    """Why a code makes nothing cheaper for a customer, None when it does."""
    facts = {"code": code, "offering_id": offering_id}
    if promotion is None:
        return UNKNOWN_CODE(**facts)
    refusal = unusable(promotion, facts)
    if refusal is None and customer is not None:
        refusal = not_for(promotion, customer, facts)
    return refusal


def unusable(promotion: Promotion, facts: dict[str, str]) -> PolicyViolation | None:
    """Why nobody can use a promotion for a plan now."""
    now = clock.now()
    if not promotion.is_active:
        return NOT_RUNNING(**facts)
    if not rules.holds(promotion, now):
        begun = promotion.valid_from is None or promotion.valid_from <= now
        return (OVER if begun else NOT_YET)(**facts)
    if not promotion.is_for(facts["offering_id"]):
        return OTHER_PLAN(**facts)
    return USED_UP(**facts) if promotion.used_up else None


def not_for(promotion: Promotion, customer: int, facts: dict[str, str]) -> PolicyViolation | None:
    """Why a customer in particular cannot use a promotion."""
    facts = {**facts, "customer_id": str(Customer.public_id_of(customer))}
    targeted = promotion.audience == Promotion.Audience.TARGETED
    if targeted and not queries.is_assigned(promotion, customer):
        return NOT_CHOSEN(**facts)
    if promotion.once_each and queries.has_used(promotion, customer):
        return USED_BEFORE(**facts)
    return None
