"""TMF654: buckets, top-ups, and what people do to balances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from apps.catalog.models import VasOffering
from apps.crm.api.related import of_customer, parties
from apps.subscription import queries
from apps.subscription.models import BalanceChange, Bucket, Subscription, TopUp
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.core.quantities import allowance, to_units, unit_of
from bss.tmf.filters import AnyFilter, Filter, Id, Moment, Words, reference
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import Extras, Loose, Quantity, Reference, RelatedParty, Text

BUCKET_STATUS = {
    "active": "active",
    "blocked": "suspended",
    "suspended": "suspended",
    "terminated": "expired",
}
UNLIMITED = -1
OF_LINE = {
    **of_customer("subscription__customer"),
    **reference("product", Subscription, "subscription", "Product"),
    "logicalResource.id": Filter("subscription__msisdn"),
}


def quantity(kind: str, stored: int) -> dict[str, Any]:
    """So much of a kind, in the unit people use."""
    return {"amount": to_units(kind, stored), "units": unit_of(kind)}


def of_line(line: Subscription) -> dict[str, Any]:
    """Whose balance it is."""
    return {
        "product": {"id": line.public_id, "@referredType": "Product"},
        "logicalResource": {"id": line.msisdn, "@referredType": "MSISDN"} if line.msisdn else None,
        "partyAccount": {"id": line.owner, "@referredType": "PartyAccount"},
        "relatedParty": parties(line.customer_id),
    }


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
    type="Bucket",
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


# --- what bodies have in common


class BalanceIn(Loose):
    # A top-up that is named says itself how much it gives.
    amount: Quantity | None = None
    bucket: Reference | None = None
    # One of each, or a list of one as some clients send it.
    product: Reference | list[Reference] | None = None
    logical_resource: Reference | list[Reference] | None = None
    usage_type: Text = ""
    reason: Text = ""
    product_offering: Reference | None = None
    receiver_product: Reference | None = None
    receiver_bucket: Reference | None = None
    related_party: list[RelatedParty] | RelatedParty = []

    def place(self) -> tuple[str, str]:
        """The line that is meant, and the kind of balance if that is told."""
        return place(self.bucket, self.product, self.logical_resource, self.usage_type)

    def size(self) -> Quantity:
        """How much is meant."""
        if self.amount is None:
            raise InvalidArguments("amount: this attribute is needed.")
        return self.amount

    def change(self) -> dict[str, Any]:
        """What is done to a balance, as operations take it."""
        size = self.size()
        line, kind = self.place()
        return {
            "subscription_id": line,
            "kind": kind or kind_of(size.units),
            "quantity": whole(size.amount),
            "reason": self.reason or "asked by another system",
        }


def place(bucket: Any, product: Any, resource: Any, usage_type: str) -> tuple[str, str]:
    """The line that references mean, and the kind of balance."""
    if bucket is not None:
        found = Bucket.objects.get_by_id(bucket.id)
        return str(Subscription.public_id_of(found.subscription_id)), found.kind
    for named, line_of in ((product, str), (resource, line_with)):
        one = named[0] if isinstance(named, list) and named else named
        if one:
            return line_of(one.id), usage_type
    raise InvalidArguments("Name a bucket, a product or a logicalResource by its id.")


def line_with(msisdn: str) -> str:
    """The line that has a number."""
    return str(queries.holder_of(msisdn).public_id)


def whole(amount: float) -> int:
    """A whole number of units."""
    if amount != int(amount):
        raise InvalidArguments("amount: whole megabytes, minutes or messages belong here.")
    return int(amount)


def kind_of(units: str) -> str:
    """The kind that is counted in a unit, where only one is."""
    kinds = {"mb": "data", "minutes": "voice", "count": "sms"}
    if units.lower() not in kinds:
        raise InvalidArguments("usageType: data, voice, sms or data_roaming belongs here.")
    return kinds[units.lower()]


class BalanceExtras(Extras):
    description: Text = ""
    channel: Reference | None = None
    requestor: RelatedParty | None = None
    party_account: Reference | None = None


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
    type="TopupBalance",
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
)

# --- corrections, transfers and reservations

CHANGE_STATUS = {
    "done": "completed",
    "held": "inProgress",
    "released": "cancelled",
    "used": "completed",
}


def show_change(change: BalanceChange) -> dict[str, Any]:
    """What a person or a system did to a balance."""
    size = quantity(change.kind, abs(change.quantity))
    receiver = Subscription.public_id_of(change.receiver_id)
    return {
        "id": change.public_id,
        "status": CHANGE_STATUS[change.state],
        "amount": {**size, "amount": size["amount"] * (1 if change.quantity > 0 else -1)},
        "usageType": change.kind,
        "reason": change.reason,
        "requestedDate": iso(change.made_at),
        "confirmationDate": iso(change.made_at),
        "expirationDate": iso(change.held_until),
        "receiverProduct": {"id": receiver, "@referredType": "Product"} if receiver else None,
        **of_line(change.subscription),
    }


def changes_by(action: str) -> Callable[[], QuerySet[Any]]:
    """What was done in one way."""
    return lambda: BalanceChange.objects.select_related("subscription").filter(action=action)


CHANGE_FILTERS: dict[str, AnyFilter] = {
    "status": Words("state", CHANGE_STATUS),
    "usageType": Filter("kind"),
    "reason": Filter("reason"),
    "requestedDate": Moment("made_at"),
    "confirmationDate": Moment("made_at"),
    **OF_LINE,
}


def adjust(body: BalanceIn) -> list[Step]:
    """A correction, up or down."""
    return [Step("bucket.adjust", body.change())]


def transfer(body: BalanceIn) -> list[Step]:
    """Some of what one line has goes to another of its owner."""
    receiver, _ = place(body.receiver_bucket, body.receiver_product, None, "")
    return [Step("bucket.transfer", {**body.change(), "to_subscription_id": receiver})]


def reserve(body: BalanceIn) -> list[Step]:
    """Something is kept apart for a while."""
    return [Step("bucket.reserve", body.change())]


def end_reserve(changed: Changed) -> list[Step]:
    """A reservation is used or given back."""
    verbs = {"completed": "use_reserve", "cancelled": "release"}
    wanted = str(changed.now.get("status"))
    if wanted not in verbs:
        raise InvalidArguments("status: completed uses a reservation, cancelled gives it back.")
    return [Step(f"bucket.{verbs[wanted]}", {"change_id": changed.id})]


ADJUST = Resource(
    name="adjustBalance",
    type="AdjustBalance",
    reads="bucket.list_changes",
    rows=changes_by("adjust"),
    show=each(show_change),
    key=Id("pk", BalanceChange),
    owner="subscription__customer",
    filters=CHANGE_FILTERS,
    create=Create(BalanceIn, adjust),
    extras=BalanceExtras,
)
TRANSFER = replace(
    ADJUST,
    name="transferBalance",
    type="TransferBalance",
    rows=changes_by("transfer"),
    create=Create(BalanceIn, transfer),
)
RESERVE = replace(
    ADJUST,
    name="reserveBalance",
    type="ReserveBalance",
    rows=changes_by("reserve"),
    create=Create(BalanceIn, reserve),
    changes={"status": end_reserve},
    delete=lambda public_id: [Step("bucket.release", {"change_id": public_id})],
)
ACTION = replace(
    ADJUST,
    name="balanceAction",
    type="BalanceAction",
    rows=lambda: BalanceChange.objects.select_related("subscription"),
    create=None,
    extras=Extras,
)


# --- everything a line has


def show_accumulated(lines: Sequence[Subscription]) -> list[dict[str, Any]]:
    """What lines have of everything, in one statement for any number of them."""
    balances = queries.balances_of(lines)
    return [accumulated(line, balances[line.pk]) for line in lines]


def accumulated(line: Subscription, balances: list[dict[str, Any]]) -> dict[str, Any]:
    """What a line has of everything; the total is of its data."""
    owner = of_line(line)
    data = next((one for one in balances if one["allowanceType"] == "data"), None)
    return {
        "id": line.public_id,
        "name": f"Balance of {line.public_id}",
        "bucket": [{"id": one["id"], "@referredType": "Bucket"} for one in balances],
        "totalBalance": {"amount": data["remaining"], "units": data["unit"]} if data else None,
        "partyAccount": owner["partyAccount"],
        "relatedParty": owner["relatedParty"],
        "product": [owner["product"]],
        "logicalResource": [owner["logicalResource"]] if owner["logicalResource"] else [],
    }


ACCUMULATED = Resource(
    name="accumulatedBalance",
    type="AccumulatedBalance",
    reads="subscription.get_balance",
    rows=Subscription.objects.listed,
    show=show_accumulated,
    key=Id("pk", Subscription),
    owner="customer",
    filters={
        **of_customer("customer"),
        **reference("product", Subscription, "pk", "Product"),
        "logicalResource.id": Filter("msisdn"),
    },
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
