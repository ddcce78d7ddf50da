"""Tickets: a piece of work from the report to the end."""

from __future__ import annotations

from typing import Any, Literal

from apps.crm import policies, queries
from apps.crm.events import (
    TicketAcknowledged,
    TicketAssigned,
    TicketCancelled,
    TicketClosed,
    TicketEvent,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketStarted,
    TicketUpdated,
    TicketWaited,
)
from apps.crm.models import Case, Customer, Ticket, TicketState
from bss.core import clock
from bss.core.operations import operation

from .facts import announce
from .promises import reprioritise, resume_clock, start_clock, stop_clock

STAFF = "care supervisor engineer"
# The trigger that leads from one state to another.
TRIGGERS = {
    ("open", "acknowledged"): "acknowledge",
    ("acknowledged", "in_progress"): "start",
    ("in_progress", "pending"): "wait",
    ("pending", "in_progress"): "resume",
    ("in_progress", "resolved"): "resolve",
    ("resolved", "closed"): "close",
    ("resolved", "in_progress"): "reopen",
    **{
        (state, "cancelled"): "cancel"
        for state in ("open", "acknowledged", "in_progress", "pending")
    },
}
MOVED: dict[str, tuple[type[TicketEvent], str]] = {
    "acknowledge": (TicketAcknowledged, "Ticket acknowledged"),
    "start": (TicketStarted, "Ticket being worked on"),
    "wait": (TicketWaited, "Ticket waits"),
    "resume": (TicketResumed, "Ticket being worked on again"),
    "resolve": (TicketResolved, "Ticket resolved"),
    "close": (TicketClosed, "Ticket closed"),
    "reopen": (TicketReopened, "Ticket opened again"),
}


@operation("ticket.get", effect="read", roles="care supervisor engineer finance")
def get_ticket(*, ticket_id: str) -> dict[str, Any]:
    """Show a ticket."""
    return queries.ticket_view(ticket_id)


