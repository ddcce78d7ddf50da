"""Cases: a customer's concern from the first word to the last."""

from __future__ import annotations

from typing import Any, Literal

from apps.crm import policies, queries
from apps.crm.events import (
    CaseAssigned,
    CaseAwaitedCustomer,
    CaseCancelled,
    CaseClosed,
    CaseEvent,
    CaseNoteAdded,
    CaseOpened,
    CaseReplied,
    CaseResolved,
    CaseResumed,
    CaseTaken,
    CaseUpdated,
)
from apps.crm.models import Case, CaseNote, CaseState, Customer
from bss.core import clock
from bss.core.context import current
from bss.core.operations import operation

from .facts import announce
from .promises import reprioritise, resume_clock, start_clock, stop_clock
from .tickets import cancel_of_case

STAFF = "care supervisor engineer finance"
# The trigger that leads from one state to another.
TRIGGERS = {
    ("open", "in_progress"): "take",
    ("pending_customer", "in_progress"): "resume",
    ("in_progress", "pending_customer"): "await_customer",
    ("open", "resolved"): "resolve",
    ("in_progress", "resolved"): "resolve",
    ("resolved", "closed"): "close",
}
MOVED: dict[str, tuple[type[CaseEvent], str]] = {
    "take": (CaseTaken, "Case taken up"),
    "await_customer": (CaseAwaitedCustomer, "Case waits for the customer"),
    "resume": (CaseResumed, "Case taken up again"),
    "resolve": (CaseResolved, "Case resolved"),
    "close": (CaseClosed, "Case closed"),
    "cancel": (CaseCancelled, "Case cancelled"),
}


@operation("case.get", effect="read", roles=STAFF)
def get_case(*, case_id: str) -> dict[str, Any]:
    """Show a case with its notes and tickets."""
    return queries.case_view(case_id)


