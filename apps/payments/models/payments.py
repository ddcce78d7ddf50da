"""Payments, their attempts and lines."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from apps.payments.rules import decline_class
from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel

from .cards import PaymentMethod


class Purpose(models.TextChoices):
    ACTIVATION = "activation"
    RENEWAL = "renewal"
    TOPUP = "topup"
    MANUAL = "manual"


class PaymentState(models.TextChoices):
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"
    UNKNOWN = "unknown"


OPEN_STATES = (PaymentState.REQUESTED, PaymentState.AUTHORISED, PaymentState.UNKNOWN)
OVER_WITHOUT_MONEY = (PaymentState.DECLINED, PaymentState.VOIDED)


class Payment(LifecycleModel):
    """The one payment of a key; its attempts say how it went, its lines what it is for."""

    PREFIX = "PAY"
    LIFECYCLE = Lifecycle(
        "payment",
        initial=PaymentState.REQUESTED,
        transitions={
            PaymentState.REQUESTED: {
                "authorise": PaymentState.AUTHORISED,
                "capture": PaymentState.CAPTURED,
                "decline": PaymentState.DECLINED,
                "lose": PaymentState.UNKNOWN,
            },
            PaymentState.AUTHORISED: {
                "capture": PaymentState.CAPTURED,
                "decline": PaymentState.DECLINED,
                "void": PaymentState.VOIDED,
                "lose": PaymentState.UNKNOWN,
                "keep": PaymentState.AUTHORISED,
            },
            PaymentState.UNKNOWN: {
                "authorise": PaymentState.AUTHORISED,
                "capture": PaymentState.CAPTURED,
                "decline": PaymentState.DECLINED,
                "void": PaymentState.VOIDED,
                "keep": PaymentState.AUTHORISED,
            },
            PaymentState.DECLINED: {"retry": PaymentState.REQUESTED},
            PaymentState.VOIDED: {"retry": PaymentState.REQUESTED},
        },
    )

    key = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    customer = models.ForeignKey(
        "crm.Customer", models.PROTECT, related_name="payments", db_index=False
    )
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, related_name="payments", db_index=False
    )
    # The public id of what the money is for, an opaque word here.
    subject = models.CharField(max_length=64, blank=True, default="")
    amount = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    capture = models.CharField(max_length=5)
    # The step whose outcome is still to come; empty when nothing is under way.
    awaiting = models.CharField(max_length=10, blank=True, default="")
    attempt_number = models.SmallIntegerField(default=1)
    reference = models.CharField(max_length=120, blank=True, default="")
    description = models.CharField(max_length=200)
    paid_with = models.CharField(max_length=40, blank=True, default="")
    refunding = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    # What a bank withholds in disputes, and what it took for good.
    disputed = models.BigIntegerField(default=0, db_default=0)
    served_by = models.CharField(max_length=64, blank=True, default="")
    served_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    captured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PaymentState.values), name="payment_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, tax__gte=0, tax__lte=F("amount")),
                name="payment_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunding__gte=0)
                & Q(amount__gte=F("refunded") + F("refunding")),
                name="payment_never_over_refunded",
            ),
            models.CheckConstraint(
                condition=Q(disputed__gte=0, disputed__lte=F("amount")),
                name="payment_never_over_disputed",
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.CAPTURED)
                | Q(served_at=None, refunded=0, refunding=0),
                name="payment_served_only_when_captured",
            ),
            models.CheckConstraint(
                condition=Q(captured_at__isnull=False, state=PaymentState.CAPTURED)
                | (Q(captured_at=None) & ~Q(state=PaymentState.CAPTURED)),
                name="payment_captured_at",
            ),
        ]
        indexes = [
            models.Index("customer", F("id").desc(), name="payment_by_customer"),
            models.Index(fields=["subject"], name="payment_subject", condition=~Q(subject="")),
            # A bank names what it disputes by the processor's reference alone.
            models.Index(
                fields=["reference"], name="payment_reference", condition=~Q(reference="")
            ),
            models.Index(
                fields=["state_changed_at"],
                name="payment_waiting",
                condition=~Q(awaiting=""),
            ),
            models.Index(
                fields=["id"],
                name="payment_unserved",
                condition=Q(state=PaymentState.CAPTURED, served_at=None),
            ),
            models.Index(
                fields=["captured_at"],
                name="payment_captured",
                condition=Q(state=PaymentState.CAPTURED),
            ),
        ]

    @property
    def refundable(self) -> int:
        """What could still be given back: not what a bank holds back or took already."""
        return max(0, self.amount - self.refunded - self.refunding - self.disputed)


class PaymentAttempt(models.Model):
    """One try to get the money of a payment, known outside as `<payment>-<number>`."""

    SECRETS = frozenset({"next_action"})

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="attempts", db_index=False)
    number = models.SmallIntegerField()
    method = models.ForeignKey(PaymentMethod, models.PROTECT, null=True, related_name="attempts")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=32, default=PaymentState.REQUESTED)
    reference = models.CharField(max_length=120, blank=True, default="")
    code = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    # How the customer could authenticate (3-D Secure), in the processor's form or redirect shape.
    next_action = models.JSONField(null=True, blank=True)
    requested_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PaymentState.values), name="payment_attempt_state"
            ),
            models.UniqueConstraint(fields=["payment", "number"], name="payment_attempt_number"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_attempt",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def decline_class(self) -> str:
        """Why it did not pay, as far as the next try is concerned; empty unless it was declined."""
        return decline_class(self.code) if self.state == PaymentState.DECLINED else ""

    @property
    def public_id(self) -> str:
        """The payment's id and the attempt's number."""
        return f"{Payment.public_id_of(self.payment_id)}-{self.number}"


class PaymentLine(models.Model):
    """One line of what a payment is for; the receipt prints it."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="lines", db_index=False)
    position = models.SmallIntegerField()
    text = models.CharField(max_length=200)
    offering_id = models.CharField(max_length=64, blank=True, default="")
    tax_class = models.CharField(max_length=20, blank=True, default="")
    net = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    tax_basis_points = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "position"], name="payment_line_position"),
        ]

    def __str__(self) -> str:
        return self.text
