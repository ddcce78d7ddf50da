"""Reading cards and payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from apps.crm.models import Customer
from apps.payments import policies, queries
from apps.payments.models import Payment
from bss.core.context import current
from bss.core.operations import operation
from bss.core.paging import clamp

MOST = 500


@operation("payment.list_methods", effect="read", roles="care supervisor finance customer")
def list_methods(*, customer_id: str) -> list[dict[str, Any]]:
    """The cards a customer has on file, oldest first."""
    policies.require_own("customer", customer_id, customer_id)
    Customer.objects.get_by_id(customer_id)
    return [queries.view_of_method(method) for method in queries.methods_of(customer_id)]


@operation("payment.list_attempts", effect="read", roles="care supervisor finance customer")
def list_attempts(
    *, customer_id: str | None = None, payment_method_id: str | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Attempts to get money, newest first, of a customer or a card."""
    mine = current().customer_id or customer_id
    policies.require_own("customer", customer_id or mine or "", customer_id)
    found = queries.attempts(customer_id=mine, payment_method_id=payment_method_id)
    return [queries.view_of_attempt(attempt) for attempt in found[: clamp(limit, MOST)]]


@operation("payment.get_attempt", effect="read", roles="care supervisor finance")
def get_attempt(*, attempt_id: str) -> dict[str, Any]:
    """One attempt; a payment's id means its latest."""
    return queries.view_of_attempt(queries.attempt(attempt_id))


@operation("payment.get", effect="read", roles="care supervisor finance customer")
def get(*, payment_id: str) -> dict[str, Any]:
    """One payment with its lines, attempts, refunds and receipt."""
    payment = Payment.objects.get_by_id(payment_id)
    owner = Customer.public_id_of(payment.customer_id)
    policies.require_own("payment", owner or "", payment_id)
    return queries.payment_view(payment_id)


@operation("payment.list", effect="read", roles="care supervisor finance customer")
def list_payments(
    *,
    customer_id: str | None = None,
    state: str | None = None,
    subject: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Payments, newest first."""
    mine = current().customer_id or customer_id
    policies.require_own("customer", customer_id or mine or "", customer_id)
    found = queries.payments(customer_id=mine, state=state, subject=subject)
    start = max(offset, 0)
    return [queries.view_of_payment(each) for each in found[start : start + clamp(limit, MOST)]]


@operation("payment.list_waiting", effect="read", roles="finance supervisor engineer")
def list_waiting(*, hours: int = 24) -> list[dict[str, Any]]:
    """Payments whose outcome nobody has told us for so many hours: a person must ask the bank."""
    return [queries.view_of_payment(payment) for payment in queries.unknown_for(hours)[:MOST]]


@operation("payment.list_waiting_refunds", effect="read", roles="finance supervisor engineer")
def list_waiting_refunds(*, hours: int = 24) -> list[dict[str, Any]]:
    """Refunds whose outcome nobody has told us for so many hours: a person must ask the bank."""
    waiting = queries.refunds_unknown_for(hours)[:MOST]
    return [{**queries.view_of_refund(one), "paymentId": one.payment.public_id} for one in waiting]


@operation("payment.statement", effect="read", roles="care supervisor finance customer")
def statement(
    *, customer_id: str, first_day: date | None = None, last_day: date | None = None
) -> dict[str, Any]:
    """What a customer paid, got back and disputed, by line; this month so far when not said."""
    policies.require_own("customer", customer_id, customer_id)
    Customer.objects.get_by_id(customer_id)
    return queries.statement(customer_id, *queries.span_of(first_day, last_day))


@operation("ledger.trial_balance", effect="read", roles="finance supervisor")
def trial_balance(*, first_day: date | None = None, last_day: date | None = None) -> dict[str, Any]:
    """Every account of the ledger with its movements in a period; the balances sum to zero."""
    return queries.trial_balance(*queries.span_of(first_day, last_day))
