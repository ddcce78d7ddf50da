"""In and out of service: the line's state, and what the network is told about it."""

from __future__ import annotations

from typing import Literal

from apps.catalog import queries as catalog
from apps.provisioning import operations as provisioning
from apps.provisioning.models import Service
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
    line.move("block", reason=reason)
    announce(line, SubscriptionBlocked, f"is blocked because {WHY[reason]}", reason=str(reason))


def unblock(line: Subscription, reason: str) -> None:
    """Put a blocked line back into service."""
    if line.state == Subscription.State.BLOCKED:
        line.move("unblock")
        announce(line, SubscriptionUnblocked, f"is back in service after a {reason}", reason=reason)


Action = Literal["block", "unblock", "change", "terminate"]


@operation("subscription.reconfigure", internal=True)
def reconfigure(*, subscription_id: str, action: Action) -> str | None:
    """Ask the network to block, unblock, change or remove a line; answers the service order.

    What the catalog maps no task to, and a line the network never heard of, it need not know.
    """
    line: Subscription = Subscription.objects.get_by_id(subscription_id)
    if not known_to_network(line):
        return None
    mapping = catalog.service_mapping(line.offering_id)
    tasks = mapping.tasks.get(action) if mapping else None
    if not mapping or not tasks:
        return None
    order = provisioning.open_service_order(
        owner=line.public_id,
        order_id="",
        action=action,
        cfs_spec_id=mapping.cfs_spec_id,
        rfs_spec_ids=list(mapping.rfs_spec_ids),
        task_types=list(tasks),
        characteristics=characteristics_of(line),
    )
    return order.public_id


def known_to_network(line: Subscription) -> bool:
    """True when services were ever set up for a line."""
    return Service.objects.filter(owner=line.public_id).exists()


def characteristics_of(line: Subscription) -> dict[str, str]:
    """What the network must know about a line."""
    return {
        "msisdn": line.msisdn,
        "iccid": line.iccid,
        "customer_id": line.owner,
        "offering_id": line.offering_id,
    }
