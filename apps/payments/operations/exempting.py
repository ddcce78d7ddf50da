"""Customers who pay no sales tax."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from apps.crm.models import Customer
from apps.payments import policies, queries
from apps.payments.events import TaxExemptionEnded, TaxExemptionGranted
from apps.payments.models import TaxExemption
from bss.core import clock
from bss.core.context import current
from bss.core.events import publish
from bss.core.operations import operation

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


@operation("tax_exemption.grant", roles="finance", result=queries.exemption_view)
def grant_exemption(*, customer_id: str, reason: Reason) -> TaxExemption:
    """Let a customer's payments bear no sales tax from the next one on; the reason is printed."""
    customer: Customer = Customer.objects.lock(customer_id)
    known = _open(customer)
    policies.require_not_exempt(known, customer_id)
    exemption: TaxExemption = TaxExemption.objects.create(
        customer=customer, reason=reason, granted_by=current().person
    )
    publish(
        TaxExemptionGranted(
            customer_id=customer_id, exemption_id=exemption.public_id, reason=reason
        ),
        aggregate=exemption,
        about=customer_id,
        summary=f"Exempt from sales tax: {reason}",
    )
    return exemption


@operation("tax_exemption.end", roles="finance", result=queries.exemption_view)
def end_exemption(*, customer_id: str, reason: Reason) -> TaxExemption:
    """Let a customer's payments bear sales tax again from the next one on."""
    customer: Customer = Customer.objects.lock(customer_id)
    exemption = policies.require_exempt(_open(customer), customer_id)
    exemption.follow_up(ended_at=clock.now(), ended_by=current().person)
    publish(
        TaxExemptionEnded(customer_id=customer_id, exemption_id=exemption.public_id, reason=reason),
        aggregate=exemption,
        about=customer_id,
        summary=f"No longer exempt from sales tax: {reason}",
    )
    return exemption


@operation("tax_exemption.list", effect="read", roles="care supervisor finance")
def list_exemptions(*, customer_id: str) -> list[dict[str, Any]]:
    """List when and why a customer paid no sales tax, newest first."""
    Customer.objects.get_by_id(customer_id)
    return queries.exemptions_of(customer_id)


def _open(customer: Customer) -> TaxExemption | None:
    found: TaxExemption | None = TaxExemption.objects.filter(
        customer=customer, ended_at=None
    ).first()
    return found
