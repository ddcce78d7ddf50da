"""The tree of an order: what was sold, what the network had to do for it, how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from . import frames
from .frames import Sight, parsed
from .line import named

Data = Mapping[str, Any]
TASK_MARKS = {"completed": "✓", "failed": "✗", "stuck": "⚠", "in_progress": "◐", "pending": "·"}


def order_card(order: Data, sight: Sight, customer: Data | None = None) -> RenderableType:
    """An order; service order, services and tasks below it come in its extras."""
    return frames.card(
        str(order["id"]),
        frames.pairs(facts(order, sight, customer)),
        Text(),
        *(item_tree(item, order.get("_extras") or {}) for item in order.get("items") or []),
        *closing(order),
        state=frames.badge(order.get("state")),
    )


def facts(order: Data, sight: Sight, customer: Data | None) -> Iterator[tuple[str, RenderableType]]:
    """Who ordered, when, and when it was done."""
    yield "Customer", named(customer, order.get("customerId"))
    if order.get("stateReason"):
        yield "Because", Text(str(order["stateReason"]), style=frames.WARN)
    yield "Placed", sight.minute(order.get("orderDate"))
    if order.get("completedDate"):
        yield "Completed", sight.minute(order["completedDate"])
    if order.get("notes"):
        yield "Notes", str(order["notes"])


def item_tree(item: Data, extras: Data) -> Tree:
    """The item with the service orders that serve it."""
    price = price_words(item)
    what = f"{item.get('action', 'add')} {item.get('offeringId')}"
    tree = Tree(Text.assemble((what, "bold"), f"  {price}"))
    for service_order in extras.get("serviceOrders") or []:
        branch = tree.add(labelled("Service order", service_order))
        add_services(branch, extras.get("services") or [], extras.get("tasks") or [])
    if not extras.get("serviceOrders"):
        tree.add(Text("no service order yet", style=frames.QUIET))
    if item.get("targetSubscriptionId"):
        tree.add(Text(f"→ line {item['targetSubscriptionId']}", style=frames.ACCENT))
    return tree


def price_words(item: Data) -> str:
    """The price, and what is taken off it."""
    currency = item.get("priceCurrency")
    price = frames.money(item.get("priceAmount"), currency)
    if not item.get("discountAmount"):
        return price
    total = item.get("discountPeriodsTotal") or 0
    lasts = f", {total} {'period' if total == 1 else 'periods'}" if total > 0 else ", always"
    effective = frames.money(item.get("effectiveAmount"), currency)
    off = frames.money(item["discountAmount"])
    return f"{effective} ({price} less {off} for {item.get('discountCode')}{lasts})"


def add_services(branch: Tree, services: list[Data], tasks: list[Data]) -> None:
    """Customer-facing services, below them the resource-facing ones, below those the tasks."""
    facing = [one for one in services if not one.get("parentServiceId")]
    placed = {str(service["id"]) for service in with_children(services)}
    for service in facing:
        add_service(branch, service, services, tasks)
    for task in tasks:
        if str(task.get("serviceId")) not in placed:
            branch.add(task_words(task))


def add_service(branch: Tree, service: Data, services: list[Data], tasks: list[Data]) -> None:
    """A service with its tasks and its children."""
    below = branch.add(
        labelled(str(service.get("type") or "service").upper(), service, service.get("specId"))
    )
    for task in tasks:
        if task.get("serviceId") == service["id"]:
            below.add(task_words(task))
    for child in children_of(service, services):
        add_service(below, child, services, tasks)


def children_of(service: Data, services: list[Data]) -> list[Data]:
    """The services below one, whichever way they are told."""
    nested = [child for child in service.get("children") or [] if isinstance(child, Mapping)]
    return nested or [one for one in services if one.get("parentServiceId") == service["id"]]


def with_children(services: Iterable[Data]) -> Iterator[Data]:
    """All services, nested ones too."""
    for service in services:
        yield service
        nested = (one for one in service.get("children") or [] if isinstance(one, Mapping))
        yield from with_children(nested)


def labelled(word: str, thing: Data, name: str | None = None) -> Text:
    """`CFS SVC-000001 SSPEC_… active`"""
    text = Text.assemble((f"{word} ", frames.QUIET), (str(thing["id"]), frames.ACCENT), "  ")
    if name:
        text.append(f"{short(name)}  ")
    return text.append_text(frames.state_text(thing.get("state")))


def short(spec: str) -> str:
    """A specification without the prefix everybody has."""
    for prefix in ("SSPEC_CFS_", "SSPEC_RFS_", "SSPEC_"):
        if spec.startswith(prefix):
            return spec.removeprefix(prefix).replace("_", " ").lower()
    return spec


def task_words(task: Data) -> Text:
    """`✓ HLR_PROVISION  0.4 s`, with a warning where it took more than one attempt."""
    state = str(task.get("state"))
    style = frames.STATE_STYLES.get(state, frames.QUIET)
    text = Text.assemble((f"{TASK_MARKS.get(state, '·')} ", style), str(task.get("taskType")))
    text.append(f"  {duration(task)}" if duration(task) else "", style=frames.QUIET)
    if state not in ("completed", "pending"):
        text.append(f"  {state.replace('_', ' ')}", style=style)
    if int(task.get("attempts") or 0) > 1:
        text.append(f"  ⚠ {task['attempts']} attempts", style=frames.WARN)
    if task.get("lastError") and state != "completed":
        text.append(f"  {task['lastError']}", style=frames.BAD)
    return text


def duration(task: Data) -> str:
    """How long the task took."""
    if not task.get("startedAt") or not task.get("completedAt"):
        return ""
    seconds = (parsed(task["completedAt"]) - parsed(task["startedAt"])).total_seconds()
    return f"{seconds:.1f} s" if seconds else ""


def closing(order: Data) -> Iterator[RenderableType]:
    """One line that sums it up."""
    tasks = (order.get("_extras") or {}).get("tasks")
    if not tasks:
        return
    failed = sum(task.get("state") in ("failed", "stuck") for task in tasks)
    repeated = sum(int(task.get("attempts") or 0) > 1 for task in tasks)
    words = [f"{len(tasks)} tasks", f"{failed} failed or stuck", f"{repeated} repeated"]
    if order.get("completedDate") and order.get("orderDate"):
        seconds = (parsed(order["completedDate"]) - parsed(order["orderDate"])).total_seconds()
        words.append(f"{seconds:.1f} s from order to active")
    yield Text("\n" + " · ".join(words), style=frames.QUIET)


def order_table(orders: list[Data], sight: Sight) -> RenderableType:
    """Orders, one a row."""
    table = frames.rows("order", "customer", "plan", "state", "placed", "completed")
    for order in orders:
        table.add_row(
            Text(str(order["id"]), style=frames.ACCENT),
            str(order.get("customerId")),
            ", ".join(str(item.get("offeringId")) for item in order.get("items") or []),
            frames.state_text(order.get("state")),
            sight.minute(order.get("orderDate")),
            sight.minute(order.get("completedDate")),
        )
    return table


def task_table(tasks: list[Data], sight: Sight) -> RenderableType:
    """Network tasks, one a row."""
    table = frames.rows("task", "what", "state", "attempts", "last error", right=("attempts",))
    for task in tasks:
        table.add_row(
            Text(str(task["id"]), style=frames.ACCENT),
            Text.assemble(str(task.get("taskType")), (f"\n{task.get('serviceId')}", frames.QUIET)),
            frames.state_text(task.get("state")),
            f"{task.get('attempts', 0)}/{task.get('maxAttempts', '–')}",
            str(task.get("lastError") or ""),
        )
    return table
