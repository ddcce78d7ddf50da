"""Questions a person asked about a payment or refund whose outcome is unknown."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.models import PublicIdModel

from .payments import Payment
from .refunds import Refund


class Told(models.TextChoices):
    """What the processor said when it was asked again."""

    NOTHING = "nothing"
    ABSENT = "absent"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"


class Reconciliation(PublicIdModel):
    """One question to the processor, and what a person says happened if it cannot tell."""

    PREFIX = "REC"

    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="reconciliations", db_index=False
    )
    # The refund that was asked about, if it was not the payment itself.
    refund = models.ForeignKey(
        Refund, models.PROTECT, null=True, blank=True, related_name="reconciliations"
    )
    number = models.SmallIntegerField()
    step = models.CharField(max_length=10)
    # Captured, authorised, declined, voided; of a refund succeeded or refused; empty: only asks.
    says = models.CharField(max_length=10, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    asked_by = models.CharField(max_length=120)
    told = models.CharField(max_length=10, blank=True, default="")
    why = models.CharField(max_length=200, blank=True, default="")
    # Whose word was taken; empty while nobody's was.
    decided_by = models.CharField(max_length=10, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(told="") | Q(told__in=Told.values), name="reconciliation_told"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__in=["", "processor", "person"]),
                name="reconciliation_decided_by",
            ),
            models.UniqueConstraint(fields=["payment", "number"], name="reconciliation_number"),
        ]
