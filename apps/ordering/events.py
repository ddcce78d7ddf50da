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


@dataclass(frozen=True, kw_only=True)
class PortEvent(Event):
    """What every event of a port request tells."""

    name: ClassVar[str] = ""
    port_request_id: str
    direction: str
    donor_carrier: str
    donor_msisdn: str
    target_subscription_id: str  # empty for a number that joins the pool
    customer_id: str  # empty likewise
    requested_port_date: str


@dataclass(frozen=True, kw_only=True)
class PortRequestCreated(PortEvent):
    """Somebody wants a number to change its operator."""

    name: ClassVar[str] = "port_request.created"


@dataclass(frozen=True, kw_only=True)
class PortRequestSubmitted(PortEvent):
    """The other operator was asked."""

    name: ClassVar[str] = "port_request.submitted"
    attempt: int


@dataclass(frozen=True, kw_only=True)
class PortRequestValidated(PortEvent):
    """The other operator agreed; the number moves on the day."""

    name: ClassVar[str] = "port_request.validated"


@dataclass(frozen=True, kw_only=True)
class PortRequestDeclined(PortEvent):
    """The other operator refused; what is wrong can be corrected and sent again."""

    name: ClassVar[str] = "port_request.declined"
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PortRequestApproved(PortEvent):
    """A person completed it by hand, whatever the other operator said."""

    name: ClassVar[str] = "port_request.approved"


@dataclass(frozen=True, kw_only=True)
class PortRequestCompleted(PortEvent):
    """The number changed its operator."""

    name: ClassVar[str] = "port_request.completed"


@dataclass(frozen=True, kw_only=True)
class PortRequestRejected(PortEvent):
    """It will not take place."""

    name: ClassVar[str] = "port_request.rejected"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PortRequestExpired(PortEvent):
    """It was not sent, or not corrected, in time."""

    name: ClassVar[str] = "port_request.expired"


@dataclass(frozen=True, kw_only=True)
class PortRequestStuck(PortEvent):
    """It does not move and a person must look; told once until it moves again."""

    name: ClassVar[str] = "port_request.stuck"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PortReleasedInVain(PortEvent):
    """The other operator let go of a number that nobody waits for any more; a person must look."""

    name: ClassVar[str] = "port_request.released_in_vain"


@dataclass(frozen=True, kw_only=True)
class PortMessageReceived(Event):
    """The clearing house said something new about a port request."""

    name: ClassVar[str] = "port_request.message_received"
    message_key: int
    port_request_id: str
    kind: str  # accepted, declined or released
