from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apps.crm.models import Customer
from apps.payments.models import PaymentMethod
from apps.subscription import rules
from bss.core import clock
from bss.core.errors import NotFound
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdModel, PublicIdQuerySet


class State(models.TextChoices):
    PENDING = "pending"
    ACTIVE = "active"
    BLOCKED = "blocked"
    TERMINATED = "terminated"
    ABANDONED = "abandoned"


class BlockReason(models.TextChoices):
    """Why a line is blocked; money owed outweighs an empty bundle."""

    EXHAUSTED = "exhausted"
    PAYMENT_FAILED = "payment_failed"


LIVE_STATES = (State.ACTIVE, State.BLOCKED)
HOLDING_STATES = (State.PENDING, *LIVE_STATES)
LIVE = Q(state__in=LIVE_STATES)
HOLDING = Q(state__in=HOLDING_STATES)


class SubscriptionQuerySet(PublicIdQuerySet):
    def live(self) -> Self:
        """Lines that a customer pays for."""
        return self.filter(LIVE)

    def listed(self) -> Self:
        """Lines that were ever in service."""
        return self.exclude(state__in=[State.PENDING, State.ABANDONED])

    def due_at(self, moment: datetime) -> Self:
        """Live lines whose renewal should be tried."""
        return self.live().filter(renewal_due_at__lte=moment)

    def for_sale(self) -> Self:
        """Lines with their plan, and `has_card`: whether their owner has a card that can pay."""
        provider = settings.BSS.gateways["cards"]
        cards = PaymentMethod.objects.filter(is_default=True, provider=provider)
        has_card = Exists(cards.filter(customer_id=OuterRef("customer_id")))
        return self.select_related("offering").annotate(has_card=has_card)

    def lock_due(self, public_ids: Iterable[object], moment: datetime) -> list[Subscription]:
        """Those of the lines that are still due and that nobody else is working on."""
        keys = [self._key(public_id) for public_id in public_ids]
        due = self.due_at(moment).filter(pk__in=keys)
        return list(due.for_sale().locking(skip_locked=True).order_by("pk"))


class PurchaseQuerySet(PublicIdQuerySet):
    def with_line(self) -> Self:
        """Purchases whose `.lock()` locks the line that they are for, and reads both."""
        return self.select_related("subscription", "offering")

    def locking(self, skip_locked: bool = False) -> Self:
        """Lock lines rather than purchases: those change only with their line."""
        return self.select_for_update(of=("subscription",), no_key=True, skip_locked=skip_locked)


class RenewalQuerySet(PurchaseQuerySet):
    def _one(self, key: object) -> Any:
        row = self.filter(key=key).first()
        if row is None:
            raise NotFound("renewal", key)
        return row


