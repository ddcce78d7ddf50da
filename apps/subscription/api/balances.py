"""TMF654: buckets and top-ups, and the API as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from apps.catalog.models import VasOffering
from apps.subscription import queries
from apps.subscription.models import Bucket, TopUp
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.core.quantities import allowance, unit_of
from bss.tmf.filters import Filter, Id, Moment, Words
from bss.tmf.resources import Api, Create, Resource, Step, each
from bss.tmf.shapes import Reference, Text

from .accumulated import ACCUMULATED
from .changes import ACTION, ADJUST, RESERVE, TRANSFER
from .parts import OF_LINE, BalanceExtras, BalanceIn, kind_of, of_line, quantity, whole

BUCKET_STATUS = {
    "active": "active",
    "blocked": "suspended",
    "suspended": "suspended",
    "terminated": "expired",
}
UNLIMITED = -1


# --- buckets


def show_buckets(buckets: Sequence[Bucket]) -> list[dict[str, Any]]:
    """Buckets as TMF654 shows them, in one statement for any number of them."""
    lines = {bucket.subscription_id: bucket.subscription for bucket in buckets}
    found = {
        one["id"]: one
        for many in queries.balances_of(list(lines.values())).values()
        for one in many
    }
    return [show_bucket(bucket, found[bucket.public_id]) for bucket in buckets]


def show_bucket(bucket: Bucket, balance: dict[str, Any]) -> dict[str, Any]:
    """A bucket with what is left in it now."""
    line = bucket.subscription
    owner = of_line(line)
    return {
        "id": bucket.public_id,
        "name": f"{bucket.kind} of {line.public_id}",
        "usageType": bucket.kind,
        "status": BUCKET_STATUS.get(line.state, "suspended"),
        "isShared": False,
        "confirmationDate": iso(line.activated_at or line.created_at),
        "remainingValue": {"amount": balance["remaining"], "units": balance["unit"]},
        "remainingValueName": left_in_words(balance),
        "validFor": {"startDateTime": balance["periodStart"], "endDateTime": balance["periodEnd"]},
        **owner,
        "product": [owner["product"]],
        "logicalResource": [owner["logicalResource"]] if owner["logicalResource"] else [],
    }


def left_in_words(balance: dict[str, Any]) -> str:
    """What is left, as people say it."""
    if balance["remaining"] == UNLIMITED:
        return "unlimited"
    return f"{balance['remaining']} {balance['unit']}"


BUCKET = Resource(
    name="bucket",
    type_name="Bucket",
    reads="subscription.get_balance",
    rows=lambda: Bucket.objects.select_related("subscription"),
    show=show_buckets,
    key=Id("pk", Bucket),
    order=("pk",),
    owner="subscription__customer",
    filters={
        "usageType": Filter("kind"),
        "status": Words("subscription__state", BUCKET_STATUS),
        "confirmationDate": Moment("subscription__activated_at"),
        **OF_LINE,
    },
)


# --- top-ups

TOP_UP_STATUS = {
    "open": "inProgress",
    "granted": "completed",
    "declined": "failed",
    "refunded": "cancelled",
}


class TopUpExtras(BalanceExtras):
    number_of_periods: int = 1
    recurring_period: Text = ""
    voucher: Text = ""
    payment_method: Reference | None = None
    reason: Text = ""


def show_top_up(top_up: TopUp) -> dict[str, Any]:
    """A purchase as TMF654 shows it."""
    return {
        "id": top_up.public_id,
        "status": TOP_UP_STATUS[top_up.state],
        "amount": quantity(top_up.kind, top_up.quantity),
        "usageType": top_up.kind,
        "isAutoTopup": top_up.automatic,
        "requestedDate": iso(top_up.bought_at),
        "confirmationDate": iso(top_up.bought_at) if top_up.state == "granted" else None,
        "productOffering": {"id": top_up.offering_id, "@referredType": "ProductOffering"},
        **of_line(top_up.subscription),
    }


def buy(body: BalanceIn) -> list[Step]:
    """The top-up that is named, or the cheapest that gives exactly the amount."""
    line, kind = body.place()
    if body.product_offering:
        offering = body.product_offering.id
    else:
        size = body.size()
        offering = on_sale(kind or kind_of(size.units), whole(size.amount))
    args = {"subscription_id": line, "vas_offering_id": offering}
    return [Step("subscription.purchase_vas", args)]


def on_sale(kind: str, amount: int) -> str:
    """The cheapest top-up of a size."""
    found = VasOffering.objects.sellable_at(clock.now()).filter(kind=kind)
    fitting = found.filter(quantity=allowance(kind, amount)).order_by("amount", "pk").first()
    if fitting is None:
        raise InvalidArguments(f"amount: no top-up of {amount} {unit_of(kind)} {kind} is on sale.")
    return str(fitting.pk)


TOP_UP = Resource(
    name="topupBalance",
    type_name="TopupBalance",
    reads="subscription.get_balance",
    rows=lambda: TopUp.objects.select_related("subscription"),
    show=each(show_top_up),
    key=Id("pk", TopUp),
    owner="subscription__customer",
    filters={
        "status": Words("state", TOP_UP_STATUS),
        "usageType": Filter("kind"),
        "requestedDate": Moment("bought_at"),
        "productOffering.id": Filter("offering"),
        **OF_LINE,
    },
    create=Create(BalanceIn, buy),
    extras=TopUpExtras,
    writes="subscription.purchase_vas",
)

BALANCES = Api(
    number=654,
    base="prepayBalanceManagement/v4",
    resources=[
        BUCKET,
        TOP_UP,
        ADJUST,
        TRANSFER,
        RESERVE,
        ACCUMULATED,
        ACTION,
        replace(ACTION, name="balanceActionHistory"),
    ],
    events={
        "bucket.adjusted": "AdjustBalanceCreateEvent",
        "bucket.transferred": "TransferBalanceCreateEvent",
        "bucket.reserved": "ReserveBalanceCreateEvent",
        "bucket.released": "ReserveBalanceStatusChangeEvent",
    },
)
