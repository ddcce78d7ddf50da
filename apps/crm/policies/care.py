"""What is refused about cases, tickets and promises, with the words for it."""

from datetime import date, time

from apps.crm import queries, rules
from apps.crm.models import (
    Agent,
    Case,
    CaseState,
    ChatTranscript,
    Customer,
    CustomerState,
    Holiday,
    Priority,
    Team,
    Ticket,
    TicketState,
)
from bss.core.errors import NotFound, PolicyViolation, rule

NO_WORDS = rule("case.open.requires_words", "The {what} is empty.")
CUSTOMER_GONE = rule(
    "case.open.customer_must_be_active", "{customer_id} is closed; nothing is opened for them."
)
BAD_PRIORITY = rule(
    "case.update.invalid_priority", "{priority} is no priority; there are {priorities}."
)
CASE_CLOSED = rule("case.update.case_is_closed", "{case_id} is closed; nothing changes any more.")
NO_NOTES_ON_CLOSED = rule(
    "case.add_note.case_is_closed", "{case_id} is closed; open another one for what is new."
)
TICKETS_OPEN = rule(
    "case.close.requires_all_tickets_resolved", "{case_id} still has open tickets: {tickets}."
)
NO_RESOLUTION = rule(
    "case.close.requires_resolution_code", "Say how {case_id} was settled: a resolution code."
)
TICKET_FOR_NOBODY = rule("ticket.open.requires_customer", "Name a customer or a case.")
NO_CASE = rule("ticket.open.case_not_found", "There is no case {case_id} of this customer.")
NO_TICKETS_INTO_CLOSED = rule("ticket.open.case_is_closed", "{case_id} is closed.")
AGENT_GONE = rule("ticket.assign.agent_must_be_active", "{agent_id} does not work here any more.")
FOR_NOBODY = rule("ticket.assign.requires_somebody", "Name a colleague or a team.")
NOBODY_ASSIGNED = rule(
    "ticket.ack.requires_agent", "{ticket_id} is in nobody's hands; name a colleague."
)
NO_NOTES = rule("ticket.resolve.requires_resolution_notes", "Say how the ticket was settled.")
TOO_LATE_TO_CANCEL = rule(
    "ticket.cancel.not_if_resolved_or_closed", "{ticket_id} is {state}; there is nothing to cancel."
)
TICKET_UNCHANGED = rule(
    "ticket.update.no_fields", "Say what should change: a priority or a description."
)
TICKET_OVER = rule("ticket.update.ticket_is_over", "{ticket_id} is {state}.")
CASE_OVER = rule("ticket.reopen.case_is_closed", "The case of {ticket_id} is closed.")
BAD_HOURS = rule(
    "calendar.set_hours.invalid",
    "Give a weekday from 0 to 6 and both times, closing after opening, or neither.",
)
NO_HOLIDAY = rule("calendar.remove_holiday.not_found", "{day} is no holiday.")
BAD_PROMISE = rule("sla.set_target.invalid", "Promise between one minute and 60 working days.")
HASH_MISMATCH = rule("chat_transcript.hash_mismatch", "This is not the SHA-256 hash of the text.")
TRANSCRIPT_OF_OTHER = rule(
    "case.link_transcript.other_customer", "That chat was held with somebody else."
)
AGENT_EXISTS = rule(
    "agents.add.already_exists", "There is a colleague with that id or address already."
)
AGENT_BUSY = rule(
    "agents.deactivate.has_work", "{agent_id} still has {count} cases and tickets; hand them over."
)
TEAM_EXISTS = rule("team.create.already_exists", "There is a team with that id or name already.")
LONGEST_PROMISE = 60 * 24 * 60


def require_words(what: str, text: str) -> str:
    """The text without surrounding space; empty is refused."""
    words = text.strip()
    if not words:
        raise NO_WORDS(what=what)
    return words


def require_customer_to_care_for(customer: Customer) -> None:
    """Whoever left is not looked after; whoever is suspended may need it most."""
    if customer.state == CustomerState.CLOSED:
        raise CUSTOMER_GONE(customer_id=customer.public_id)


def require_priority(priority: str) -> None:
    """Priorities are a closed list."""
    if priority not in Priority.values:
        raise BAD_PRIORITY(priority=priority, priorities=", ".join(Priority.values))


def require_open_case(case: Case) -> None:
    """A closed case stays as it is."""
    if case.state == CaseState.CLOSED:
        raise CASE_CLOSED(case_id=case.public_id)


def require_case_takes_notes(case: Case) -> None:
    """What is written into a closed case nobody reads."""
    if case.state == CaseState.CLOSED:
        raise NO_NOTES_ON_CLOSED(case_id=case.public_id)


