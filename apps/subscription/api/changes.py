"""TMF654: corrections, transfers and reservations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from apps.subscription.models import BalanceChange, Subscription
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import AnyFilter, Filter, Id, Moment, Words
from bss.tmf.resources import Changed, Create, Resource, Step, each
from bss.tmf.shapes import Extras

from .parts import OF_LINE, BalanceExtras, BalanceIn, of_line, place, quantity

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
    type_name="AdjustBalance",
    reads="bucket.list_changes",
    rows=changes_by("adjust"),
    show=each(show_change),
    key=Id("pk", BalanceChange),
    owner="subscription__customer",
    filters=CHANGE_FILTERS,
    create=Create(BalanceIn, adjust),
    extras=BalanceExtras,
    writes="bucket.adjust",
)
TRANSFER = replace(
    ADJUST,
    name="transferBalance",
    type_name="TransferBalance",
    rows=changes_by("transfer"),
    create=Create(BalanceIn, transfer),
    writes="bucket.transfer",
)
RESERVE = replace(
    ADJUST,
    name="reserveBalance",
    type_name="ReserveBalance",
    rows=changes_by("reserve"),
    create=Create(BalanceIn, reserve),
    changes={"status": end_reserve},
    writes="bucket.reserve",
    delete=lambda public_id: [Step("bucket.release", {"change_id": public_id})],
)
ACTION = replace(
    ADJUST,
    name="balanceAction",
    type_name="BalanceAction",
    rows=lambda: BalanceChange.objects.select_related("subscription"),
    create=None,
    extras=Extras,
    writes="",
)
