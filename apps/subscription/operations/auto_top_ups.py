"""Buying more by itself when a line runs out, never more than its owner agreed to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from apps.catalog import queries as catalog
from apps.subscription import policies, queries
from apps.subscription.events.changes import (
    AutoTopUpAgreed,
    AutoTopUpCleared,
    AutoTopUpHeld,
    AutoTopUpStopped,
)
from apps.subscription.models import Attempt, AutoTopUp, Bucket, Subscription, TopUp
from apps.subscription.policies import changes as refusals
from apps.subscription.queries import changes
from bss.core import clock
from bss.core.money import money_text, parse_money
from bss.core.operations import operation

from .facts import announce
from .top_ups import ask_for_money, sell

CARE = "care supervisor"
NOT_SOLD, NO_CARD = "It is not sold any more.", "There is no active card."


@operation("subscription.agree_auto_top_up", roles=CARE, result=changes.auto_top_up_view)
def agree_auto_top_up(
    *,
    subscription_id: str,
    vas_offering_id: str,
    monthly_cap: Decimal,
    at_percent: Literal[80, 100] = 100,
    most_a_day: Annotated[int, Field(ge=1, le=5)] = 2,
) -> str:
    """Have a top-up bought by itself when a line runs out, up to a limit of money a month."""
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    policies.require_top_up_possible(line)
    vas = policies.require_vas(vas_offering_id, clock.now())
    cap = parse_money(monthly_cap)
    refusals.require_worth(vas, cap)
    if not line.has_card:
        raise policies.NO_CARD_FOR_VAS(customer_id=line.owner)
    limits: dict[str, Any] = {
        "at_percent": at_percent,
        "monthly_cap": cap,
        "most_a_day": most_a_day,
    }
    fresh = {"agreed_at": clock.now(), "stopped_reason": "", "stopped_at": None}
    AutoTopUp.objects.update_or_create(
        subscription=line, defaults={"offering": vas, **limits, **fresh}
    )
    announce(
        line, AutoTopUpAgreed, f"is topped up with {vas.name} by itself",
        vas_offering_id=vas.pk, vas_name=vas.name, currency=vas.currency,
        **(limits | {"monthly_cap": money_text(cap)}),
    )  # fmt: skip
    return line.public_id


@operation("subscription.clear_auto_top_up", roles=CARE, result=queries.subscription_view)
def clear_auto_top_up(*, subscription_id: str) -> Subscription:
    """Buy nothing by itself for a line any more."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    wish = AutoTopUp.objects.filter(subscription=line).first()
    if wish is None:
        raise refusals.NO_AUTO_TOP_UP(subscription_id=line.public_id)
    wish.delete()
    announce(
        line, AutoTopUpCleared, "is not topped up by itself any more",
        vas_offering_id=wish.offering_id,
    )  # fmt: skip
    return line


@operation("subscription.get_auto_top_up", effect="read", roles=CARE)
def get_auto_top_up(*, subscription_id: str) -> dict[str, Any]:
    """Show what is bought by itself for a line, its limits, and how much of them is used."""
    return changes.auto_top_up_view(subscription_id)


@operation("subscription.top_up_by_itself", internal=True, effect="charge")
def top_up_by_itself(*, subscription_id: str, kind: str) -> None:
    """Buy what the owner of a line agreed to, if it is still needed and within the limits.

    Asked for again, nothing is bought: a purchase is under way then, or the line has enough.
    """
    line: Subscription = Subscription.objects.for_sale().lock(subscription_id)
    wish = AutoTopUp.objects.wanted_by(line)
    if wish is None or wish.offering.kind != kind or not needs(line, wish):
        return
    if reason := changes.limit_reached(wish):
        announce(
            line, AutoTopUpHeld, f"was not topped up: its limit of a {reason} is reached",
            vas_name=wish.offering.name, limit=reason,
        )  # fmt: skip
    elif lack := what_lacks(line, wish, clock.now()):
        AutoTopUp.objects.stop(line, lack)
        announce(
            line, AutoTopUpStopped, f"is not topped up by itself any more: {lack}",
            vas_name=wish.offering.name, reason=lack,
        )  # fmt: skip
    else:
        ask_for_money(line, sell(line, wish.offering, automatic=True))


def needs(line: Subscription, wish: AutoTopUp) -> bool:
    """True while a line that is paid for has used so much, and nothing is being bought for it."""
    now, kind = clock.now(), wish.offering.kind
    if not line.is_live or line.is_suspended or now >= (line.period_end or now):
        return False
    if TopUp.objects.filter(subscription=line, kind=kind, state=Attempt.OPEN).exists():
        return False
    used = Bucket.objects.filter(subscription=line, kind=kind, level__gte=wish.at_percent)
    return used.exists()


def what_lacks(line: Subscription, wish: AutoTopUp, now: datetime) -> str:
    """Why a purchase can never succeed as things are; empty when it can."""
    if catalog.vas_offering(wish.offering_id, now) is None:
        return NOT_SOLD
    return "" if line.has_card else NO_CARD
