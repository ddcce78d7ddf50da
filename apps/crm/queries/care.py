"""Reads about cases, tickets and promises, and the shapes they are shown in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from apps.crm import rules
from apps.crm.models import (
    Agent,
    Case,
    CaseNote,
    CaseState,
    ChatTranscript,
    Customer,
    Holiday,
    Promised,
    SlaTarget,
    Team,
    Ticket,
    WorkingHours,
)
from apps.crm.queries.people import PAGE_LIMIT
from bss.core.clock import iso
from bss.core.ids import parse_id
from bss.core.models import OperatorProfile, User
from bss.core.operations import section
from bss.core.paging import clamp

TICKET_HREF = "/tmf-api/troubleTicket/v4/troubleTicket/"


# --- cases


def cases() -> QuerySet[Any, Any]:
    """Cases with everything their shape needs, in three statements."""
    tickets = Prefetch("tickets", Ticket.objects.only("id", "case_id").order_by("id"))
    return Case.objects.prefetch_related(
        Prefetch("notes", CaseNote.objects.order_by("id")), tickets
    )


def case_shape(case: Case) -> dict[str, Any]:
    """A case loaded by `cases()`, as every door shows it."""
    return {
        "id": case.public_id,
        "customer_id": Customer.public_id_of(case.customer_id),
        "subject": case.subject,
        "description": case.description,
        "state": case.state,
        "priority": case.priority,
        "category": case.category,
        "resolution_code": case.resolution_code or None,
        "opened_by_agent_id": case.opened_by_id,
        "assigned_to_agent_id": case.owner_id,
        "assigned_to_team_id": case.team_id,
        "opened_at": iso(case.opened_at),
        "closed_at": iso(case.closed_at),
        "sla_due_at": iso(case.sla_due_at),
        "sla_breached_at": iso(case.sla_breached_at),
        "notes": [note_shape(note, case) for note in case.notes.all()],
        "ticket_ids": [ticket.public_id for ticket in case.tickets.all()],
        "chat_transcript_hash": case.transcript_id,
    }


def note_shape(note: CaseNote, case: Case) -> dict[str, Any]:
    """A note, as every door shows it."""
    return {
        "id": note.public_id,
        "case_id": case.public_id,
        "author_agent_id": note.author_id,
        "body": note.body,
        "is_reply": note.is_reply,
        "created_at": iso(note.created_at),
    }


def note_view(note_id: str) -> dict[str, Any]:
    """One note."""
    note = CaseNote.objects.select_related("case").get_by_id(note_id)
    return note_shape(note, note.case)


def case_view(case_id: str) -> dict[str, Any]:
    """One case."""
    return case_shape(cases().get_by_id(case_id))  # type: ignore[attr-defined]


def case_page(
    *, customer_id: str | None, state: str | None, agent_id: str | None, limit: int
) -> list[dict[str, Any]]:
    """The newest cases, of a customer, in a state or in somebody's hands."""
    found = cases().filter(_of_customer(customer_id), _in_state(state))
    if agent_id:
        found = found.filter(owner=agent_id)
    return [case_shape(case) for case in found.order_by("-id")[: clamp(limit, PAGE_LIMIT)]]


def _of_customer(customer_id: str | None) -> Q:
    return Q(customer=parse_id(customer_id, Customer.PREFIX, "customer")) if customer_id else Q()


def _in_state(state: str | None) -> Q:
    return Q(state=state) if state else Q()


@section("customer.get", "cases")
def cases_of(customer_id: str) -> list[dict[str, Any]]:
    """A customer's cases, for the whole picture."""
    return case_page(customer_id=customer_id, state=None, agent_id=None, limit=PAGE_LIMIT)


def transcript_shape(transcript: ChatTranscript) -> dict[str, Any]:
    """A transcript, as every door shows it."""
    return {
        "hash": transcript.hash,
        "customer_id": Customer.public_id_of(transcript.customer_id),
        "body": transcript.body,
        "recorded_at": iso(transcript.recorded_at),
    }


def transcript_view(hash: str) -> dict[str, Any]:
    """One transcript."""
    return transcript_shape(ChatTranscript.objects.get_by_id(hash))


def transcript_of_case(case_id: str) -> dict[str, Any]:
    """What was said before a case was opened, if that is known."""
    case: Case = Case.objects.select_related("transcript").get_by_id(case_id)
    if case.transcript is None:
        return {"transcript": None, "reason": "no_transcript_linked"}
    return transcript_shape(case.transcript)


# --- tickets