class Subscription(LifecycleModel):
    """A line: the product instance a customer pays for."""

    PREFIX = "SUB"
    State = State
    LIFECYCLE = Lifecycle(
        "subscription",
        initial=State.PENDING,
        transitions={
            State.PENDING: {"activate": State.ACTIVE, "abandon": State.ABANDONED},
            State.ACTIVE: {"block": State.BLOCKED, "terminate": State.TERMINATED},
            # Blocking again changes the reason: a renewal can fail on an empty line.
            State.BLOCKED: {
                "block": State.BLOCKED,
                "unblock": State.ACTIVE,
                "terminate": State.TERMINATED,
            },
            State.TERMINATED: {},
            State.ABANDONED: {},
        },
    )

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="subscriptions")
    offering = models.ForeignKey("catalog.ProductOffering", models.PROTECT, related_name="+")
    # The snapshot: what the line costs until its owner is told otherwise.
    price = models.ForeignKey(
        "catalog.ProductOfferingPrice", models.PROTECT, related_name="+", db_index=False
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    period_length = models.SmallIntegerField()
    period_type = models.CharField(max_length=5)
    order_id = models.CharField(max_length=40, blank=True, default="")
    msisdn = models.CharField(max_length=15, blank=True, default="")
    iccid = models.CharField(max_length=20, blank=True, default="")
    activated_at = models.DateTimeField(null=True, blank=True)
    terminated_at = models.DateTimeField(null=True, blank=True)
    # Where periods are counted from.
    anchor_at = models.DateTimeField(null=True, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    # When the sweep looks next: the boundary, or later once this period's renewal was tried.
    renewal_due_at = models.DateTimeField(null=True, blank=True)
    # The boundary whose reminder went out.
    reminded_for = models.DateTimeField(null=True, blank=True)
    pending_offering = models.ForeignKey(
        "catalog.ProductOffering", models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    pending_price = models.ForeignKey(
        "catalog.ProductOfferingPrice", models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False,
    )  # fmt: skip
    pending_effective_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="subscription_state"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, period_length__gt=0),
                name="subscription_price_snapshot",
            ),
            models.CheckConstraint(
                condition=Q(period_type__in=["day", "month"]), name="subscription_period_type"
            ),
            models.CheckConstraint(
                condition=~LIVE
                | Q(period_end__gt=F("period_start"), anchor_at__isnull=False)
                & Q(renewal_due_at__isnull=False),
                name="subscription_live_has_period",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.BLOCKED) | Q(state_reason__in=BlockReason.values),
                name="subscription_blocked_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["order_id"], condition=~Q(order_id=""), name="one_line_per_order"
            ),
            models.UniqueConstraint(
                fields=["msisdn"], condition=HOLDING & ~Q(msisdn=""), name="one_line_per_number"
            ),
            models.UniqueConstraint(
                fields=["iccid"], condition=HOLDING & ~Q(iccid=""), name="one_line_per_esim"
            ),
        ]
        indexes = [
            models.Index(fields=["renewal_due_at"], name="subscription_due", condition=LIVE),
            models.Index(fields=["period_end"], name="subscription_boundary", condition=LIVE),
            models.Index(fields=["state", "id"], name="subscription_by_state"),
        ]

    @property
    def owner(self) -> str:
        """The public id of the customer who pays for it."""
        return str(Customer.public_id_of(self.customer_id))

    @property
    def terms(self) -> rules.Terms:
        """How long its periods are."""
        return rules.Terms(self.period_length, self.period_type)

    @property
    def is_live(self) -> bool:
        """True while a customer pays for it."""
        return self.state in LIVE_STATES

    @property
    def unpaid(self) -> bool:
        """True while a declined renewal keeps it blocked."""
        return self.state == State.BLOCKED and self.state_reason == BlockReason.PAYMENT_FAILED

    @property
    def stopped_at(self) -> datetime | None:
        """Since when it is out of service, None while it is in service."""
        return None if self.state == State.ACTIVE else self.state_changed_at

    def in_service(self, moment: datetime) -> bool:
        """True while it works and what was paid for is not over."""
        return self.state == State.ACTIVE and moment < (self.period_end or moment)

    def follow_up(self, **changes: Any) -> None:
        """Save some fields and nothing else."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))


class Bucket(PublicIdModel):
    """All that a line ever used of one kind, in bytes, seconds or messages."""

    PREFIX = "BKT"

    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="buckets", db_index=False
    )
    kind = models.CharField(max_length=16)
    used = models.BigIntegerField(default=0)
    # The part of `used` that no grant covered, and how much of it was there at the last renewal.
    overshoot = models.BigIntegerField(default=0)
    overshoot_before = models.BigIntegerField(default=0)
    # The highest threshold reached of what is granted now, so that each is told once.
    level = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "kind"], name="one_bucket_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=rules.KINDS), name="bucket_kind"),
            models.CheckConstraint(
                condition=Q(used__gte=0, overshoot__gte=0, overshoot__lte=F("used")),
                name="bucket_not_negative",
            ),
        ]


class Grant(models.Model):
    """A quantity that was given to a line, what became of it, and until when it is good."""

    id = models.BigAutoField(primary_key=True)
    # What it comes from, so that nothing is given twice: a period or a top-up.
    source = models.CharField(max_length=80, unique=True)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="grants", db_index=False
    )
    kind = models.CharField(max_length=16)
    total = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    transferred = models.BigIntegerField(default=0)
    revoked = models.BigIntegerField(default=0)
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Set once what was left is accounted for as expired or revoked.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=rules.KINDS), name="grant_kind"),
            models.CheckConstraint(
                condition=Q(used__gte=0, expired__gte=0, transferred__gte=0, revoked__gte=0),
                name="grant_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total=rules.UNLIMITED, expired=0, transferred=0, revoked=0)
                | Q(total__gte=0)
                & Q(total__gte=F("used") + F("expired") + F("transferred") + F("revoked")),
                name="grant_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("valid_from")), name="grant_has_a_life"
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "expires_at", "id"], name="grant_in_order"),
            models.Index(fields=["expires_at"], name="grant_to_close", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def left(self) -> int:
        """What can still be used; -1 when unlimited."""
        if self.total == rules.UNLIMITED:
            return rules.UNLIMITED
        return self.total - self.used - self.expired - self.transferred - self.revoked


class NumberAssignment(models.Model):
    """Which line held a number from when to when."""

    id = models.BigAutoField(primary_key=True)
    msisdn = models.CharField(max_length=15)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="numbers")
    valid = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_line_holds_a_number",
                expressions=[("msisdn", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["msisdn"], name="number_assignment_msisdn")]

    def __str__(self) -> str:
        return f"{self.msisdn} {self.valid}"


class Attempt(models.TextChoices):
    """How a paid addition to a line stands."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    REFUNDED = "refunded"


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
    # The payment's key: whatever comes of the payment finds the period by it.
    key = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=Attempt.choices, default=Attempt.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = RenewalQuerySet.as_manager()

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
    bought_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Attempt.values), name="top_up_state"),
            models.CheckConstraint(condition=Q(kind__in=rules.KINDS), name="top_up_kind"),
        ]

    @property
    def key(self) -> str:
        """The key of its payment and the source of its grant."""
        return f"topup/{self.public_id}"
