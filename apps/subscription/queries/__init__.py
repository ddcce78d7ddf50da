"""Reads: how a line looks outside, who held a number when, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from apps.catalog import queries as catalog
from apps.catalog.models import ProductOffering
from apps.crm.models import Customer
from apps.provisioning import queries as provisioning
from apps.subscription.models import (
    HOLDING,
    LIVE,
    Bucket,
    DeviceChange,
    Grant,
    Subscription,
)
from apps.subscription.rules import (
    KINDS,
    UNLIMITED,
    Pool,
    Terms,
    period_holding,
    totals,
)
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import NotFound
from bss.core.models import OperatorProfile
from bss.core.money import money_text
from bss.core.quantities import to_units, unit_of

from .accounts import buckets_of

HREF = "/tmf-api/productInventory/v4/product/"


def zone() -> str:
    """The zone in which the operator's months begin."""
    return OperatorProfile.load().zone


def zone_for(terms: Terms) -> str:
    """The zone that periods are counted in; days are the same length everywhere."""
    return zone() if terms.unit == "month" else "UTC"


def subscription_view(subscription_id: str) -> dict[str, Any]:
    """One line with its balances."""
    return views([Subscription.objects.get_by_id(subscription_id)])[0]


def lines_of(customer_id: str) -> list[dict[str, Any]]:
    """A customer's lines, oldest first."""
    customer = Customer.objects.get_by_id(customer_id)
    return views(Subscription.objects.listed().filter(customer=customer).order_by("id"))


def views(lines: Iterable[Subscription]) -> list[dict[str, Any]]:
    """Lines as results show them, in three statements for any number; four with promotions."""
    lines = list(lines)
    balances = balances_of(lines)
    services = provisioning.services_of(line.public_id for line in lines)
    definitions = catalog.definitions_of(line.promotion_id for line in lines)
    return [
        {
            **show(line),
            "cfsServiceId": services.get(line.public_id),
            "promoOfferDefinitionId": definitions.get(line.promotion_id or ""),
            "balances": balances[line.pk],
        }
        for line in lines
    ]


def show(line: Subscription) -> dict[str, Any]:
    """A line's own fields."""
    return {
        "id": line.public_id,
        "href": HREF + line.public_id,
        "customerId": line.owner,
        "offeringId": line.offering_id,
        "msisdn": line.msisdn,
        "iccid": line.iccid,
        "orderId": line.order_id or None,
        "state": line.state,
        "stateReason": line.state_reason,
        "nickname": line.nickname or None,
        **_moments(line),
        **_price(line),
        "@type": "Product",
    }


def _moments(line: Subscription) -> dict[str, Any]:
    return {
        "activatedAt": iso(line.activated_at),
        "currentPeriodStart": iso(line.period_start),
        "currentPeriodEnd": iso(line.period_end),
        "nextRenewalAt": iso(line.period_end) if line.renewal_due_at and line.is_live else None,
        "endsAt": iso(line.period_end) if line.ends_with_period and line.is_live else None,
        "terminatedAt": iso(line.terminated_at),
    }


def _price(line: Subscription) -> dict[str, Any]:
    promised = line.promotion_id is not None
    return {
        "priceAmount": money_text(line.amount),
        "priceCurrency": line.currency,
        "priceOfferingPriceId": line.price_id,
        "pendingOfferingId": line.pending_offering_id,
        "pendingOfferingPriceId": line.pending_price_id,
        "pendingEffectiveAt": iso(line.pending_effective_at),
        "discountType": line.discount_type or None,
        "discountValue": money_text(line.discount_value) if promised else None,
        "discountPeriodsRemaining": line.discount_periods,
        "effectiveAmount": money_text(line.amount - line.discount_amount),
        "promoCode": line.discount_code or None,
        "promotionId": line.promotion_id,
    }


def balances_of(lines: Collection[Subscription]) -> dict[int, list[dict[str, Any]]]:
    """What each line was granted, has used and has left of each kind, right now."""
    by_key = {line.pk: line for line in lines}
    found: dict[int, list[dict[str, Any]]] = {key: [] for key in by_key}
    buckets = buckets_of(list(by_key), clock.now())
    for bucket, pools in sorted(buckets, key=lambda pair: KINDS.index(pair[0].kind)):
        line = by_key[bucket.subscription_id]
        found[line.pk].append(_balance(line, bucket, pools))
    return found


