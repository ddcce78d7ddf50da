"""The saga of a new line: authorised, provisioned, captured; or undone."""

from __future__ import annotations

from apps.catalog import queries as catalog
from apps.ordering import policies, queries
from apps.ordering.events import OrderCompleted, OrderFailed
from apps.ordering.models import ProductOrder, ProductOrderItem
from apps.payments import operations as payments
from apps.payments.models import Payment, PaymentState
from apps.payments.operations import settles
from apps.provisioning import operations as provisioning
from apps.provisioning import queries as network
from apps.subscription import operations as subscription
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.operations import operation

from .facts import announce, line_of

UNPAID = (PaymentState.DECLINED, PaymentState.VOIDED)


@settles("activation")
@operation("order.settle_activation", internal=True, effect="charge")
def settle_activation(*, payment_id: str, outcome: Outcome) -> None:
    """Take an order one step on, or undo it, as its payment went.

    Locks the order, then whatever the step needs, then the payment.
    """
    item: ProductOrderItem = ProductOrderItem.objects.lock_paid_with(payment_id)
    order = item.order
    if order.is_under_way and outcome.succeeded and order.awaits == "capture":
        # Before the payment, because its receipt holds a counter that all captures wait for.
        subscription.activate(subscription_id=line_of(item), payment_id=payment_id)
    moved = payments.record_outcome(
        payment_id=payment_id,
        outcome=outcome,
        served_by=line_of(item) if order.is_under_way else "",
    )
    if moved is not None and order.is_under_way:
        go_on(item, moved)
    elif moved is not None:
        give_back(moved, outcome)


def go_on(item: ProductOrderItem, payment: Payment) -> None:
    """The next step of an order under way; nothing while the payment has no answer."""
    if payment.state == PaymentState.AUTHORISED:
        provision(item)
    elif payment.state == PaymentState.CAPTURED:
        complete(item)
    elif payment.state in UNPAID:
        fail(item, "payment", payment.state_reason or payment.state)


def give_back(payment: Payment, outcome: Outcome) -> None:
    """Return what came too late: a reserved amount is released, a taken one refunded."""
    reason = "The order had ended."
    if payment.state == PaymentState.CAPTURED:
        payments.refund_unserved(payment_id=payment.public_id, reason=reason)
    elif payment.state == PaymentState.AUTHORISED and outcome.succeeded:
        payments.void(payment_id=payment.public_id, reason=reason)


def provision(item: ProductOrderItem) -> None:
    """Have the network set up the line; a plan that means nothing to it cannot be sold."""
    mapping = catalog.service_mapping(item.offering_id)
    tasks = mapping.tasks.get("activate") if mapping else None
    if not mapping or not tasks:
        fail(item, "network", f"{item.offering_id} is mapped to no service.")
        return
    provisioning.open_service_order(
        owner=line_of(item),
        order_id=item.order.public_id,
        action="activate",
        cfs_spec_id=mapping.cfs_spec_id,
        rfs_spec_ids=list(mapping.rfs_spec_ids),
        task_types=list(tasks),
        characteristics={"customer_id": item.order.owner, "offering_id": item.offering_id},
    )


def complete(item: ProductOrderItem) -> None:
    """The line is paid and in service."""
    order = item.order
    order.completed_at = clock.now()
    order.move("complete", also=["completed_at"])
    announce(item, OrderCompleted, "is completed", payment_id=payment_of(order))


def payment_of(order: ProductOrder) -> str:
    """The public id of what pays for an order under way."""
    return str(Payment.public_id_of(order.payment_id))


@operation("order.capture_activation", internal=True, effect="charge")
def capture_activation(*, order_id: str) -> None:
    """Take the money for a line that the network has set up."""
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    if order.is_under_way:
        payments.capture(payment_id=payment_of(order))


@operation("order.fail_activation", internal=True, effect="charge")
def fail_activation(*, order_id: str, service_order_id: str, reason: str) -> None:
    """Undo an order whose line the network could not set up, unless it is trying again."""
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    if order.is_under_way and network.has_failed(service_order_id):
        fail(order.items.get(), "network", reason)


@operation(
    "order.give_up", effect="destructive", roles="supervisor engineer", result=queries.order_view
)
def give_up(*, order_id: str, reason: str) -> ProductOrder:
    """End an order that is stuck for good: nothing is charged and everything is given back."""
    order: ProductOrder = ProductOrder.objects.lock(order_id)
    policies.require_stuck(order)
    fail(order.items.get(), "person", reason)
    return order


def fail(item: ProductOrderItem, cause: str, reason: str) -> None:
    """Undo all that was done for an order: network, number, eSIM, then the reserved amount."""
    subscription.abandon(subscription_id=line_of(item), reason=reason, deprovision=True)
    release_amount(item.order, reason)
    item.order.move("fail", reason)
    announce(item, OrderFailed, f"failed: {reason}", cause=cause, reason=reason)


def release_amount(order: ProductOrder, reason: str) -> None:
    """Void a reserved amount; one that is still on its way is given back when it arrives."""
    payment: Payment = Payment.objects.get_by_id(payment_of(order))
    if payment.state == PaymentState.AUTHORISED and not payment.awaiting:
        payments.void(payment_id=payment.public_id, reason=reason)
