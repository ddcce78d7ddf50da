"""Payments that cardholders told their bank to take back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel

from .payments import Payment


class DisputeState(models.TextChoices):
    OPENED = "opened"
    WON = "won"
    LOST = "lost"


class Dispute(LifecycleModel):
    """An amount that a bank withholds until it has decided whose it is."""

    PREFIX = "DSP"
    LIFECYCLE = Lifecycle(
        "dispute",
        initial=DisputeState.OPENED,
        transitions={
            DisputeState.OPENED: {"win": DisputeState.WON, "lose": DisputeState.LOST},
        },
    )

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    amount = models.BigIntegerField()
    # The bank's word for why: `fraudulent`, `product_not_received`, ...
    reason = models.CharField(max_length=200)
    # Under which the bank or the processor knows it.
    reference = models.CharField(max_length=120, unique=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DisputeState.values), name="dispute_state"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_positive"),
        ]