@operation("case.list", effect="read", roles=STAFF)
def list_cases(
    *,
    customer_id: str | None = None,
    state: CaseState | None = None,
    agent_id: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List the newest cases, of a customer, in a state or in somebody's hands."""
    return queries.case_page(customer_id=customer_id, state=state, agent_id=agent_id, limit=limit)


@operation("case.show_transcript_for", effect="read", roles="care supervisor")
def show_transcript(*, case_id: str) -> dict[str, Any]:
    """Show the chat that led to a case."""
    return queries.transcript_of_case(case_id)


@operation("case.open", effect="write", roles="care supervisor", result=queries.case_view)
def open_case(
    *,
    customer_id: str,
    subject: str,
    category: str = "general",
    priority: str = "normal",
    description: str | None = None,
    agent_id: str | None = None,
    chat_transcript_hash: str | None = None,
) -> Case:
    """Open a case for a customer and promise to settle it in time."""
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_customer_to_care_for(customer)
    policies.require_priority(priority)
    case = Case(
        customer=customer,
        subject=policies.require_words("subject", subject),
        description=description,
        category=category,
        priority=priority,
        opened_by=queries.agent_of(current().person),
        owner=policies.working_agent(agent_id) if agent_id else None,
    )
    if chat_transcript_hash:
        case.transcript = policies.transcript_of(customer, chat_transcript_hash)
    start_clock(case)
    case.save()
    _tell(case, CaseOpened, "Case opened", priority=priority, category=category)
    return case


@operation("case.assign", effect="write", roles="care supervisor", result=queries.case_view)
def assign_case(*, case_id: str, agent_id: str | None = None, team_id: str | None = None) -> Case:
    """Put a case into the hands of a colleague, a team, or a colleague of a team."""
    case = _lock_open(case_id)
    case.owner, case.team, name = policies.assignment(agent_id, team_id)
    case.save(update_fields=["owner", "team"])
    _tell(case, CaseAssigned, f"Case given to {name}", agent_id=agent_id, team_id=team_id)
    return case


@operation(
    "case.update_priority", effect="write", roles="care supervisor", result=queries.case_view
)
def update_priority(*, case_id: str, priority: str) -> Case:
    """Change how urgent a case is, and with it the promise."""
    policies.require_priority(priority)
    case = _lock_open(case_id)
    reprioritise(case, priority)
    case.save(update_fields=["priority", "sla_due_at", "sla_left"])
    _tell(case, CaseUpdated, f"Case is now of {priority} priority", fields="priority")
    return case


@operation(
    "case.link_transcript", effect="write", roles="care supervisor", result=queries.case_view
)
def link_transcript(*, case_id: str, chat_transcript_hash: str) -> Case:
    """Attach the chat that led to a case."""
    case = _lock_open(case_id)
    case.transcript = policies.transcript_of(case.customer, chat_transcript_hash)
    case.save(update_fields=["transcript"])
    _tell(case, CaseUpdated, "Chat attached to the case", fields="chat_transcript")
    return case


@operation("case.add_note", effect="write", roles=STAFF, result=queries.note_view)
def add_note(*, case_id: str, body: str) -> CaseNote:
    """Write something into a case for colleagues."""
    case: Case = Case.objects.select_related("customer").lock(case_id)
    policies.require_case_takes_notes(case)
    note = _note(case, body)
    _tell(case, CaseNoteAdded, "Note added to the case", note_id=note.public_id)
    return note


@operation("case.reply", effect="write", roles="care supervisor", result=queries.note_view)
def reply(*, case_id: str, body: str) -> CaseNote:
    """Answer the customer of a case by mail, and keep the answer with it."""
    case = _lock_open(case_id)
    note = _note(case, body, is_reply=True)
    words = {"subject": case.subject, "body": note.body}
    _tell(case, CaseReplied, "Answered the case", note_id=note.public_id, **words)
    return note


@operation("case.transition", effect="write", roles="care supervisor", result=queries.case_view)
def transition_case(
    *,
    case_id: str,
    to_state: Literal["in_progress", "pending_customer", "resolved", "closed"],
    resolution_code: str | None = None,
) -> Case:
    """Take a case up, let it wait for the customer, resolve or close it."""
    case: Case = Case.objects.lock(case_id)
    trigger = TRIGGERS.get((case.state, to_state))
    if trigger is None:
        raise policies.case_cannot_become(case, to_state)
    _move(case, trigger, resolution_code)
    return case


@operation("case.close", effect="destructive", roles="care supervisor", result=queries.case_view)
def close_case(*, case_id: str, resolution_code: str) -> Case:
    """Close a case for good, resolving it first where that is still to be done."""
    case: Case = Case.objects.lock(case_id)
    if case.can("resolve"):
        _move(case, "resolve", resolution_code)
    _move(case, "close", resolution_code)
    return case


@operation("case.cancel", effect="destructive", roles="care supervisor", result=queries.case_view)
def cancel_case(*, case_id: str, reason: str) -> Case:
    """Close a case that came to nothing, and its open tickets with it."""
    case: Case = Case.objects.lock(case_id)
    was = case.state
    case.closed_at = clock.now()
    case.move("cancel", reason=reason, also=["closed_at"])
    cancel_of_case(case, reason)
    _tell(case, CaseCancelled, "Case cancelled", was=was, reason=reason)
    return case


def _move(case: Case, trigger: str, resolution_code: str | None) -> None:
    was = case.state
    case.resolution_code = resolution_code or case.resolution_code
    if trigger == "resolve":
        policies.require_tickets_settled(case)
    if trigger == "close":
        policies.require_resolution_code(case)
        case.closed_at = clock.now()
    if trigger == "await_customer":
        stop_clock(case)
    if trigger == "resume":
        resume_clock(case)
    case.move(trigger, also=["resolution_code", "closed_at", "sla_due_at", "sla_left"])
    event, words = MOVED[trigger]
    fields = {"resolution_code": case.resolution_code} if trigger == "close" else {}
    _tell(case, event, words, was=was, **fields)


def _lock_open(case_id: str) -> Case:
    case: Case = Case.objects.select_related("customer").lock(case_id)
    policies.require_open_case(case)
    return case


def _note(case: Case, body: str, *, is_reply: bool = False) -> CaseNote:
    note: CaseNote = CaseNote.objects.create(
        case=case,
        author=queries.agent_of(current().person),
        body=policies.require_words("note", body),
        is_reply=is_reply,
    )
    return note


def _tell(
    case: Case, event: type[CaseEvent], summary: str, was: str | None = None, **fields: Any
) -> None:
    customer_id = Customer.public_id_of(case.customer_id) or ""
    announce(case, event(case_id=case.public_id, customer_id=customer_id, **fields), summary, was)
