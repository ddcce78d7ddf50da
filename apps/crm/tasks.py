from typing import Any

from apps.crm import queries
from apps.crm.models import Case, Ticket
from bss.core import clock
from bss.core.sweeps import sweep


@sweep("kyc_expiry", operation="customer.expire_kyc", every=3600, queue="orders")
def expired_proofs(limit: int) -> list[dict[str, Any]]:
    """Customers whose proof of identity has run out."""
    return [{"customer_id": id} for id in queries.expired_proofs(clock.now(), limit)]


@sweep("kyc_reminders", operation="customer.remind_kyc", every=3600, queue="mail")
def proofs_ending(limit: int) -> list[dict[str, Any]]:
    """Customers whose proof of identity runs out soon."""
    return [{"customer_id": id} for id in queries.proofs_ending(clock.now(), limit)]


@sweep("customers_to_erase", operation="customer.erase", every=3600, queue="orders")
def customers_to_erase(limit: int) -> list[dict[str, Any]]:
    """Customers who were closed long enough ago to be forgotten."""
    return [{"customer_id": id} for id in queries.to_erase(clock.now(), limit)]


@sweep("kyc_sessions", operation="kyc_session.expire", every=600, queue="orders")
def overdue_sessions(limit: int) -> list[dict[str, Any]]:
    """Identity checks that nobody finished."""
    return [{"session_id": id} for id in queries.overdue_sessions(clock.now(), limit)]


@sweep("email_changes", operation="email_change.expire", every=60, queue="mail")
def overdue_changes(limit: int) -> list[dict[str, Any]]:
    """Changes of address whose code went stale."""
    return [{"change_id": id} for id in queries.overdue_changes(clock.now(), limit)]


@sweep("case_sla", operation="case.breach", every=60, queue="orders")
def overdue_cases(limit: int) -> list[dict[str, Any]]:
    """Cases that were to be settled by now."""
    return [{"case_id": id} for id in queries.overdue(Case, clock.now(), limit)]


@sweep("ticket_sla", operation="ticket.breach", every=60, queue="orders")
def overdue_tickets(limit: int) -> list[dict[str, Any]]:
    """Tickets that were to be settled by now."""
    return [{"ticket_id": id} for id in queries.overdue(Ticket, clock.now(), limit)]


@sweep("held_letters", operation="notification.release", every=60, queue="mail")
def due_letters(limit: int) -> list[dict[str, Any]]:
    """Letters that waited for the end of somebody's quiet hours."""
    return [{"notification_id": id} for id in queries.due_letters(clock.now(), limit)]
