"""Lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from apps.catalog.models import Discounted
from apps.crm.models import Customer
from apps.payments.models import PaymentMethod
from apps.subscription import rules
from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdQuerySet


class State(models.TextChoices):
    PENDING = "pending"
    ACTIVE = "active"
    BLOCKED = "blocked"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    ABANDONED = "abandoned"


class BlockReason(models.TextChoices):
    """Why a line is blocked; money owed outweighs an empty bundle."""

    EXHAUSTED = "exhausted"
    PAYMENT_FAILED = "payment_failed"


LIVE_STATES = (State.ACTIVE, State.BLOCKED, State.SUSPENDED)
HOLDING_STATES = (State.PENDING, *LIVE_STATES)
LIVE = Q(state__in=LIVE_STATES)
HOLDING = Q(state__in=HOLDING_STATES)
# In service, and its owner was not told of the boundary that comes next.
UNREMINDED = Q(state=State.ACTIVE) & (Q(reminded_for=None) | Q(reminded_for__lt=F("period_end")))


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

    def to_remind(self, now: datetime, until: datetime) -> Self:
        """Lines whose next charge is near and whose owner has not been told."""
        near = self.filter(UNREMINDED, period_end__gt=now, period_end__lte=until)
        return near.exclude(renewal_due_at=None)

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


class Subscription(LifecycleModel, Discounted):
    """A line: the product instance a customer pays for.

    Its discount periods are those it has left.
    """

    PREFIX = "SUB"
    State = State
    LIFECYCLE = Lifecycle(
        "subscription",
        initial=State.PENDING,
        transitions={
            State.PENDING: {"activate": State.ACTIVE, "abandon": State.ABANDONED},
            State.ACTIVE: {
                "block": State.BLOCKED,
                "suspend": State.SUSPENDED,
                "terminate": State.TERMINATED,
            },
            # Blocking again changes the reason: a renewal can fail on an empty line.
            State.BLOCKED: {
                "block": State.BLOCKED,
                "unblock": State.ACTIVE,
                "suspend": State.SUSPENDED,
                "terminate": State.TERMINATED,
            },
            # What else keeps it from working is found out when it comes back.
            State.SUSPENDED: {"resume": State.ACTIVE, "terminate": State.TERMINATED},
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
    # Nothing while the line is not to be renewed: it ends, or is suspended.
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
    # Its owner wants it to end with the period that is paid, and why.
    ends_with_period = models.BooleanField(default=False, db_default=False)
    end_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    # What its owner calls it.
    nickname = models.CharField(max_length=40, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=clock.now)

    # Whether the owner has a card that can pay; only lines read `for_sale()` know.
    has_card: bool

    objects: ClassVar[Any] = SubscriptionQuerySet.as_manager()

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
                & (
                    Q(renewal_due_at__isnull=False)
                    | Q(ends_with_period=True)
                    | Q(state=State.SUSPENDED)
                ),
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
            models.Index(
                fields=["period_end"], name="subscription_to_remind", condition=UNREMINDED
            ),
            models.Index(fields=["state", "id"], name="subscription_by_state"),
            models.Index(
                fields=["period_end"],
                name="subscription_ending",
                condition=LIVE & Q(ends_with_period=True),
            ),
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
    def is_suspended(self) -> bool:
        """True while its owner or the law keeps it out of service."""
        return bool(self.state == State.SUSPENDED)

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


class OfALineQuerySet(PublicIdQuerySet):
    """Rows that change only with the line they are of, so that is what is locked."""

    def with_line(self) -> Self:
        """Rows whose `.lock()` locks the line that they are of, and reads both."""
        return self.select_related("subscription")

    def locking(self, skip_locked: bool = False) -> Self:
        """Lock lines rather than rows."""
        return self.select_for_update(of=("subscription",), no_key=True, skip_locked=skip_locked)