@operation("ticket.list", effect="read", roles="care supervisor engineer finance")
def list_tickets(
    *,
    customer_id: str | None = None,
    case_id: str | None = None,
    state: TicketState | None = None,
    agent_id: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List the newest tickets, of a customer or case, in a state or in somebody's hands."""
    return queries.ticket_page(
        customer_id=customer_id, case_id=case_id, state=state, agent_id=agent_id, limit=limit
    )


@operation("ticket.open", effect="write", roles=STAFF, result=queries.ticket_view)
def open_ticket(
    *,
    ticket_type: str,
    subject: str,
    case_id: str | None = None,
    customer_id: str | None = None,
    order_id: str | None = None,
    subscription_id: str | None = None,
    service_id: str | None = None,
    description: str | None = None,
    priority: str | None = None,
) -> Ticket:
    """Open a ticket for a customer, on its own or within a case."""
    case, customer = _concerning(case_id, customer_id)
    chosen = priority or (case.priority if case else "normal")
    policies.require_priority(chosen)
    ticket = Ticket(
        customer=customer,
        case=case,
        ticket_type=ticket_type,
        subject=policies.require_words("subject", subject),
        description=description,
        priority=chosen,
        related_order_id=order_id or "",
        related_subscription_id=subscription_id or "",
        related_service_id=service_id or "",
    )
    start_clock(ticket)
    ticket.save()
    _tell(ticket, TicketOpened, "Ticket opened", ticket_type=ticket_type, priority=chosen)
    return ticket


def _concerning(case_id: str | None, customer_id: str | None) -> tuple[Case | None, Customer]:
    """The case, locked, and the customer a ticket is about; one of them must be named."""
    if not (case_id or customer_id):
        raise policies.TICKET_FOR_NOBODY()
    # Only to learn whose it is: the customer is locked first.
    case = policies.require_case(case_id) if case_id else None
    customer: Customer = Customer.objects.lock(customer_id or (case and case.customer_id))
    policies.require_customer_to_care_for(customer)
    if case is not None:
        case = Case.objects.lock(case.pk)
        policies.require_case_takes_tickets(case, customer)
    return case, customer


@operation("ticket.assign", effect="write", roles=STAFF, result=queries.ticket_view)
def assign_ticket(
    *, ticket_id: str, agent_id: str | None = None, team_id: str | None = None
) -> Ticket:
    """Put a ticket into the hands of a colleague, a team, or a colleague of a team."""
    ticket = _lock_open(ticket_id)
    ticket.assignee, ticket.team, name = policies.assignment(agent_id, team_id)
    ticket.save(update_fields=["assignee", "team"])
    _tell(ticket, TicketAssigned, f"Ticket given to {name}", agent_id=agent_id, team_id=team_id)
    return ticket


@operation("ticket.update", effect="write", roles=STAFF, result=queries.ticket_view)
def update_ticket(
    *, ticket_id: str, priority: str | None = None, description: str | None = None
) -> Ticket:
    """Change how urgent a ticket is, and with it the promise, or what it says."""
    if priority is None and description is None:
        raise policies.TICKET_UNCHANGED()
    ticket = _lock_open(ticket_id)
    if priority is not None:
        policies.require_priority(priority)
        reprioritise(ticket, priority)
    if description is not None:
        ticket.description = description
    ticket.save(update_fields=["priority", "description", "sla_due_at", "sla_left"])
    given = {"priority": priority, "description": description}
    fields = " ".join(name for name, value in given.items() if value is not None)
    _tell(ticket, TicketUpdated, "Ticket changed", fields=fields)
    return ticket


@operation("ticket.transition", effect="write", roles=STAFF, result=queries.ticket_view)
def transition_ticket(
    *,
    ticket_id: str,
    to_state: Literal["acknowledged", "in_progress", "pending", "resolved", "closed", "cancelled"],
    agent_id: str | None = None,
    resolution_notes: str | None = None,
) -> Ticket:
    """Move a ticket on; acknowledging needs a colleague, resolving needs notes."""
    ticket: Ticket = Ticket.objects.lock(ticket_id)
    trigger = TRIGGERS.get((ticket.state, to_state))
    if to_state == "cancelled":
        _cancel(ticket, "")
    elif trigger is None:
        raise policies.ticket_cannot_become(ticket, to_state)
    else:
        if agent_id:
            ticket.assignee = policies.working_agent(agent_id)
        _move(ticket, trigger, resolution_notes)
    return ticket


@operation("ticket.resolve", effect="write", roles=STAFF, result=queries.ticket_view)
def resolve_ticket(*, ticket_id: str, resolution_notes: str) -> Ticket:
    """Write down how a ticket was settled."""
    ticket: Ticket = Ticket.objects.lock(ticket_id)
    _move(ticket, "resolve", resolution_notes)
    return ticket


@operation("ticket.close", effect="write", roles=STAFF, result=queries.ticket_view)
def close_ticket(*, ticket_id: str) -> Ticket:
    """Close a resolved ticket."""
    ticket: Ticket = Ticket.objects.lock(ticket_id)
    _move(ticket, "close")
    return ticket


@operation("ticket.cancel", effect="destructive", roles=STAFF, result=queries.ticket_view)
def cancel_ticket(*, ticket_id: str, reason: str = "") -> Ticket:
    """Give a ticket up that nobody needs."""
    ticket: Ticket = Ticket.objects.lock(ticket_id)
    _cancel(ticket, reason)
    return ticket


def cancel_of_case(case: Case, reason: str) -> None:
    """Give up the tickets of a case that are still worked on."""
    for ticket in case.tickets.locking().order_by("pk"):
        if ticket.can("cancel"):
            _cancel(ticket, reason)


def _cancel(ticket: Ticket, reason: str) -> None:
    policies.require_cancellable(ticket)
    was = ticket.state
    ticket.closed_at = clock.now()
    ticket.move("cancel", reason=reason, also=["closed_at"])
    _tell(ticket, TicketCancelled, "Ticket cancelled", was=was, reason=reason)


def _move(ticket: Ticket, trigger: str, notes: str | None = None) -> None:
    was = ticket.state
    if trigger == "acknowledge":
        policies.require_assignee(ticket)
    if trigger == "reopen":
        policies.require_case_still_open(ticket)
        ticket.resolved_at = None
    if trigger == "resolve":
        ticket.resolution_notes = policies.require_resolution_notes(notes)
        ticket.resolved_at = clock.now()
    if trigger == "close":
        ticket.closed_at = clock.now()
    if trigger == "wait":
        stop_clock(ticket)
    if trigger == "resume":
        resume_clock(ticket)
    stamps = ["resolved_at", "closed_at", "sla_due_at", "sla_left"]
    ticket.move(trigger, also=["assignee", "resolution_notes", *stamps])
    event, words = MOVED[trigger]
    _tell(ticket, event, words, was=was)


def _lock_open(ticket_id: str) -> Ticket:
    ticket: Ticket = Ticket.objects.lock(ticket_id)
    policies.require_open_ticket(ticket)
    return ticket


def _tell(
    ticket: Ticket, event: type[TicketEvent], summary: str, was: str | None = None, **fields: Any
) -> None:
    customer_id = Customer.public_id_of(ticket.customer_id) or ""
    fact = event(ticket_id=ticket.public_id, customer_id=customer_id, **fields)
    announce(ticket, fact, summary, was)
