"""Money on its way back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel

from .payments import Payment


class RefundState(models.TextChoices):
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"


class Refund(LifecycleModel):
    """Money on its way back to the card it came from."""

    PREFIX = "RFD"
    LIFECYCLE = Lifecycle(
        "refund",
        initial=RefundState.REQUESTED,
        transitions={
            RefundState.REQUESTED: {
                "lose": RefundState.UNKNOWN,
                "succeed": RefundState.SUCCEEDED,
                "refuse": RefundState.REFUSED,
            },
            RefundState.UNKNOWN: {
                "succeed": RefundState.SUCCEEDED,
                "refuse": RefundState.REFUSED,
            },
        },
    )

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", db_index=False)
    number = models.SmallIntegerField()
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    # What was taken back from a customer who had been served ("nothing" for goodwill).
    took_back = models.CharField(max_length=200, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="refund_state"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(fields=["payment", "number"], name="refund_number"),
        ]
