from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from apps.catalog.models import Discounted
from apps.crm.models import Customer
from apps.payments.models import Payment
from bss.core import clock
from bss.core.ids import parse_id
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdModel, PublicIdQuerySet


class OrderState(models.TextChoices):
    """Where an order is in its life."""

    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ProductOrder(LifecycleModel):
    """What a customer asked for, at the price it had then, and how far it is."""

    PREFIX = "ORD"
    NOUN = "order"
    State = OrderState
    LIFECYCLE = Lifecycle(
        "order",
        initial=OrderState.ACKNOWLEDGED,
        transitions={
            OrderState.ACKNOWLEDGED: {
                "submit": OrderState.IN_PROGRESS,
                "cancel": OrderState.CANCELLED,
            },
            OrderState.IN_PROGRESS: {
                "complete": OrderState.COMPLETED,
                "fail": OrderState.FAILED,
                "cancel": OrderState.CANCELLED,
            },
            OrderState.COMPLETED: {},
            OrderState.FAILED: {},
            OrderState.CANCELLED: {},
        },
    )

    customer = models.ForeignKey(
        "crm.Customer", models.PROTECT, related_name="orders", db_index=False
    )
    placed_at = models.DateTimeField(default=clock.now)
    # Until then it may be submitted.
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    # Until when the customer wishes it done; once that is past, somebody is told.
    wanted_by = models.DateTimeField(null=True, blank=True)
    # When it was submitted and the loyalty engine was asked first.
    claimed_at = models.DateTimeField(null=True, blank=True)
    # When somebody was told that it does not move; told once.
    stuck_at = models.DateTimeField(null=True, blank=True)
    msisdn_preference = models.CharField(max_length=15, blank=True, default="")
    notes = models.CharField(max_length=1000, blank=True, default="")
    payment = models.OneToOneField(
        "payments.Payment", models.PROTECT, null=True, blank=True, related_name="order"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state"),
            models.CheckConstraint(
                condition=Q(state=OrderState.COMPLETED, completed_at__isnull=False)
                | (~Q(state=OrderState.COMPLETED) & Q(completed_at=None)),
                name="order_completed_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[OrderState.IN_PROGRESS, OrderState.COMPLETED])
                | Q(payment__isnull=False),
                name="order_under_way_is_paid_for",
            ),
        ]
        indexes = [
            models.Index("customer", F("id").desc(), name="order_by_customer"),
            models.Index("state", F("id").desc(), name="order_by_state"),
            models.Index(fields=["state_changed_at"], name="order_changed"),
            models.Index(
                fields=["state_changed_at"],
                name="order_waiting",
                condition=Q(state=OrderState.IN_PROGRESS, stuck_at=None),
            ),
            models.Index(
                fields=["expires_at"],
                name="order_expiring",
                condition=Q(state=OrderState.ACKNOWLEDGED),
            ),
        ]

    @property
    def owner(self) -> str:
        """The public id of the customer who placed it."""
        return str(Customer.public_id_of(self.customer_id))

    @property
    def is_under_way(self) -> bool:
        """True from its submission until it is decided."""
        return self.state == OrderState.IN_PROGRESS

    @property
    def awaits(self) -> str:
        """The step of its payment whose outcome is still to come; empty when there is none."""
        return self.payment.awaiting if self.payment else ""

    def is_late(self, moment: datetime, patience: timedelta) -> bool:
        """True for an order under way that takes too long, or longer than its customer wished."""
        late = self.wanted_by is not None and self.wanted_by <= moment
        return self.is_under_way and (late or self.state_changed_at <= moment - patience)

    def lapsed_at(self, moment: datetime) -> bool:
        """True when it may not be submitted any more, swept or not."""
        return self.state == OrderState.ACKNOWLEDGED and self.expires_at <= moment


class ProductOrderItemQuerySet(PublicIdQuerySet):
    def lock_paid_with(self, payment_id: str) -> ProductOrderItem:
        """The item that a payment is for, its order locked, the payment as it was before.

        One statement, because every order is settled twice. Of the three rows the item never
        changes meanwhile and the order is read anew once its lock is there.
        """
        key = parse_id(payment_id, Payment.PREFIX, "payment")
        items = self.select_related("order__payment")
        found: ProductOrderItem = items.select_for_update(of=("order",), no_key=True).get(
            order__payment=key
        )
        return found


class ProductOrderItem(PublicIdModel, Discounted):
    """One thing an order is about, with the price and the discount it was offered at."""

    PREFIX = "OI"
    NOUN = "order_item"

    class Action(models.TextChoices):
        """What is to happen with the product."""

        ADD = "add"

    order = models.ForeignKey(ProductOrder, models.PROTECT, related_name="items")
    action = models.CharField(max_length=10, choices=Action.choices, default=Action.ADD)
    offering = models.ForeignKey(
        "catalog.ProductOffering", models.PROTECT, related_name="+", db_index=False
    )
    price = models.ForeignKey(
        "catalog.ProductOfferingPrice", models.PROTECT, related_name="+", db_index=False
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # The line that it led to.
    subscription = models.ForeignKey(
        "subscription.Subscription", models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip

    objects: ClassVar[Any] = ProductOrderItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(action__in=["add"]), name="order_item_action"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="order_item_amount"),
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(action="add"), name="one_order_adds_a_line"
            ),
        ]
