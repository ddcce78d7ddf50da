"""Another plan or price from the next boundary on; never in the middle of a period."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from apps.catalog.models import ProductOfferingPrice
from apps.subscription import policies, queries
from apps.subscription.events import (
    PlanChangeCancelled,
    PlanChangeScheduled,
    PriceMigrationScheduled,
)
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.money import money_text
from bss.core.operations import operation

from .facts import announce

NoticeDays = Annotated[int, Field(ge=0, le=3650)]


@operation(
    "subscription.schedule_plan_change", roles="care supervisor", result=queries.subscription_view
)
def schedule_plan_change(*, subscription_id: str, new_offering_id: str) -> Subscription:
    """Let a line begin its next period under another plan."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    policies.require_changeable(line, new_offering_id)
    price = policies.require_sold(new_offering_id, clock.now())
    line.follow_up(
        pending_offering_id=new_offering_id,
        pending_price_id=price.pk,
        pending_effective_at=line.period_end,
    )
    announce(
        line,
        PlanChangeScheduled,
        f"changes to {new_offering_id} at the next renewal",
        new_offering_id=new_offering_id,
        new_price_id=price.pk,
        amount=money_text(price.amount),
        currency=price.currency,
        effective_at=queries.iso(line.period_end) or "",
    )
    return line


@operation(
    "subscription.cancel_pending_plan_change",
    roles="care supervisor",
    result=queries.subscription_view,
)
def cancel_pending_plan_change(*, subscription_id: str) -> Subscription:
    """Let a line keep its plan; nothing happens when no change is pending."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    wanted = line.pending_offering_id
    if wanted is None or wanted == line.offering_id:
        return line
    line.follow_up(pending_offering_id=None, pending_price_id=None, pending_effective_at=None)
    announce(line, PlanChangeCancelled, "keeps its plan", new_offering_id=wanted)
    return line


@operation("subscription.migrate_to_new_price", roles="catalog_manager")
def migrate_to_new_price(
    *,
    offering_id: str,
    new_price_id: str,
    effective_from: datetime,
    notice_days: NoticeDays = 30,
    initiated_by: str = "ops",
) -> dict[str, Any]:
    """Move the lines of a plan to another price of it, after notice to each owner.

    Lines that are about to change to another plan keep that change.
    """
    price = policies.require_price_of(offering_id, new_price_id)
    effective_at = effective_from + timedelta(days=notice_days)
    lines = migrating(offering_id, price)
    for line in lines:
        line.pending_offering_id, line.pending_price_id = offering_id, price.pk
        line.pending_effective_at = effective_at
        announce_migration(line, price, initiated_by)
    fields = ["pending_offering_id", "pending_price_id", "pending_effective_at"]
    Subscription.objects.bulk_update(lines, fields, batch_size=1000)
    return {"count": len(lines), "subscriptionIds": [line.public_id for line in lines]}


def migrating(offering_id: str, price: ProductOfferingPrice) -> list[Subscription]:
    """The lines that a new price of their plan is for, locked."""
    lines = Subscription.objects.live().filter(offering_id=offering_id).exclude(price=price)
    return [
        line
        for line in lines.locking().order_by("pk")
        if line.pending_offering_id in (None, offering_id)
    ]


def announce_migration(line: Subscription, price: ProductOfferingPrice, initiated_by: str) -> None:
    """Tell that a line will cost something else."""
    announce(
        line,
        PriceMigrationScheduled,
        f"will cost {money_text(price.amount)}",
        new_price_id=price.pk,
        old_amount=money_text(line.amount),
        new_amount=money_text(price.amount),
        currency=price.currency,
        effective_at=queries.iso(line.pending_effective_at) or "",
        initiated_by=initiated_by,
    )
