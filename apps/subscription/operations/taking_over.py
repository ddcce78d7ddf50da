"""Lines that were in service before their books were kept here."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from psycopg.types.range import TimestamptzRange

from apps.catalog import queries as catalog
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


@operation("subscription.take_over", internal=True, result=queries.subscription_view)
def take_over(
    *,
    customer_id: str,
    reference: str,
    offering_id: str,
    msisdn: str,
    iccid: str,
    paid_until: datetime,
    left: dict[str, int],
    price_id: str | None = None,
    activated_on: date | None = None,
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
    price = imports.require_former_price(offering_id, price_id, now)
    line = Subscription(customer=customer, offering_id=offering_id, nickname=nickname)
    for name, value in snapshot(price.pk).items():
        setattr(line, name, value)
    period = imports.require_paid_now(line.terms, paid_until, now)
    line.save()
    equip(line, msisdn, iccid)
    begin(line, period, activated_on)
    give_left(line, left, rules.Period(now, period.end))
    announce(
        line, SubscriptionTakenOver, f"was taken over from the former books as {reference}",
        reference=reference, iccid=iccid, paid_until=paid_until.isoformat(),
    )  # fmt: skip
    stop_if_empty(line)
    return line


def equip(line: Subscription, msisdn: str, iccid: str) -> None:
    """Give a new line the number and the eSIM it has, and the service it already gets."""
    owner = line.public_id
    provisioning.adopt_number(owner=owner, msisdn=msisdn)
    provisioning.adopt_esim(owner=owner, iccid=iccid, msisdn=msisdn)
    line.follow_up(msisdn=msisdn, iccid=iccid)
    mapping = catalog.service_mapping(line.offering_id)
    if mapping is not None:
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


def begin(line: Subscription, period: rules.Period, activated_on: date | None) -> None:
    """Move a line into the period that was paid for elsewhere."""
    line.activated_at = day_begin(activated_on) if activated_on else clock.now()
    line.anchor_at = line.period_end = line.renewal_due_at = period.end
    line.period_start = period.start
    line.move("activate", reason="taken over", also=BEGUN)


def day_begin(day: date) -> datetime:
    """When a day begins where the operator is."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(queries.zone()))


def give_left(line: Subscription, left: dict[str, int], rest: rules.Period) -> None:
    """Grant a line what is left of its paid period."""
    granted = {}
    for found in catalog.allowances(line.offering_id):
        total = found.amount
        if found.amount != UNLIMITED:
            quantity = imports.require_balance(left, found.kind)
            total = allowance(found.kind, quantity)
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


def stop_if_empty(line: Subscription) -> None:
    """Block a line that comes with nothing left of what it cannot do without."""
    has = Grant.objects.filter(subscription=line, kind__in=rules.STOPPING).exists()
    needs = any(found.kind in rules.STOPPING for found in catalog.allowances(line.offering_id))
    if needs and not has:
        block(line, BlockReason.EXHAUSTED)
