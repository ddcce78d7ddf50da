"""Orders, each with the tree of what it led to."""

from collections.abc import Callable
from typing import Any

from apps.cockpit.console.cells import ident, linked, moment, money, phrase, state, text
from apps.cockpit.console.screen import (
    Column,
    Listing,
    Page,
    Row,
    Rows,
    Screen,
    Section,
    Verb,
    by_field,
    can,
    show,
)
from apps.cockpit.queries.sight import parsed
from apps.ordering import queries
from apps.ordering.models import OrderState, ProductOrder

ME = {"order_id": "id"}
LIFE = ProductOrder.LIFECYCLE


def first(path: str) -> Callable[[Row], Any]:
    """A value of an order's item."""
    return lambda row: row["items"][0].get(path) if row["items"] else None


def rows() -> Rows:
    """Orders with their items."""
    return ProductOrder.objects.prefetch_related("items")


def find(found: Rows, words: str) -> Rows:
    """Orders by id, or all of a customer."""
    digits = int("0" + "".join(filter(str.isdigit, words))[:18])
    if words.upper().startswith("CUST-"):
        return found.filter(customer=digits)
    return found.filter(pk=digits)


def note(row: Row) -> str:
    """What keeps it, or what ended it."""
    if row["stuckSince"]:
        return "Stuck: no progress for longer than usual."
    return str(row["stateReason"] or "").replace("_", " ") if row["state"] == "failed" else ""


def branches(answer: Row) -> dict[str, Any]:
    """The tree of an order: items, service orders with their tasks, services."""
    below = answer["_extras"]
    tasks = [{**task, "took": took(task)} for task in below["tasks"]]
    orders = [
        {**order, "tasks": [task for task in tasks if task["serviceOrderId"] == order["id"]]}
        for order in below["serviceOrders"]
    ]
    return {
        "items_of_order": answer["items"],
        "service_orders": orders,
        "services": below["services"],
    }


def took(task: Row) -> str:
    """How long a task took."""
    if not (task["startedAt"] and task["completedAt"]):
        return ""
    span = parsed(task["completedAt"]) - parsed(task["startedAt"])
    return f"{span.total_seconds():.1f} s"


tree = Section(
    name="tree",
    title="From order to network",
    read="order.tree",
    args={"order_id": "subject"},
    template="cockpit/_tree.html",
    pick=branches,
    wide=True,
)
events = Section(
    name="events",
    title="What happened",
    read="events.list",
    args={"aggregate_id": "subject"},
    fixed={"limit": 20},
    columns=(
        Column("When", "occurredAt", moment),
        Column("Event", "eventType", text),
        Column("What", "summary", text),
    ),
    wide=True,
)

show(
    Screen(
        name="orders",
        title="Orders",
        group="Selling",
        prefix=ProductOrder.PREFIX,
        also="product orders sales TMF622",
        listing=Listing(
            may="order.list",
            rows=rows,
            shapes=lambda found: queries.shown([(one, list(one.items.all())) for one in found]),
            find=find,
            hint="Order id or customer id",
            empty="No order fits. Clear the filters, or sell a plan from a customer's page.",
            filters=(by_field("state", "State", OrderState.values),),
            columns=(
                Column("Order", "id", ident),
                Column("Customer", "customerId", ident),
                Column("Plan", first("offeringId"), linked("offerings")),
                Column("Price", first("effectiveAmount"), money, right=True),
                Column("State", "state", state),
                Column("Why", "stateReason", phrase),
                Column("Placed", "orderDate", moment),
                Column("Completed", "completedDate", moment),
            ),
        ),
        page=Page(
            read="order.get",
            argument="order_id",
            title=lambda row: f"{row['items'][0]['offeringId']} for {row['customerId']}",
            note=note,
            facts=(
                Column("Id", "id", ident),
                Column("Customer", "customerId", ident),
                Column("Line", first("targetSubscriptionId"), ident),
                Column("Price", first("effectiveAmount"), money),
                Column("Payment", "paymentId", ident),
                Column("Placed", "orderDate", moment),
                Column("Completed", "completedDate", moment),
            ),
            verbs=(
                Verb("order.submit", "Submit", ME, when=can(LIFE, "submit"), first=True),
                Verb("order.cancel", "Cancel", ME, when=can(LIFE, "cancel"), first=True),
                Verb("order.give_up", "Give up", ME, when=lambda row: bool(row["stuckSince"])),
            ),
            sections=(tree, events),
        ),
    )
)
