"""What happens to lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SubscriptionEvent(Event):
    """What every event of a line tells."""

    name: ClassVar[str] = ""
    agreed: ClassVar[frozenset[str]] = frozenset(
        {"offering_id", "new_offering_id", "vas_offering_id", "old_price_id", "new_price_id"}
    )
    subscription_id: str
    customer_id: str
    msisdn: str
    offering_id: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionPrepared(SubscriptionEvent):
    """A line was set up for an order and waits to be paid."""

    name: ClassVar[str] = "subscription.prepared"
    order_id: str
    iccid: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionActivated(SubscriptionEvent):
    """The line is in service for the first time."""

    name: ClassVar[str] = "subscription.activated"
    plan: str
    order_id: str
    iccid: str
    payment_id: str
    amount_charged: str
    currency: str
    period_start: str
    period_end: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionAbandoned(SubscriptionEvent):
    """A line that never came into service was given up."""

    name: ClassVar[str] = "subscription.abandoned"
    order_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UsageThresholdReached(SubscriptionEvent):
    """Much of what was granted of a kind is used; told once per threshold."""

    name: ClassVar[str] = "subscription.threshold_reached"
    kind: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class SubscriptionExhausted(SubscriptionEvent):
    """Nothing is left of a kind."""

    name: ClassVar[str] = "subscription.exhausted"
    kind: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionBlocked(SubscriptionEvent):
    """The line is out of service until somebody pays."""

    name: ClassVar[str] = "subscription.blocked"
    reason: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionUnblocked(SubscriptionEvent):
    """The line is in service again."""

    name: ClassVar[str] = "subscription.unblocked"
    reason: str


@dataclass(frozen=True, kw_only=True)
class VasPurchased(SubscriptionEvent):
    """A top-up was paid and can be used."""

    name: ClassVar[str] = "subscription.vas_purchased"
    top_up_id: str
    vas_offering_id: str
    vas_name: str
    kind: str
    quantity: int  # in the unit people use, -1 when unlimited
    unit: str
    payment_id: str
    amount_charged: str
    currency: str
    expires_at: str
    brought_back: bool = False  # whether the line was out of service until then


@dataclass(frozen=True, kw_only=True)
class VasPurchaseFailed(SubscriptionEvent):
    """A top-up was not paid; nothing was given."""

    name: ClassVar[str] = "subscription.vas_purchase_failed"
    top_up_id: str
    vas_offering_id: str
    vas_name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class GrantRevoked(SubscriptionEvent):
    """What was left of something granted was taken back."""

    name: ClassVar[str] = "subscription.grant_revoked"
    source: str
    kind: str
    quantity: int  # in bytes, seconds or messages
    reason: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionRenewed(SubscriptionEvent):
    """The next period is paid and open."""

    name: ClassVar[str] = "subscription.renewed"
    plan: str
    payment_id: str
    amount_charged: str
    currency: str
    period_start: str
    period_end: str


@dataclass(frozen=True, kw_only=True)
class RenewalFailed(SubscriptionEvent):
    """The card was declined, or there is none; the period was not opened."""

    name: ClassVar[str] = "subscription.renew_failed"
    reason: str
    amount: str
    currency: str
    period_start: str


@dataclass(frozen=True, kw_only=True)
class RenewalReminded(SubscriptionEvent):
    """The owner was told that the next charge is near."""

    name: ClassVar[str] = "subscription.renewal_reminded"
    plan: str
    amount: str
    currency: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionTerminated(SubscriptionEvent):
    """The line is gone for good; number and eSIM were given back."""

    name: ClassVar[str] = "subscription.terminated"
    iccid: str
    reason: str
    code: str = "other"


@dataclass(frozen=True, kw_only=True)
class PlanChangeScheduled(SubscriptionEvent):
    """Another plan will begin at the next boundary."""

    name: ClassVar[str] = "subscription.plan_change_scheduled"
    new_offering_id: str
    new_price_id: str
    amount: str
    currency: str
    effective_at: str


@dataclass(frozen=True, kw_only=True)
class PlanChangeCancelled(SubscriptionEvent):
    """The line keeps its plan."""

    name: ClassVar[str] = "subscription.plan_change_cancelled"
    new_offering_id: str


@dataclass(frozen=True, kw_only=True)
class PlanChanged(SubscriptionEvent):
    """The line began its first period under another plan."""

    name: ClassVar[str] = "subscription.plan_changed"
    old_offering_id: str
    price_id: str


@dataclass(frozen=True, kw_only=True)
class PlanChangePaymentFailed(SubscriptionEvent):
    """The first period of another plan was not paid; the change stays pending."""

    name: ClassVar[str] = "subscription.plan_change_payment_failed"
    new_offering_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DiscountEnded(SubscriptionEvent):
    """Another plan or price took the place of the one that was discounted."""

    name: ClassVar[str] = "subscription.discount_ended"
    promotion_id: str


@dataclass(frozen=True, kw_only=True)
class PriceMigrationScheduled(SubscriptionEvent):
    """The plan will cost something else from a date its owner is told."""

    name: ClassVar[str] = "subscription.price_migration_scheduled"
    new_price_id: str
    old_amount: str
    new_amount: str
    currency: str
    effective_at: str
    initiated_by: str


@dataclass(frozen=True, kw_only=True)
class PriceMigrated(SubscriptionEvent):
    """The line began its first period at another price."""

    name: ClassVar[str] = "subscription.price_migrated"
    old_price_id: str
    price_id: str


@dataclass(frozen=True, kw_only=True)
class DeviceChangeEvent(SubscriptionEvent):
    """What every event of a change of device tells."""

    name: ClassVar[str] = ""
    change_id: str
    old_iccid: str
    new_iccid: str


@dataclass(frozen=True, kw_only=True)
class DeviceChangeRequested(DeviceChangeEvent):
    """Somebody asked for a second profile for another device; nothing has changed yet."""

    name: ClassVar[str] = "subscription.device_change_requested"
    by: str


@dataclass(frozen=True, kw_only=True)
class DeviceChangeOffered(DeviceChangeEvent):
    """The second profile can be downloaded."""

    name: ClassVar[str] = "subscription.device_change_offered"
    until: str


@dataclass(frozen=True, kw_only=True)
class DeviceSwitched(DeviceChangeEvent):
    """The second profile was enabled; the network is asked to serve the line by it."""

    name: ClassVar[str] = "subscription.device_switched"


@dataclass(frozen=True, kw_only=True)
class DeviceChanged(DeviceChangeEvent):
    """The line works on its new device and not on the old one any more."""

    name: ClassVar[str] = "subscription.device_changed"
    until: str  # when it cannot be taken back any more


@dataclass(frozen=True, kw_only=True)
class DeviceChangeRolledBack(DeviceChangeEvent):
    """The line returned to its old device."""

    name: ClassVar[str] = "subscription.device_change_rolled_back"
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeviceChangeEnded(DeviceChangeEvent):
    """No second profile is kept any more."""

    name: ClassVar[str] = "subscription.device_change_ended"
    state: str  # closed, cancelled or failed
    reason: str


@dataclass(frozen=True, kw_only=True)
class NumberReplaced(SubscriptionEvent):
    """The line has another number; the one before rests."""

    name: ClassVar[str] = "subscription.number_replaced"
    old_msisdn: str
    reason: str
