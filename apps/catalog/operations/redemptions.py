"""Each use of a promotion: reserved by an order, consumed with its line, or given back.

An order's lock guards its redemption; a promotion's lock guards how often it was used.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from apps.catalog import policies, queries
from apps.catalog.events import (
    PromotionConsumed,
    PromotionReleased,
    PromotionReserved,
    RedemptionEvent,
)
from apps.catalog.models import ProductOffering, Promotion, Redemption
from apps.catalog.operations import loyalty
from apps.catalog.rules import Discount
from apps.crm.models import Customer
from bss.core import clock
from bss.core.events import publish
from bss.core.ids import parse_id
from bss.core.money import money_text
from bss.core.operations import operation

EVERYONE = "care supervisor engineer finance catalog_manager customer"
Typed = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=40)
]


@operation("promo.reserve", internal=True)
def reserve(
    *,
    customer_id: str,
    offering_id: str,
    amount: int,
    owner: str,
    code: str | None = None,
    skip_assigned: bool = False,
) -> Discount | None:
    """Hold one use of a promotion for an order: of the code typed, else the best one assigned.

    A code that cannot be used is refused, so that nobody pays more than expected. Locks the
    promotion; of two orders after the last use the second is refused.
    """
    customer = parse_id(customer_id, Customer.PREFIX, "customer")
    if code:
        promotion = typed(code)
        if refusal := policies.why_not(promotion, code, offering_id, customer):
            raise refusal
    else:
        promotion = None if skip_assigned else assigned(customer, offering_id, amount)
    return hold(promotion, customer, owner, amount) if promotion else None


def typed(code: str) -> Promotion | None:
    """The promotion of a code, locked."""
    found: Promotion | None = Promotion.objects.locking().filter(code=code).first()
    return found


def assigned(customer: int, offering_id: str, amount: int) -> Promotion | None:
    """The promotion a customer was chosen for that takes most off, locked with its rivals."""
    found = queries.assigned_promotions(customer, clock.now())
    keys = [one.pk for one in queries.chosen_for(found, offering_id, amount)]
    if not keys:
        return None
    locked = queries.chosen_for(Promotion.objects.lock_all(keys), offering_id, amount)
    usable = (one for one in locked if not policies.why_not(one, one.code, offering_id, customer))
    return next(usable, None)


def hold(promotion: Promotion, customer: int, owner: str, amount: int) -> Discount:
    """Count one use of a locked promotion for an order."""
    promotion.uses += 1
    promotion.save(update_fields=["uses"])
    redemption = Redemption.objects.create(
        promotion=promotion, customer_id=customer, owner=owner, only_one=promotion.once_each
    )
    discount = promotion.discount
    announce(
        redemption,
        PromotionReserved,
        f"takes {promotion.currency} {money_text(discount.off(amount))} off {owner}",
        code=promotion.code,
        discount=money_text(discount.off(amount)),
        currency=promotion.currency,
    )
    return discount


def announce(
    redemption: Redemption, event: type[RedemptionEvent], what: str, was: str = "", **fields: Any
) -> None:
    """Publish an event of a use, about the customer who has it."""
    customer_id = str(Customer.public_id_of(redemption.customer_id))
    fact = event(
        promotion_id=redemption.promotion_id,
        customer_id=customer_id,
        order_id=redemption.owner,
        **fields,
    )
    publish(
        fact,
        aggregate=redemption,
        about=customer_id,
        summary=f"Promotion {redemption.promotion_id} {what}",
        before={"state": was} if was else None,
        after={"state": str(redemption.state)},
    )


@operation("promo.consume", internal=True)
def consume(*, owner: str) -> None:
    """Use up what an order holds; its line is in service."""
    redemption = Redemption.objects.get(owner=owner)
    redemption.move("consume")
    loyalty.redeem(redemption)
    announce(redemption, PromotionConsumed, f"was used by {owner}", was="reserved")


@operation("promo.release", internal=True)
def release(*, owner: str, reason: str) -> None:
    """Give back what an order holds, so that somebody else can have it; locks the promotion."""
    redemption = Redemption.objects.get(owner=owner)
    promotion: Promotion = Promotion.objects.lock(redemption.promotion_id)
    promotion.uses -= 1
    promotion.save(update_fields=["uses"])
    redemption.move("release", reason)
    loyalty.give_back(redemption, redemption.engine_reference)
    what = f"is free again: {reason}"
    announce(redemption, PromotionReleased, what, was="reserved", reason=reason)


@operation("promo.preview", effect="read", roles=EVERYONE)
def preview(
    *, offering_id: str, code: Typed | None = None, customer_id: str | None = None
) -> dict[str, Any]:
    """Show what a plan would cost now with a code, or with what a customer was chosen for."""
    now = clock.now()
    ProductOffering.objects.get_by_id(offering_id)
    price = policies.price_that_holds(offering_id, now)
    customer = Customer.objects.get_by_id(customer_id).pk if customer_id else None
    if code:
        promotion = Promotion.objects.filter(code=code).first()
        refusal = policies.why_not(promotion, code, offering_id, customer)
        return queries.quote(price, None if refusal else promotion, refusal)
    found = queries.assigned_promotions(customer, now) if customer else ()
    best = queries.chosen_for(found, offering_id, price.amount)
    return queries.quote(price, best[0] if best else None)


@operation("promo.list_for_customer", effect="read", roles="care supervisor catalog_manager")
def list_for_customer(*, customer_id: str) -> list[dict[str, Any]]:
    """List the promotions that a customer was chosen for and can still use."""
    customer: Customer = Customer.objects.get_by_id(customer_id)
    found = queries.assigned_promotions(customer.pk, clock.now()).order_by("id")
    return [queries.promotion_shape(one) for one in found if not one.used_up]
