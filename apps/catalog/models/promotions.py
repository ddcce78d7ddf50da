"""What takes something off a price: promotions, who they are for, and each use of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.catalog import rules
from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel

from .plans import Windowed, WindowedQuerySet


class PromotionState(models.TextChoices):
    """Whether new orders may use a promotion."""

    PENDING_LINK = "pending_link"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"


class CodeKind(models.TextChoices):
    """How often a promotion may be used."""

    ONCE_EACH = "single_use_unique_per_customer"
    ONCE = "single_use_shared"
    MANY = "multi_use"


class Promotion(LifecycleModel, Windowed):
    """Money off a plan's price for some periods, by a code that is typed or for chosen customers.

    Its row is the lock of its code: every use is counted under it.
    """

    NOUN = "promotion"
    State = PromotionState
    LIFECYCLE = Lifecycle(
        "promotion",
        initial=PromotionState.PENDING_LINK,
        transitions={
            PromotionState.PENDING_LINK: {
                "open": PromotionState.ACTIVE,
                "exhaust": PromotionState.EXHAUSTED,
            },
            PromotionState.ACTIVE: {"exhaust": PromotionState.EXHAUSTED},
            # Only the demonstration's own come back.
            PromotionState.EXHAUSTED: {"reopen": PromotionState.ACTIVE},
        },
        rule="catalog.promotion.exhaust.not_active",
    )

    class Audience(models.TextChoices):
        """Whoever types the code, or chosen customers only."""

        PUBLIC = "public"
        TARGETED = "targeted"

    id = models.CharField(primary_key=True, max_length=60)  # type: ignore[assignment]
    name = models.TextField()
    # Upper case; empty when nobody types it.
    code = models.CharField(max_length=40, blank=True, default="")
    code_kind = models.CharField(max_length=30, choices=CodeKind.choices)
    audience = models.CharField(max_length=8, choices=Audience.choices)
    discount_type = models.CharField(max_length=8)
    # Hundredths of a percent, or minor units.
    discount_value = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # The plans it is for; None is for all of them.
    offering_ids = ArrayField(models.CharField(max_length=60), null=True, blank=True)
    # How many periods are cheaper; -1 is for ever.
    periods = models.IntegerField()
    # None has no cap.
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    # How many orders hold or have had it.
    uses = models.PositiveIntegerField(default=0)
    # What an external loyalty engine calls it; empty without one.
    engine_reference = models.CharField(max_length=80, blank=True, default="")
    created_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = WindowedQuerySet.as_manager()  # type: ignore[assignment, unused-ignore]

    class Meta(Windowed.Meta):
        constraints = [
            *Windowed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=PromotionState.values), name="promotion_state"
            ),
            models.CheckConstraint(
                condition=Q(discount_type="percent", discount_value__range=(1, 10_000))
                | Q(discount_type="absolute", discount_value__gt=0),
                name="promotion_discount",
            ),
            models.CheckConstraint(
                condition=Q(periods__gt=0) | Q(periods=rules.FOR_EVER), name="promotion_periods"
            ),
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(uses__lte=F("max_uses")), name="promotion_cap"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="one_promotion_per_code"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def public_id(self) -> str:
        """Its own id: operators choose it."""
        return self.id

    @property
    def is_active(self) -> bool:
        """True while new orders may use it."""
        return self.state == PromotionState.ACTIVE

    @property
    def once_each(self) -> bool:
        """True when each customer may use it only once."""
        return self.code_kind == CodeKind.ONCE_EACH

    @property
    def used_up(self) -> bool:
        """True when no order can have it any more."""
        return self.max_uses is not None and self.uses >= self.max_uses

    @property
    def discount(self) -> rules.Discount:
        """What it takes off."""
        return rules.Discount(
            self.id, self.code, self.discount_type, self.discount_value, self.periods
        )

    def is_for(self, offering_id: str) -> bool:
        """True when it makes that plan cheaper."""
        return self.offering_ids is None or offering_id in self.offering_ids


class Assignment(models.Model):
    """A customer chosen for a targeted promotion."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="assignments")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+")
    created_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "customer"], name="assigned_once")
        ]

    def __str__(self) -> str:
        return f"{self.promotion_id} for {self.customer_id}"


class RedemptionState(models.TextChoices):
    """Where one use of a promotion is."""

    RESERVED = "reserved"
    CONSUMED = "consumed"
    RELEASED = "released"


class Redemption(LifecycleModel):
    """One use of a promotion by an order; it changes only under that order's lock."""

    PREFIX = "RED"
    NOUN = "redemption"
    State = RedemptionState
    LIFECYCLE = Lifecycle(
        "redemption",
        initial=RedemptionState.RESERVED,
        transitions={
            RedemptionState.RESERVED: {
                "consume": RedemptionState.CONSUMED,
                "release": RedemptionState.RELEASED,
            },
            RedemptionState.CONSUMED: {},
            RedemptionState.RELEASED: {},
        },
    )

    promotion = models.ForeignKey(
        Promotion, models.PROTECT, related_name="redemptions", db_index=False
    )
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+", db_index=False)
    # The public id of the order that holds it.
    owner = models.CharField(max_length=40, unique=True)
    # Its customer may have no other.
    only_one = models.BooleanField()
    # The offer that an external loyalty engine let it have; empty without one.
    engine_reference = models.CharField(max_length=120, blank=True, default="")
    reserved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RedemptionState.values), name="redemption_state"
            ),
            models.UniqueConstraint(
                fields=["promotion", "customer"],
                condition=Q(only_one=True) & ~Q(state=RedemptionState.RELEASED),
                name="one_redemption_each",
            ),
        ]
        indexes = [
            models.Index(fields=["promotion", "state"], name="redemption_by_promotion"),
            models.Index(fields=["customer"], name="redemption_by_customer"),
            models.Index(fields=["state_changed_at"], name="redemption_changed"),
        ]


class Discounted(models.Model):
    """A row with an `amount`, and what it was promised off that, as the promotion was then."""

    amount: int

    promotion = models.ForeignKey(
        "catalog.Promotion", models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    discount_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    discount_type = models.CharField(max_length=8, blank=True, default="", db_default="")
    discount_value = models.BigIntegerField(default=0, db_default=0)
    # The periods it is good for; -1 is for ever.
    discount_periods = models.IntegerField(default=0, db_default=0)

    class Meta:
        abstract = True

    @property
    def discount(self) -> rules.Discount | None:
        """What is promised, None when nothing is or no period of it is left."""
        if self.promotion_id is None or not self.discount_periods:
            return None
        return rules.Discount(
            self.promotion_id,
            self.discount_code,
            self.discount_type,
            self.discount_value,
            self.discount_periods,
        )

    @property
    def discount_amount(self) -> int:
        """What is taken off the price of a period."""
        return self.discount.off(self.amount) if self.discount else 0

    def promise(self, discount: rules.Discount | None) -> None:
        """Keep what is promised; None forgets what was."""
        self.promotion_id = discount.promotion_id if discount else None
        self.discount_code = discount.code if discount else ""
        self.discount_type = discount.type if discount else ""
        self.discount_value = discount.value if discount else 0
        self.discount_periods = discount.periods if discount else 0

    def count_discounted_period(self) -> None:
        """One period of what is promised is over."""
        if self.discount_periods > 0:
            self.discount_periods -= 1
