"""Who pays no sales tax, since when and why."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from apps.crm.models import Customer
from apps.payments.models import Payment, TaxExemption
from apps.payments.rules.taxes import EXEMPT
from bss.core.clock import iso

from .views import customer_key


def exemption_view(exemption_id: str) -> dict[str, Any]:
    """One exemption."""
    exemption: TaxExemption = TaxExemption.objects.get_by_id(exemption_id)
    return _shape(exemption)


def exemptions_of(customer_id: str) -> list[dict[str, Any]]:
    """A customer's exemptions, newest first."""
    mine = TaxExemption.objects.filter(customer_id=customer_key(customer_id))
    return [_shape(one) for one in mine.order_by("-id")]


def exemption_of(payment: Payment) -> str | None:
    """Why a payment bears no tax, where that is because of who paid it."""
    lines = list(payment.lines.values_list("tax_class", "tax"))
    if not lines or any(tax or tax_class != EXEMPT for tax_class, tax in lines):
        return None
    asked_at = payment.attempts.order_by("-number").values_list("requested_at", flat=True).first()
    then = TaxExemption.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=asked_at),
        customer_id=payment.customer_id,
        granted_at__lte=asked_at,
    )
    return then.order_by("-id").values_list("reason", flat=True).first()


def _shape(exemption: TaxExemption) -> dict[str, Any]:
    return {
        "id": exemption.public_id,
        "customerId": Customer.public_id_of(exemption.customer_id),
        "reason": exemption.reason,
        "grantedAt": iso(exemption.granted_at),
        "grantedBy": exemption.granted_by,
        "endedAt": iso(exemption.ended_at),
        "endedBy": exemption.ended_by or None,
    }
