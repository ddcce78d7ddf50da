"""Reads of what people decided about lines: suspensions, automatic top-ups, hands in buckets."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum

from apps.subscription.models import (
    Attempt,
    AutoTopUp,
    BalanceChange,
    Subscription,
    Suspension,
    TopUp,
)
from apps.subscription.rules import local_day, local_month
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import NotFound
from bss.core.money import money_text
from bss.core.quantities import to_units, unit_of

from . import zone


def auto_top_up_view(subscription_id: str) -> dict[str, Any]:
    """What is bought for a line by itself; NotFound when nothing is."""
    line = Subscription.objects.get_by_id(subscription_id)
    wish = AutoTopUp.objects.filter(subscription=line).select_related("offering").first()
    if wish is None:
        raise NotFound("auto_top_up", subscription_id)
    spent, today = bought_by_itself(wish)
    return {
        "subscriptionId": line.public_id,
        "vasOfferingId": wish.offering_id,
        "name": wish.offering.name,
        "atPercent": wish.at_percent,
        "monthlyCap": money_text(wish.monthly_cap),
        "spentThisMonth": money_text(spent),
        "currency": wish.offering.currency,
        "mostADay": wish.most_a_day,
        "boughtToday": today,
        "agreedAt": iso(wish.agreed_at),
        "stoppedReason": wish.stopped_reason or None,
        "stoppedAt": iso(wish.stopped_at),
    }


def bought_by_itself(wish: AutoTopUp) -> tuple[int, int]:
    """(money spent this month, purchases today) by itself for a line, the open ones included."""
    now, where = clock.now(), zone()
    kept = TopUp.objects.filter(
        subscription=wish.subscription_id, automatic=True, state__in=[Attempt.OPEN, Attempt.GRANTED]
    )
    found = kept.filter(bought_at__gte=local_month(now, where)).aggregate(
        spent=Sum("amount", default=0),
        today=Count("pk", filter=Q(bought_at__gte=local_day(now, where))),
    )
    return found["spent"], found["today"]


def limit_reached(wish: AutoTopUp) -> str:
    """Which limit of its owner forbids another purchase; empty when none does."""
    spent, today = bought_by_itself(wish)
    if today >= wish.most_a_day:
        return "day"
    return "month" if spent + wish.offering.amount > wish.monthly_cap else ""


def balance_change_view(change_id: str) -> dict[str, Any]:
    """One correction, transfer or reservation."""
    return show_change(BalanceChange.objects.get_by_id(change_id))


def balance_changes_of(subscription_id: str) -> list[dict[str, Any]]:
    """What people did to a line's buckets, newest first."""
    line = Subscription.objects.get_by_id(subscription_id)
    mine = BalanceChange.objects.filter(Q(subscription=line) | Q(receiver=line))
    return [show_change(change) for change in mine.order_by("-id")]


def show_change(change: BalanceChange) -> dict[str, Any]:
    """A change as results show it."""
    size = to_units(change.kind, abs(change.quantity))
    return {
        "id": change.public_id,
        "action": change.action,
        "state": change.state,
        "subscriptionId": Subscription.public_id_of(change.subscription_id),
        "receiverId": Subscription.public_id_of(change.receiver_id),
        "allowanceType": change.kind,
        "quantity": size if change.quantity > 0 else -size,
        "unit": unit_of(change.kind),
        "reason": change.reason,
        "madeBy": change.made_by,
        "madeAt": iso(change.made_at),
        "heldUntil": iso(change.held_until),
    }


def reservations_over(limit: int) -> list[str]:
    """Reservations that nobody released in time."""
    over = BalanceChange.objects.filter(state="held", held_until__lte=clock.now())
    keys = over.order_by("held_until").values_list("pk", flat=True)[:limit]
    return [str(BalanceChange.public_id_of(key)) for key in keys]


def suspensions_of(subscription_id: str) -> list[dict[str, Any]]:
    """What suspended a line, newest first."""
    line = Subscription.objects.get_by_id(subscription_id)
    return [
        {
            "id": one.public_id,
            "subscriptionId": line.public_id,
            "cause": one.cause,
            "reason": one.reason or None,
            "legalBasis": one.legal_basis or None,
            "until": iso(one.until),
            "renews": one.renews,
            "startedAt": iso(one.started_at),
            "endedAt": iso(one.ended_at),
        }
        for one in Suspension.objects.filter(subscription=line).order_by("-id")
    ]


def pauses_over(limit: int) -> list[str]:
    """Pauses that should have ended, the longest over first."""
    over = Suspension.objects.filter(ended_at=None, until__lte=clock.now()).order_by("until")
    return [str(Suspension.public_id_of(key)) for key in over.values_list("pk", flat=True)[:limit]]
