"""What is bought for lines: periods and top-ups."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Cast, Substr

from apps.payments.models import Payment
from apps.subscription import rules
from bss.core import clock
from bss.core.errors import NotFound
from bss.core.ids import parse_id
from bss.core.models import PublicIdModel
from bss.core.models.base import noun_of

from .lines import OfALineQuerySet, Subscription


class Attempt(models.TextChoices):
    """How a paid addition to a line stands."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    REFUNDED = "refunded"


class PurchaseQuerySet(OfALineQuerySet):
    """What a payment is for, found by it and locked by its line."""

    def lock_paid_by(self, payment_id: str) -> Any:
        """The purchase that a payment is for, with its line locked; its key is what tells."""
        key = parse_id(payment_id, Payment.PREFIX, "payment")
        asked = self.with_line().locking().filter(self.paid_by(Payment.objects.filter(pk=key)))
        if not (found := list(asked)):
            raise NotFound(noun_of(self.model), payment_id)
        return found[0]

    def paid_by(self, payment: QuerySet[Payment]) -> Q:
        """What finds the purchase of a payment."""
        number = Cast(Substr("key", len(self.model.KEY) + 1), models.BigIntegerField())
        return Q(pk=Subquery(payment.values(number=number)))


class RenewalQuerySet(PurchaseQuerySet):
    def with_line(self) -> Self:
        """Renewals with the line and the plan that they are for."""
        return self.select_related("subscription", "offering")

    def paid_by(self, payment: QuerySet[Payment]) -> Q:
        """Their key is that of the payment."""
        return Q(key=Subquery(payment.values("key")))


class Renewal(models.Model):
    """One period of a line and the payment it is opened by: one charge per period."""

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="renewals", db_index=False
    )
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    # What the period is sold at: the snapshot, or the change that was due at its start.
    offering = models.ForeignKey(
        "catalog.ProductOffering", models.PROTECT, related_name="+", db_index=False
    )
    price = models.ForeignKey(
        "catalog.ProductOfferingPrice", models.PROTECT, related_name="+", db_index=False
    )
    amount = models.BigIntegerField()
    # How much more it would be without the line's discount.
    discount = models.BigIntegerField(default=0, db_default=0)
    # The payment's key: whatever comes of the payment finds the period by it.
    key = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=Attempt.choices, default=Attempt.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = RenewalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "period_start"], name="one_renewal_per_period"
            ),
            models.CheckConstraint(condition=Q(state__in=Attempt.values), name="renewal_state"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def over(self) -> bool:
        """True once nothing can be served of it any more."""
        return self.period_end <= clock.now()

    def settle(self, state: Attempt) -> None:
        """Write down what became of it."""
        self.state, self.settled_at = state, clock.now()
        self.save(update_fields=["state", "settled_at"])


class TopUp(PublicIdModel):
    """A purchase of more for a line, as it was sold."""

    PREFIX = "TOP"
    NOUN = "top_up"
    # What the keys of their payments begin with, before the number.
    KEY = f"topup/{PREFIX}-"

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="top_ups")
    offering = models.ForeignKey(
        "catalog.VasOffering", models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    quantity = models.BigIntegerField()
    # Hours it lasts from the moment it is paid; None lasts to the end of the period.
    lasts_hours = models.IntegerField(null=True, blank=True)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=Attempt.choices, default=Attempt.OPEN)
    # The roaming zone it is good in; everywhere when empty.
    zone = models.CharField(max_length=20, blank=True, default="", db_default="")
    # Bought by itself, as its owner wished it once.
    automatic = models.BooleanField(default=False, db_default=False)
    bought_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Attempt.values), name="top_up_state"),
            models.CheckConstraint(condition=Q(kind__in=rules.KINDS), name="top_up_kind"),
        ]

    @property
    def key(self) -> str:
        """The key of its payment and the source of its grant."""
        return f"topup/{self.public_id}"
