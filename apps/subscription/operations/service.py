"""In and out of service: the line's state, and what the network is told about it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from apps.catalog import queries as catalog
from apps.provisioning import operations as provisioning
from apps.provisioning.models import ServiceOrder
from apps.subscription.events import SubscriptionBlocked, SubscriptionUnblocked
from apps.subscription.models import BlockReason, Subscription
from bss.core.operations import operation

from .facts import announce

WHY = {
    BlockReason.EXHAUSTED: "its data is used up",
    BlockReason.PAYMENT_FAILED: "its renewal was not paid",
}


def block(line: Subscription, reason: BlockReason) -> None:
    """Take a line out of service; money owed replaces an empty bundle as the reason."""
    if line.state_reason == reason and line.state == Subscription.State.BLOCKED:
        return
    if line.is_suspended:
        return  # it is stopped already; what it lacks counts when it comes back
    line.move("block", reason=reason)
    announce(line, SubscriptionBlocked, f"is blocked because {WHY[reason]}", reason=str(reason))


def unblock(line: Subscription, reason: str) -> None:
    """Put a blocked line back into service."""
    if line.state == Subscription.State.BLOCKED:
        line.move("unblock")
        announce(line, SubscriptionUnblocked, f"is back in service after a {reason}", reason=reason)


Action = Literal["block", "unblock", "change", "terminate"]
# What the network should have been asked for last, by the state of the line.
WANTED: dict[str, tuple[Action, tuple[str, ...]]] = {
    Subscription.State.BLOCKED: ("block", ("block",)),
    Subscription.State.SUSPENDED: ("block", ("block",)),
    Subscription.State.ACTIVE: ("unblock", ("unblock", "activate")),
}


@operation("subscription.align_service", internal=True)
def align_service(*, subscription_id: str) -> None:
    """Ask the network to block or unblock a line if it was not asked for what the line is now.

    What counts is the state of the line and not which event came first: two events of a line may
    be handled in either order.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    wanted = WANTED.get(line.state)
    asked = last_asked(line)
    if wanted is None or asked is None:
        return
    action, good = wanted
    if asked.action not in good or asked.state == ServiceOrder.State.FAILED:
        ask_network(line, action)


@operation("subscription.change_service", internal=True)
def change_service(*, subscription_id: str) -> None:
    """Ask the network to serve a line by its new plan."""
    line: Subscription = Subscription.objects.lock(subscription_id)
    if line.is_live and last_asked(line) is not None:
        ask_network(line, "change")


@operation("subscription.push_balance", internal=True)
def push_balance(*, subscription_id: str, bought_at: datetime, brought_back: bool) -> None:
    """Tell the network that a line in service has more than before.

    What also brought the line back is told with the order that unblocks it.
    """
    line: Subscription = Subscription.objects.lock(subscription_id)
    asked = last_asked(line)
    if line.state != Subscription.State.ACTIVE or asked is None:
        return
    if not (brought_back and tells_of(asked, bought_at)):
        ask_network(line, "change")


def tells_of(asked: ServiceOrder, bought_at: datetime) -> bool:
    """True when the order that puts a line back tells what it bought, or is still to be opened."""
    if asked.action == ServiceOrder.Action.UNBLOCK:
        return bool(asked.created_at >= bought_at)
    return bool(asked.action == ServiceOrder.Action.BLOCK)


def last_asked(line: Subscription) -> ServiceOrder | None:
    """What decides whether the network serves a line; None when it never heard of the line."""
    orders = ServiceOrder.objects.of(line.public_id).exclude(action__in=("change", "replace"))
    orders = orders.exclude(state=ServiceOrder.State.CANCELLED)
    last: ServiceOrder | None = orders.order_by("-id").first()
    return last


def remove_from_network(line: Subscription) -> None:
    """Ask the network to forget a line, if it ever heard of it."""
    if last_asked(line) is not None:
        ask_network(line, "terminate")


def ask_network(line: Subscription, action: Action) -> None:
    """Open a service order, unless the catalog maps no task to it."""
    mapping = catalog.service_mapping(line.offering_id)
    tasks = mapping.tasks.get(action) if mapping else None
    if mapping and tasks:
        provisioning.open_service_order(
            owner=line.public_id,
            action=action,
            cfs_spec_id=mapping.cfs_spec_id,
            rfs_spec_ids=list(mapping.rfs_spec_ids),
            task_types=list(tasks),
            characteristics=characteristics_of(line),
        )


def characteristics_of(line: Subscription) -> dict[str, str]:
    """What the network must know about a line."""
    return {
        "msisdn": line.msisdn,
        "iccid": line.iccid,
        "customer_id": line.owner,
        "offering_id": line.offering_id,
    }