def case_cannot_become(case: Case, state: str) -> PolicyViolation:
    """The refusal of a state that no trigger leads to from here."""
    return Case.LIFECYCLE.refusal(id=case.public_id, state=case.state, trigger=f"become {state}")


def ticket_cannot_become(ticket: Ticket, state: str) -> PolicyViolation:
    """The refusal of a state that no trigger leads to from here."""
    return Ticket.LIFECYCLE.refusal(
        id=ticket.public_id, state=ticket.state, trigger=f"become {state}"
    )


def require_tickets_settled(case: Case) -> None:
    """A case is resolved when its tickets are."""
    settled = [TicketState.RESOLVED, TicketState.CLOSED, TicketState.CANCELLED]
    left = case.tickets.exclude(state__in=settled).order_by("id")
    if left:
        names = ", ".join(ticket.public_id for ticket in left)
        raise TICKETS_OPEN(case_id=case.public_id, tickets=names)


def require_resolution_code(case: Case) -> None:
    """Nobody closes a case without saying what came of it."""
    if not case.resolution_code.strip():
        raise NO_RESOLUTION(case_id=case.public_id)


def require_case(case_id: str) -> Case:
    """The case a ticket is opened in."""
    try:
        case: Case = Case.objects.get_by_id(case_id)
    except NotFound as missing:
        raise NO_CASE(case_id=case_id) from missing
    return case


def require_case_takes_tickets(case: Case, customer: Customer) -> None:
    """A ticket belongs to the customer of its case, and the case must be open."""
    if case.customer_id != customer.pk:
        raise NO_CASE(case_id=case.public_id)
    if case.state == CaseState.CLOSED:
        raise NO_TICKETS_INTO_CLOSED(case_id=case.public_id)


def working_agent(agent_id: str) -> Agent:
    """A colleague who can be given work."""
    agent: Agent = Agent.objects.get_by_id(agent_id)
    if agent.status != Agent.Status.ACTIVE:
        raise AGENT_GONE(agent_id=agent_id)
    return agent


def assignment(agent_id: str | None, team_id: str | None) -> tuple[Agent | None, Team | None, str]:
    """Who gets it, with a name: a colleague who still works here, a team, or both."""
    agent = working_agent(agent_id) if agent_id else None
    team: Team | None = Team.objects.get_by_id(team_id) if team_id else None
    taker = agent or team
    if taker is None:
        raise FOR_NOBODY()
    return agent, team, taker.name


def require_assignee(ticket: Ticket) -> None:
    """Somebody acknowledges a ticket, not nobody."""
    if ticket.assignee_id is None:
        raise NOBODY_ASSIGNED(ticket_id=ticket.public_id)


def require_resolution_notes(notes: str | None) -> str:
    """Whoever settles a ticket says how."""
    if not (notes or "").strip():
        raise NO_NOTES()
    return str(notes).strip()


def require_cancellable(ticket: Ticket) -> None:
    """What is settled cannot be given up."""
    if not ticket.can("cancel"):
        raise TOO_LATE_TO_CANCEL(ticket_id=ticket.public_id, state=ticket.state)


def require_open_ticket(ticket: Ticket) -> None:
    """A ticket that is over stays as it is."""
    if ticket.state in rules.TICKET_OVER:
        raise TICKET_OVER(ticket_id=ticket.public_id, state=ticket.state)


def require_case_still_open(ticket: Ticket) -> None:
    """Work does not begin again under a closed case."""
    if ticket.case is not None and ticket.case.state == CaseState.CLOSED:
        raise CASE_OVER(ticket_id=ticket.public_id)


def require_hours(weekday: int, opens: time | None, closes: time | None) -> None:
    """Working hours begin before they end, on a day of the week."""
    none = opens is None and closes is None
    if weekday not in range(7) or not (none or (opens and closes and opens < closes)):
        raise BAD_HOURS()


def require_holiday(day: date) -> Holiday:
    """The holiday on that day."""
    holiday = Holiday.objects.filter(day=day).first()
    if holiday is None:
        raise NO_HOLIDAY(day=day.isoformat())
    return holiday


def require_promise(minutes: int) -> None:
    """A promise can be kept and can be broken."""
    if not 0 < minutes <= LONGEST_PROMISE:
        raise BAD_PROMISE()


def transcript_of(customer: Customer, hash: str) -> ChatTranscript:
    """The transcript of a chat with that customer."""
    transcript: ChatTranscript = ChatTranscript.objects.get_by_id(hash)
    if transcript.customer_id != customer.pk:
        raise TRANSCRIPT_OF_OTHER()
    return transcript


def require_idle(agent: Agent) -> None:
    """Nobody leaves with work in hand."""
    count = queries.work_in_hand(agent)
    if count:
        raise AGENT_BUSY(agent_id=agent.pk, count=count)
