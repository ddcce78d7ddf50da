"""What happens to orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """What every event of an order tells."""

    name: ClassVar[str] = ""
    agreed: ClassVar[frozenset[str]] = frozenset({"offering_id"})
    order_id: str
    customer_id: str
    offering_id: str
    subscription_id: str  # empty before the order was submitted


@dataclass(frozen=True, kw_only=True)
class OrderAcknowledged(OrderEvent):
    """An order was taken and holds its price."""

    name: ClassVar[str] = "order.acknowledged"
    price_id: str
    amount: str
    discount: str
    currency: str
    msisdn_preference: str


@dataclass(frozen=True, kw_only=True)
class OrderInProgress(OrderEvent):
    """An order was submitted: its line is set up and its payment asked for."""

    name: ClassVar[str] = "order.in_progress"
    price_id: str
    amount: str
    discount: str
    currency: str
    msisdn: str
    payment_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionNotApplied(OrderEvent):
    """The loyalty engine said no or nothing; the order goes on at the full price."""

    name: ClassVar[str] = "order.promo_not_applied"
    promotion_id: str
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(OrderEvent):
    """The line of an order is paid and in service."""

    name: ClassVar[str] = "order.completed"
    payment_id: str


@dataclass(frozen=True, kw_only=True)
class OrderFailed(OrderEvent):
    """An order came to nothing; everything it had taken was given back."""

    name: ClassVar[str] = "order.failed"
    cause: str  # payment, network or person
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """An order was called off or not submitted in time; nothing was charged."""

    name: ClassVar[str] = "order.cancelled"
    cause: str  # person or expiry
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderStuck(OrderEvent):
    """An order does not move and a person must look; told once."""

    name: ClassVar[str] = "order.stuck"
    since: str
