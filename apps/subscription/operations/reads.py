"""Reading lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.crm import queries as crm
from apps.payments import queries as payments
from apps.subscription import queries
from bss.core import clock
from bss.core.operations import operation

READERS = "care supervisor engineer finance"


@operation("subscription.get", effect="read", roles=READERS)
def get(*, subscription_id: str) -> dict[str, Any]:
    """Show a line with its balances, and a renewal whose payment nobody knows the end of."""
    line = queries.subscription_view(subscription_id)
    return {**line, "unknownRenewal": _unknown_renewal(line)}


@operation("subscription.list_for_customer", effect="read", roles=READERS)
def list_for_customer(*, customer_id: str) -> list[dict[str, Any]]:
    """List a customer's lines, oldest first."""
    return queries.lines_of(customer_id)


@operation("subscription.get_balance", effect="read", roles=READERS)
def get_balance(*, subscription_id: str) -> list[dict[str, Any]]:
    """Show what a line was granted, has used and has left of each kind."""
    return queries.balance_of(subscription_id)


@operation("subscription.get_esim_activation", effect="read", roles="care supervisor engineer")
def get_esim_activation(*, subscription_id: str) -> dict[str, Any]:
    """Show the code with which the line's owner puts its eSIM on a device."""
    return queries.esim_activation(subscription_id)


@operation("customer.find_by_msisdn", effect="read", roles="care supervisor")
def find_by_msisdn(*, msisdn: str) -> dict[str, Any]:
    """Find the customer whose line has a number now."""
    return crm.customer_view(queries.holder_of(msisdn).owner)


def _unknown_renewal(line: dict[str, Any]) -> dict[str, Any] | None:
    ends = line["currentPeriodEnd"]
    # Who is served inside a period has paid for it, and most who are looked at are.
    if line["state"] == "active" and ends and datetime.fromisoformat(ends) > clock.now():
        return None
    return payments.unknown_renewal(line["id"])
