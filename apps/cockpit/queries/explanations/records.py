"""All rows behind one line, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum

from apps.catalog.models import Allowance, Discounted
from apps.ordering.models import ProductOrderItem
from apps.payments.models import Payment
from apps.rating.models import Usage, WriteOff
from apps.rating.queries import of_lines
from apps.subscription.models import (
    BalanceChange,
    Bucket,
    Grant,
    Renewal,
    Subscription,
    Suspension,
    TopUp,
)
from apps.subscription.queries.accounts import buckets_of
from apps.subscription.rules import UNLIMITED, totals
from bss.core import clock
from bss.core.models import StoredEvent

WITH_PRICE = ("offering", "price")
TOLD = (
    "subscription.grant_revoked",
    "bucket.released",
    "subscription.blocked",
    "subscription.suspended",
    "subscription.renewal_failed",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """The usage of one kind in one period, as its events have it."""

    kind: str
    period_start: datetime | None
    events: int
    quantity: int
    overshoot: int


@dataclass(frozen=True, slots=True)
class Records:
    """A line, and the rows that made it what it is."""

    line: Subscription
    order: ProductOrderItem | None
    buckets: dict[str, Bucket]
    # What the line's balance says is left of each kind; -1 is unlimited.
    left: dict[str, int]
    grants: list[Grant]
    renewals: dict[str, Renewal]
    top_ups: dict[str, TopUp]
    changes: dict[str, BalanceChange]
    write_offs: list[WriteOff]
    suspensions: list[Suspension]
    counted: list[Counted]
    refused: list[dict[str, Any]]
    latest: list[Usage]
    events: list[StoredEvent]
    payments: list[Payment]
    # (offering, kind) -> what it grants a period
    allowances: dict[tuple[str, str], int]
    now: datetime

    def told(self, name: str) -> list[StoredEvent]:
        """What was published about the line under a name, oldest first."""
        return [event for event in self.events if event.name == name]

    @property
    def promised(self) -> Discounted:
        """Where the promotion is kept that the line was sold with."""
        return self.order or self.line

    def sold_as(self, period: str) -> str:
        """The plan that a period was sold as, named by its beginning."""
        for renewal in self.renewals.values():
            if f"{renewal.period_start:%Y-%m-%dT%H:%M:%S}" == period:
                return str(renewal.offering_id)
        return str(self.order.offering_id if self.order else self.line.offering_id)


def records_of(subscription_id: str, latest: int) -> Records:
    """All rows behind a line; of its usage the latest events one by one, the rest in sums."""
    line = Subscription.objects.select_related(*WITH_PRICE, "promotion", "customer").get_by_id(
        subscription_id
    )
    usage: Any = of_lines(Usage.objects.all(), [line])
    orders = ProductOrderItem.objects.filter(subscription=line, action="add")
    order = orders.select_related("order", *WITH_PRICE).first()
    mine = Q(subject=line.public_id) | (Q(subject=line.order_id) if line.order_id else Q(pk=None))
    renewals = Renewal.objects.filter(subscription=line).select_related(*WITH_PRICE).order_by("id")
    top_ups = TopUp.objects.filter(subscription=line).select_related("offering").order_by("id")
    now = clock.now()
    held = buckets_of([line.pk], now)
    plans = {line.offering_id, *(renewal.offering_id for renewal in renewals)}
    plans |= {order.offering_id} if order else set()
    return Records(
        line=line,
        order=order,
        buckets={bucket.kind: bucket for bucket, _ in held},
        left={bucket.kind: left_of(*totals(pools, now)) for bucket, pools in held},
        grants=list(Grant.objects.filter(subscription=line).order_by("valid_from", "id")),
        renewals={renewal.key: renewal for renewal in renewals},
        top_ups={top_up.key: top_up for top_up in top_ups},
        changes=changes_of(line),
        write_offs=list(WriteOff.objects.filter(subscription=line).order_by("id")),
        suspensions=list(Suspension.objects.of(line).order_by("id")),
        counted=counted(usage.filter(state="rated")),
        refused=refused(usage.filter(state="rejected")),
        latest=list(usage.filter(state="rated").newest()[:latest]),
        events=list(
            StoredEvent.objects.filter(aggregate=line.public_id, name__in=TOLD).order_by("version")
        ),
        payments=list(
            Payment.objects.filter(mine).prefetch_related("attempts", "entries").order_by("id")
        ),
        allowances=allowances_of(plans),
        now=now,
    )


def left_of(granted: int, used: int) -> int:
    """What is left of what was granted."""
    return UNLIMITED if granted == UNLIMITED else granted - used


def changes_of(line: Subscription) -> dict[str, BalanceChange]:
    """What people did to the buckets of a line, and gave it from other lines, by id."""
    found = BalanceChange.objects.filter(Q(subscription=line) | Q(receiver=line)).order_by("id")
    return {change.public_id: change for change in found}


def allowances_of(plans: Iterable[str]) -> dict[tuple[str, str], int]:
    """What plans grant a period, by kind."""
    found = Allowance.objects.filter(offering_id__in=plans)
    return {(one.offering_id, one.kind): one.amount for one in found}


def counted(usage: Any) -> list[Counted]:
    """What events add up to, by kind and period."""
    sums = usage.order_by().values("kind", "period_start")
    sums = sums.annotate(n=Count("id"), q=Sum("quantity"), o=Sum("overshoot"))
    return [
        Counted(row["kind"], row["period_start"], row["n"], int(row["q"]), int(row["o"]))
        for row in sums.order_by("kind", "period_start")
    ]


def refused(usage: Any) -> list[dict[str, Any]]:
    """How many events each rule refused, and when the last was."""
    return list(
        usage.order_by()
        .values("rule")
        .annotate(events=Count("id"), last=Max("at"))
        .order_by("rule")
    )
