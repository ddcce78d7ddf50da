"""Who pays no sales tax."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.models import PublicIdModel


class TaxExemption(PublicIdModel):
    """A customer's right to pay no sales tax, kept after it ends."""

    PREFIX = "TEX"
    NOUN = "tax exemption"

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="tax_exemptions")
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at=None), name="one_open_exemption"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="tax_exemption_has_reason"),
        ]
