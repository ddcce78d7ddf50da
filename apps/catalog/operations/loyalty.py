"""What an external loyalty engine is asked and told; nothing of it happens without one.

It says who may use a promotion. What the promotion is worth, and the count of its uses, stay here.
"""

from __future__ import annotations

from apps.catalog.events import LoyaltyRefused, PromotionLinkRefused
from apps.catalog.models import Promotion, Redemption
from apps.crm.models import Customer
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.operations import operation


def register(promotion: Promotion) -> None:
    """Ask the engine to know a promotion; orders can use it once it does."""
    request_call(
        gateway="loyalty",
        method="register",
        key=promotion.pk,
        args={
            "definition": f"OD_{promotion.pk}",
            "name": promotion.name,
            "code": promotion.code,
            "kind": promotion.code_kind,
        },
        then="promo.settle_link",
        then_args={"promotion_id": promotion.pk},
        about=promotion.pk,
    )


def refuse_link(promotion: Promotion, outcome: Outcome) -> None:
    """Tell that the engine wants nothing of a promotion; it waits for a person."""
    promotion.state_reason = f"{outcome.code} {outcome.reason}".strip()[:200]
    promotion.save(update_fields=["state_reason"])
    publish(
        PromotionLinkRefused(promotion_id=promotion.pk, reason=promotion.state_reason),
        aggregate=promotion,
        summary=f"The loyalty engine refused {promotion.name}: {promotion.state_reason}",
    )


def issue(promotion: Promotion, customer: Customer, assignment: int) -> None:
    """Tell the engine that a customer was chosen."""
    offer = assigned_offer(promotion.pk, customer.public_id)
    tell(
        "issue",
        f"{offer}:{assignment}",
        promotion.pk,
        offer_id=offer,
        offer_definition_id=promotion.engine_reference,
        customer_id=customer.public_id,
    )


def take_back(promotion: Promotion, customer: Customer, assignment: int) -> None:
    """Tell the engine that a customer is chosen no more."""
    offer = assigned_offer(promotion.pk, customer.public_id)
    tell(
        "revoke", f"{offer}:{assignment}:revoke", promotion.pk, offer_id=offer, reason="unassigned"
    )


def assigned_offer(promotion_id: str, customer_id: str) -> str:
    """What the engine calls the offer of a chosen customer."""
    return f"OFF-{customer_id}-{promotion_id}"


@operation("promo.claim", internal=True, effect="charge")
def claim(*, owner: str, then: str) -> None:
    """Ask the engine whether an order may have what it holds; `then` hears the answer."""
    redemption = Redemption.objects.select_related("promotion").get(owner=owner)
    promotion, customer = redemption.promotion, str(Customer.public_id_of(redemption.customer_id))
    issued = promotion.audience == Promotion.Audience.TARGETED
    offer = assigned_offer(promotion.pk, customer) if issued else f"OFF-{owner}"
    known = {} if issued else {"code": promotion.code, "customer_id": customer}
    request_call(
        gateway="loyalty",
        method="claim",
        key=f"{owner}:claim",
        args={"issued": issued, "offer_id": offer, **known},
        then=then,
        then_args={"order_id": owner},
        about=owner,
    )


@operation("promo.settle_claim", internal=True)
def settle_claim(*, owner: str, outcome: Outcome) -> bool:
    """Keep what the engine said to an order; true when the order has what it holds.

    What was claimed for an order that has ended meanwhile, or perhaps was, is given back.
    """
    redemption = Redemption.objects.get(owner=owner)
    holds = redemption.state == Redemption.State.RESERVED
    if outcome.succeeded:
        redemption.engine_reference = outcome.data["reference"]
        redemption.save(update_fields=["engine_reference"])
    if (outcome.succeeded and not holds) or outcome.code == "loyalty.no_answer":
        give_back(redemption, redemption.engine_reference or f"OFF-{owner}")
    return outcome.succeeded and holds


def redeem(redemption: Redemption) -> None:
    """Tell the engine that an offer was used."""
    if offer := redemption.engine_reference:
        tell("redeem", f"{redemption.owner}:redeem", redemption.owner, offer_id=offer)


def give_back(redemption: Redemption, offer: str) -> None:
    """Tell the engine that an offer was not used."""
    if offer:
        told = {"offer_id": offer, "reason": "order_cancelled"}
        tell("revoke", f"{redemption.owner}:revoke", redemption.owner, **told)


def tell(method: str, key: str, about: str, **args: str) -> None:
    """Tell the engine something that nothing here waits for."""
    request_call(
        gateway="loyalty",
        method=method,
        key=key,
        args=args,
        then="promo.note_engine",
        then_args={"about": about, "what": method},
        about=about,
    )


@operation("promo.note_engine", internal=True)
def note_engine(*, about: str, what: str, outcome: Outcome) -> None:
    """Write down when the engine turned down what it was told."""
    if not outcome.succeeded:
        publish(
            LoyaltyRefused(about_id=about, what=what, reason=f"{outcome.code} {outcome.reason}"),
            aggregate=about,
            summary=f"The loyalty engine refused to {what} for {about}: {outcome.code}",
        )