def ticket_shape(ticket: Ticket) -> dict[str, Any]:
    """A ticket, as every door shows it."""
    return {
        "id": ticket.public_id,
        "href": TICKET_HREF + ticket.public_id,
        "ticketType": ticket.ticket_type,
        "subject": ticket.subject,
        "description": ticket.description,
        "state": ticket.state,
        "priority": ticket.priority,
        "customerId": Customer.public_id_of(ticket.customer_id),
        "caseId": Case.public_id_of(ticket.case_id),
        "assignedToAgentId": ticket.assignee_id,
        "assignedToTeamId": ticket.team_id,
        "relatedOrderId": ticket.related_order_id or None,
        "relatedSubscriptionId": ticket.related_subscription_id or None,
        "relatedServiceId": ticket.related_service_id or None,
        "resolutionNotes": ticket.resolution_notes,
        "openedAt": iso(ticket.opened_at),
        "resolvedAt": iso(ticket.resolved_at),
        "closedAt": iso(ticket.closed_at),
        "slaDueAt": iso(ticket.sla_due_at),
        "slaBreachedAt": iso(ticket.sla_breached_at),
        "@type": "TroubleTicket",
    }


def ticket_view(ticket_id: str) -> dict[str, Any]:
    """One ticket."""
    return ticket_shape(Ticket.objects.get_by_id(ticket_id))


def ticket_page(
    *,
    customer_id: str | None,
    case_id: str | None,
    state: str | None,
    agent_id: str | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest tickets, of a customer or case, in a state or in somebody's hands."""
    found = Ticket.objects.filter(_of_customer(customer_id), _in_state(state))
    if case_id:
        found = found.filter(case=parse_id(case_id, Case.PREFIX, "case"))
    if agent_id:
        found = found.filter(assignee=agent_id)
    return [ticket_shape(ticket) for ticket in found.order_by("-id")[: clamp(limit, PAGE_LIMIT)]]


# --- promises


def calendar() -> rules.WorkingCalendar:
    """When the operator works."""
    hours = WorkingHours.objects.values_list("weekday", "opens", "closes")
    return rules.WorkingCalendar(
        zone=ZoneInfo(OperatorProfile.load().zone),
        hours={weekday: (opens, closes) for weekday, opens, closes in hours},
        holidays=frozenset(Holiday.objects.values_list("day", flat=True)),
    )


def calendar_view() -> dict[str, Any]:
    """Working hours and days off, as every door shows them."""
    return {
        "zone": OperatorProfile.load().zone,
        "hours": [
            {
                "weekday": row.weekday,
                "opens": row.opens.isoformat("minutes"),
                "closes": row.closes.isoformat("minutes"),
            }
            for row in WorkingHours.objects.order_by("weekday")
        ],
        "holidays": [
            {"day": row.day.isoformat(), "name": row.name}
            for row in Holiday.objects.order_by("day")
        ],
    }


def sla_minutes(noun: str) -> dict[str, int]:
    """The promises of a noun by priority: ours, overlaid with the operator's."""
    chosen = SlaTarget.objects.filter(noun=noun).values_list("priority", "minutes")
    return rules.SLA_MINUTES[noun] | dict(chosen)


def sla_targets() -> list[dict[str, Any]]:
    """Every promise."""
    return [
        {"noun": noun, "priority": priority, "minutes": minutes}
        for noun in rules.SLA_MINUTES
        for priority, minutes in sla_minutes(noun).items()
    ]


def overdue(model: type[Promised], at: datetime, limit: int) -> list[str]:
    """Cases or tickets whose promise is broken without anybody having written it down."""
    keys = model.objects.overdue(at).order_by("sla_due_at").values_list("id", flat=True)[:limit]
    return [model.public_id_of(key) or "" for key in keys]


# --- colleagues


def agent_shapes(agents: Iterable[Agent]) -> list[dict[str, Any]]:
    """Colleagues, as every door shows them."""
    return [
        {
            "id": agent.id,
            "name": agent.name,
            "email": agent.email,
            "role": agent.role,
            "status": agent.status,
        }
        for agent in agents
    ]


def agent_view(agent_id: str) -> dict[str, Any]:
    """One colleague."""
    return agent_shapes([Agent.objects.get_by_id(agent_id)])[0]


def agent_of(username: str) -> Agent | None:
    """The colleague a staff user is, told by their address."""
    addresses = User.objects.filter(username=username).values("email")
    return Agent.objects.filter(email__in=addresses).first()


def team_shape(team: Team) -> dict[str, Any]:
    """A team with its members, as every door shows it."""
    return {
        "id": team.id,
        "name": team.name,
        "agent_ids": [agent.id for agent in team.agents.all()],
    }


def teams() -> list[dict[str, Any]]:
    """Every team."""
    members = Prefetch("agents", Agent.objects.order_by("id"))
    return [team_shape(team) for team in Team.objects.prefetch_related(members).order_by("id")]


def team_view(team_id: str) -> dict[str, Any]:
    """One team."""
    return team_shape(Team.objects.get_by_id(team_id))


def work_in_hand(agent: Agent) -> int:
    """How many open cases and tickets a colleague has."""
    mine = agent.owned_cases.exclude(state=CaseState.CLOSED).count()
    return mine + agent.tickets.exclude(state__in=rules.TICKET_OVER).count()