def _balance(line: Subscription, bucket: Bucket, pools: list[Pool]) -> dict[str, Any]:
    kind, now = bucket.kind, clock.now()
    granted, used = totals(pools, now)
    left = UNLIMITED if granted == UNLIMITED else granted - used
    passes = [pool.expires_at for pool in pools if pool.holds(now)]
    return {
        "id": bucket.public_id,
        "subscriptionId": line.public_id,
        "allowanceType": kind,
        "total": to_units(kind, granted),
        "consumed": to_units(kind, used),
        "remaining": to_units(kind, left),
        "unit": unit_of(kind),
        "periodStart": iso(line.period_start),
        "periodEnd": iso(line.period_end),
        "overshoot": to_units(kind, bucket.overshoot - bucket.overshoot_before),
        "firstExpiryAt": iso(min(passes, default=None)),
        **({"coverage": coverage(pools, now)} if kind == "data_roaming" else {}),
    }


def coverage(pools: list[Pool], now: datetime) -> list[dict[str, Any]]:
    """What is left of roaming data by zone; no zone is everywhere."""
    left: dict[str, int] = {}
    for pool in pools:
        if pool.holds(now) and not pool.empty:
            known = left.get(pool.zone, 0)
            endless = pool.unlimited or known == UNLIMITED
            left[pool.zone] = UNLIMITED if endless else known + pool.left
    return [
        {"zone": zone or None, "remaining": to_units("data_roaming", size)}
        for zone, size in sorted(left.items())
    ]


def balance_of(subscription_id: str) -> list[dict[str, Any]]:
    """A line's balances; NotFound for a line that never came into service."""
    line = Subscription.objects.get_by_id(subscription_id)
    balances = balances_of([line])[line.pk]
    if not balances:
        raise NotFound("balance", subscription_id)
    return balances


def esim_activation(subscription_id: str) -> dict[str, Any]:
    """What the owner needs to put the line on a device."""
    line = Subscription.objects.get_by_id(subscription_id)
    resources = provisioning.resources_of(line.public_id)
    return {
        "subscriptionId": line.public_id,
        "iccid": resources.get("iccid", line.iccid),
        "msisdn": resources.get("msisdn", line.msisdn),
        "activationCode": resources.get("activation_code"),
        "imsi": resources.get("imsi"),
    }


def lines_to_end(limit: int) -> list[str]:
    """Lines whose last period is over."""
    over = Subscription.objects.live().filter(ends_with_period=True, period_end__lte=clock.now())
    keys = over.order_by("period_end").values_list("pk", flat=True)[:limit]
    return [str(Subscription.public_id_of(key)) for key in keys]


def plan_name(offering_id: str) -> str:
    """What customers call a plan."""
    plan = ProductOffering.objects.filter(pk=offering_id).first()
    return plan.name if plan else offering_id


def holder_of(msisdn: str) -> Subscription:
    """The live line that has a number now."""
    line = Subscription.objects.filter(LIVE, msisdn=msisdn).select_related("customer").first()
    if line is None:
        raise NotFound("line with the number", msisdn)
    return line


def has_lines(customer_pk: int) -> bool:
    """True while a customer has a line, even one that is still being set up."""
    return Subscription.objects.filter(HOLDING, customer_id=customer_pk).exists()


def has_live_lines(customer_pk: int) -> bool:
    """True while a customer has a line in service or blocked."""
    return Subscription.objects.live().filter(customer_id=customer_pk).exists()


def customers_served(service: str, after: int, limit: int) -> list[int]:
    """Customers behind one in the order of their keys who have a line with a kind of service."""
    lines = Subscription.objects.live().filter(customer_id__gt=after)
    if service:
        given = Grant.objects.filter(subscription=OuterRef("pk"), kind=service, closed_at=None)
        lines = lines.filter(Exists(given.exclude(total=0)))
    return list(
        lines.order_by("customer_id").values_list("customer_id", flat=True).distinct()[:limit]
    )


