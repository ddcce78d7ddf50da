"""Lines that were in service before their books were kept here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.range import TimestamptzRange

from apps.catalog import queries as catalog
from apps.catalog.models import Allowance
from apps.catalog.rules import ServiceMapping
from apps.crm.models import Customer
from apps.provisioning import operations as provisioning
from apps.subscription import policies, queries, rules
from apps.subscription.events.imports import SubscriptionTakenOver
from apps.subscription.models import BlockReason, Grant, NumberAssignment, Subscription
from apps.subscription.policies import imports
from bss.core import clock
from bss.core.operations import operation
from bss.core.quantities import UNLIMITED, allowance

from .facts import announce
from .grants import grant
from .lines import BEGUN, snapshot
from .service import block, characteristics_of


@dataclass(frozen=True)
class FormerPlan:
    """A plan with the price that lines go on with, and all that they need of it."""

    offering_id: str
    snapshot: dict[str, Any]
    allowances: list[Allowance]
    mapping: ServiceMapping | None

    @classmethod
    def of(cls, offering_id: str, price_id: str | None) -> FormerPlan:
        """The plan at the price named, or at the one that holds now."""
        price = imports.require_former_price(offering_id, price_id, clock.now())
        return cls(
            offering_id,
            snapshot(price.pk),
            catalog.allowances(offering_id),
            catalog.service_mapping(offering_id),
        )


@operation("subscription.take_over", internal=True, result=queries.subscription_view)
def take_over(
    *,
    customer_id: str,
    reference: str,
    plan: FormerPlan,
    msisdn: str,
    iccid: str,
    paid_until: datetime,
    left: dict[str, int],
    activated_at: datetime | None = None,
    nickname: str = "",
) -> Subscription:
    """Go on with a line of the former books: its number, eSIM, plan, paid period and balances.

    Periods are counted from `paid_until` on. `left` says what is left of each kind, in megabytes,
    minutes and messages; of what a plan gives without limit it need not speak.
    """
    now = clock.now()
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_customer(customer)
    imports.require_identity(customer)
    line = Subscription(
        customer=customer, offering_id=plan.offering_id, nickname=nickname, **plan.snapshot
    )
    period = imports.require_paid_now(line.terms, paid_until, now)
    line.save()
    equip(line, plan, msisdn, iccid)
    begin(line, period, activated_at or now)
    empty = give_left(line, plan, left, rules.Period(now, period.end))
    announce(
        line, SubscriptionTakenOver, f"was taken over from the former books as {reference}",
        reference=reference, iccid=iccid, paid_until=paid_until.isoformat(),
    )  # fmt: skip
    if empty:
        block(line, BlockReason.EXHAUSTED)
    return line


def equip(line: Subscription, plan: FormerPlan, msisdn: str, iccid: str) -> None:
    """Give a new line the number and the eSIM it has, and the service it already gets."""
    owner = line.public_id
    provisioning.adopt_number(owner=owner, msisdn=msisdn)
    provisioning.adopt_esim(owner=owner, iccid=iccid, msisdn=msisdn)
    line.follow_up(msisdn=msisdn, iccid=iccid)
    if (mapping := plan.mapping) is not None:
        provisioning.adopt_service(
            owner=owner,
            cfs_spec_id=mapping.cfs_spec_id,
            rfs_spec_ids=list(mapping.rfs_spec_ids),
            characteristics=characteristics_of(line),
        )
    now = clock.now()
    NumberAssignment.objects.create(
        msisdn=line.msisdn, subscription=line, valid=TimestamptzRange(now, None)
    )


def begin(line: Subscription, period: rules.Period, activated_at: datetime) -> None:
    """Move a line into the period that was paid for elsewhere."""
    line.activated_at = activated_at
    line.anchor_at = line.period_end = line.renewal_due_at = period.end
    line.period_start = period.start
    line.move("activate", reason="taken over", also=BEGUN)


def give_left(
    line: Subscription, plan: FormerPlan, left: dict[str, int], rest: rules.Period
) -> bool:
    """Grant a line what is left of its paid period; true when that leaves it without use."""
    granted = {}
    for found in plan.allowances:
        total = found.amount
        if found.amount != UNLIMITED:
            total = allowance(found.kind, imports.require_balance(left, found.kind))
        granted[found.kind] = Grant(
            source=f"former/{line.public_id}/{found.kind}",
            subscription=line,
            kind=found.kind,
            total=total,
            valid_from=rest.start,
            expires_at=rest.end,
            zone=found.zone_id or "",
        )
    grant(line, granted)
    vital = [one for kind, one in granted.items() if kind in rules.STOPPING]
    return bool(vital) and not any(one.total for one in vital)
