"""Cards on file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdQuerySet


class PaymentMethodState(models.TextChoices):
    PENDING = "pending"
    ACTIVE = "active"
    REFUSED = "refused"
    EXPIRED = "expired"
    REMOVED = "removed"


class PaymentMethodQuerySet(PublicIdQuerySet):
    def active(self) -> PaymentMethodQuerySet:
        return self.filter(state=PaymentMethodState.ACTIVE)

    def kept(self) -> PaymentMethodQuerySet:
        """Cards that count against the limit: those in use and those being attached."""
        return self.filter(state__in=[PaymentMethodState.ACTIVE, PaymentMethodState.PENDING])


class PaymentMethod(LifecycleModel):
    """A card on file: what the processor calls it and what a person may see of it."""

    SECRETS = frozenset({"token", "payer"})

    PREFIX = "PM"
    NOUN = "payment_method"
    LIFECYCLE = Lifecycle(
        "payment_method",
        initial=PaymentMethodState.PENDING,
        transitions={
            PaymentMethodState.PENDING: {
                "confirm": PaymentMethodState.ACTIVE,
                "refuse": PaymentMethodState.REFUSED,
            },
            PaymentMethodState.ACTIVE: {
                "expire": PaymentMethodState.EXPIRED,
                "remove": PaymentMethodState.REMOVED,
            },
            PaymentMethodState.EXPIRED: {"remove": PaymentMethodState.REMOVED},
        },
    )

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="payment_methods")
    kind = models.CharField(max_length=20, default="card")
    provider = models.CharField(max_length=20)
    token = models.CharField(max_length=120)
    # The processor's own name for the payer, where it has one.
    payer = models.CharField(max_length=80, blank=True, default="")
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    exp_month = models.SmallIntegerField()
    exp_year = models.SmallIntegerField()
    holder = models.CharField(max_length=120, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    is_default = models.BooleanField(default=False)
    # When its holder was told that it is about to expire.
    warned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = PaymentMethodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PaymentMethodState.values), name="payment_method_state"
            ),
            models.CheckConstraint(
                condition=Q(exp_month__range=(1, 12)), name="payment_method_exp_month"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(state=PaymentMethodState.ACTIVE),
                name="payment_method_default_is_active",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_default=True), name="one_default_card"
            ),
            # A removed card may be added again.
            models.UniqueConstraint(
                fields=["provider", "token"],
                condition=Q(state__in=[PaymentMethodState.ACTIVE, PaymentMethodState.PENDING]),
                name="payment_method_token",
            ),
        ]

        indexes = [
            models.Index(
                fields=["exp_year", "exp_month"],
                name="payment_method_to_warn",
                condition=Q(state=PaymentMethodState.ACTIVE, warned_at=None),
            ),
        ]

    @property
    def label(self) -> str:
        """How a person recognises the card."""
        return f"{self.brand.title()} …{self.last4}"
