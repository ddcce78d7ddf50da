from __future__ import annotations

from typing import Any

from apps.crm.events import CustomerErased
from apps.crm.operations import notify
from apps.ordering import operations
from apps.ordering.events import (
    OrderCancelled,
    OrderEvent,
    OrderFailed,
    PortEvent,
    PortMessageReceived,
    PortRequestCompleted,
    PortRequestDeclined,
    PortRequestValidated,
)
from apps.provisioning.events import ServiceOrderCompleted, ServiceOrderFailed
from apps.subscription.events import SubscriptionTerminated
from apps.subscription.queries import plan_name
from bss.core.events import on


@on(CustomerErased, queue="orders")
def erase_notes(event: CustomerErased) -> None:
    operations.erase_notes(customer_id=event.customer_id)


@on(ServiceOrderCompleted, queue="orders")
def take_the_money(event: ServiceOrderCompleted) -> None:
    if event.action == "activate" and event.order_id:
        operations.capture_activation(order_id=event.order_id)


@on(ServiceOrderFailed, queue="orders")
def undo_the_order(event: ServiceOrderFailed) -> None:
    if event.action == "activate" and event.order_id:
        operations.fail_activation(
            order_id=event.order_id,
            service_order_id=event.service_order_id,
            reason=event.reason,
        )


@on(OrderFailed, queue="mail")
def tell_failed(event: OrderFailed) -> None:
    tell(event, "order_failed", cause=event.cause, reason=event.reason)


@on(OrderCancelled, queue="mail")
def tell_cancelled(event: OrderCancelled) -> None:
    tell(event, "order_cancelled", cause=event.cause)


def tell(event: OrderEvent, template: str, **values: Any) -> None:
    notify(
        customer_id=event.customer_id,
        template=template,
        key=f"{template}/{event.order_id}",
        values={"order": event.order_id, "plan": plan_name(event.offering_id), **values},
    )


@on(SubscriptionTerminated, queue="orders")
def end_ports(event: SubscriptionTerminated) -> None:
    operations.end_ports_of(subscription_id=event.subscription_id)


@on(PortMessageReceived, queue="orders")
def act_on_message(event: PortMessageReceived) -> None:
    operations.act_on_message(message_key=event.message_key)


@on(PortRequestValidated, queue="mail")
def tell_port_date(event: PortRequestValidated) -> None:
    # Of a number that leaves its owner must hear before it is gone.
    tell_port(event, "port_in_agreed" if event.direction == "port_in" else "port_out_agreed")


@on(PortRequestDeclined, queue="mail")
def tell_port_declined(event: PortRequestDeclined) -> None:
    tell_port(event, "port_declined", reason=event.reason)


@on(PortRequestCompleted, queue="mail")
def tell_port_completed(event: PortRequestCompleted) -> None:
    # A line that ends has a mail of its own.
    if event.direction == "port_in":
        tell_port(event, "port_in_completed")


def tell_port(event: PortEvent, template: str, **values: Any) -> None:
    if not event.customer_id:
        return
    notify(
        customer_id=event.customer_id,
        template=template,
        key=f"{template}/{event.port_request_id}/{event.record.id}",
        values={
            "msisdn": event.donor_msisdn,
            "carrier": event.donor_carrier,
            "due": event.requested_port_date,
            **values,
        },
    )