class Holding(NamedTuple):
    """A stretch of time during which a line held a number, and the line's periods."""

    subscription: int
    customer: int
    length: int
    unit: str
    begins: datetime
    ends: datetime | None
    anchor: datetime
    period_start: datetime
    period_end: datetime

    def holds(self, at: datetime) -> bool:
        """True while the line had the number."""
        return self.begins <= at and (self.ends is None or at < self.ends)

    def period_start_at(self, at: datetime) -> datetime:
        """When the period began that a moment lies in."""
        if self.period_start <= at < self.period_end:
            return self.period_start
        terms = Terms(self.length, self.unit)
        return period_holding(self.anchor, terms, zone_for(terms), at).start


# Moments come as text: reading ten thousand of them that way takes a fifteenth of the time.
_HOLDINGS = """
SELECT n.msisdn, n.subscription_id, s.customer_id, s.period_length, s.period_type,
    lower(n.valid)::text, upper(n.valid)::text, s.anchor_at::text, s.period_start::text,
    s.period_end::text
FROM subscription_numberassignment n JOIN subscription_subscription s ON s.id = n.subscription_id
WHERE n.msisdn = ANY(%s) AND NOT isempty(n.valid)
"""


def holdings_of(msisdns: Iterable[str]) -> dict[str, list[Holding]]:
    """The history of numbers: which line held each of them when."""
    found: dict[str, list[Holding]] = defaultdict(list)
    moment = datetime.fromisoformat
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS, [sorted(msisdns)])
        for msisdn, line, customer, length, unit, begins, ends, *period in cursor.fetchall():
            ended = moment(ends) if ends else None
            held = (line, customer, length, unit, moment(begins), ended, *map(moment, period))
            found[msisdn].append(Holding(*held))
    return found


def due_lines(limit: int) -> list[str]:
    """Lines whose renewal should be tried now, the longest waiting first."""
    due = Subscription.objects.due_at(clock.now()).order_by("renewal_due_at", "id")
    return [str(Subscription.public_id_of(key)) for key in due.values_list("pk", flat=True)[:limit]]


def lines_to_remind(within: timedelta, limit: int) -> list[str]:
    """Lines in service whose boundary is near and whose owner has not been told."""
    now = clock.now()
    near = Subscription.objects.to_remind(now, now + within).order_by("period_end", "id")
    keys = near.values_list("pk", flat=True)[:limit]
    return [str(Subscription.public_id_of(key)) for key in keys]


def grants_to_close(limit: int) -> list[int]:
    """Lines that have grants which are over and not accounted for."""
    over = Grant.objects.filter(closed_at=None, expires_at__lte=clock.now())
    keys = over.order_by("expires_at").values_list("subscription_id", flat=True)[:limit]
    return list(dict.fromkeys(keys))


def device_change_view(change_id: str) -> dict[str, Any]:
    """One change of device."""
    return show_device_change(DeviceChange.objects.get_by_id(change_id))


def device_changes_of(subscription_id: str) -> list[dict[str, Any]]:
    """The changes of device of a line, newest first."""
    line = Subscription.objects.get_by_id(subscription_id)
    changes = DeviceChange.objects.filter(subscription=line).order_by("-id")
    return [show_device_change(change) for change in changes]


def show_device_change(change: DeviceChange) -> dict[str, Any]:
    """A change of device, with the code to scan while its profile is offered."""
    offered = change.state == change.State.OFFERED
    waits = offered or change.state == change.State.SWITCHED
    code = provisioning.activation_of(change.new_iccid)["activation_code"] if offered else None
    return {
        "id": change.public_id,
        "subscriptionId": change.line_id,
        "state": change.state,
        "stateReason": change.state_reason or None,
        "oldIccid": change.old_iccid,
        "newIccid": change.new_iccid,
        "activationCode": code,
        "requestedAt": iso(change.requested_at),
        "switchedAt": iso(change.switched_at),
        "deadline": iso(change.deadline) if waits else None,
        "@type": "DeviceChange",
    }
