"""Cases and their tickets: the workbench of care."""

from apps.cockpit.console.cells import due, ident, moment, phrase, several, state, strong, text
from apps.cockpit.console.screen import (
    Column,
    Listing,
    Page,
    Row,
    Rows,
    Screen,
    Section,
    Verb,
    by_field,
    can,
    in_state,
    show,
)
from apps.crm import queries
from apps.crm.models import Case, CaseState, Priority, Ticket, TicketState

CASE = {"case_id": "id"}
TICKET = {"ticket_id": "id"}
SUBJECT = {"case_id": "subject"}
WORKED = in_state("open", "in_progress", "pending_customer")


def late(row: Row) -> str:
    """Whether the promise was broken."""
    return (
        "The promised moment has passed."
        if row.get("sla_breached_at") or row.get("slaBreachedAt")
        else ""
    )


def find(rows: Rows, words: str) -> Rows:
    """By id, by customer, or by words of the subject."""
    digits = int("0" + "".join(filter(str.isdigit, words))[:18])
    head = words.upper().partition("-")[0]
    if head in (Case.PREFIX, Ticket.PREFIX):
        return rows.filter(pk=digits)
    return rows.filter(customer=digits) if head == "CUST" else rows.filter(subject__icontains=words)


show(
    Screen(
        name="cases",
        title="Cases",
        group="People",
        prefix=Case.PREFIX,
        also="complaints workbench",
        listing=Listing(
            may="case.list",
            rows=queries.cases,
            shapes=lambda rows: [queries.case_shape(row) for row in rows],
            find=find,
            hint="Case or customer id, or words of the subject",
            empty="No case fits. Clear the filters, or open one from a customer's page.",
            filters=(
                by_field("state", "State", CaseState.values),
                by_field("priority", "Priority", Priority.values),
            ),
            columns=(
                Column("Case", "id", ident),
                Column("Subject", "subject", strong),
                Column("Customer", "customer_id", ident),
                Column("State", "state", state),
                Column("Priority", "priority", phrase),
                Column("Owner", "assigned_to_agent_id", text),
                Column("Tickets", "ticket_ids", several),
                Column("Due", "sla_due_at", due),
            ),
        ),
        page=Page(
            read="case.get",
            argument="case_id",
            title=lambda row: str(row["subject"]),
            note=late,
            facts=(
                Column("Id", "id", ident),
                Column("Customer", "customer_id", ident),
                Column("Priority", "priority", phrase),
                Column("Category", "category", phrase),
                Column("Owner", "assigned_to_agent_id", text),
                Column("Opened", "opened_at", moment),
                Column("Due", "sla_due_at", due),
            ),
            verbs=(
                Verb(
                    "case.transition",
                    "Take",
                    CASE,
                    {"to_state": "in_progress"},
                    in_state("open"),
                    first=True,
                ),
                Verb(
                    "case.transition",
                    "Resume",
                    CASE,
                    {"to_state": "in_progress"},
                    in_state("pending_customer"),
                    first=True,
                ),
                Verb(
                    "case.transition",
                    "Await customer",
                    CASE,
                    {"to_state": "pending_customer"},
                    in_state("in_progress"),
                ),
                Verb("case.reply", "Reply", CASE, when=WORKED, first=True),
                Verb("case.add_note", "Note", CASE, first=True),
                Verb(
                    "case.transition",
                    "Resolve",
                    CASE,
                    {"to_state": "resolved"},
                    in_state("open", "in_progress"),
                    first=True,
                ),
                Verb(
                    "ticket.open",
                    "Open a ticket",
                    {**CASE, "customer_id": "customer_id"},
                    when=WORKED,
                ),
                Verb("case.assign", "Assign", CASE, when=WORKED),
                Verb("case.update_priority", "Change priority", CASE, when=WORKED),
                Verb("case.close", "Close", CASE, when=can(Case.LIFECYCLE, "close")),
                Verb("case.cancel", "Cancel", CASE, when=can(Case.LIFECYCLE, "cancel")),
            ),
            sections=(
                Section(
                    name="tickets",
                    title="Tickets",
                    read="ticket.list",
                    args=SUBJECT,
                    empty="No ticket. Open one for each piece of work.",
                    columns=(
                        Column("Ticket", "id", ident),
                        Column("Subject", "subject", text),
                        Column("State", "state", state),
                        Column("Assignee", "assignedToAgentId", text),
                        Column("Due", "slaDueAt", moment),
                    ),
                ),
                Section(
                    name="notes",
                    title="Notes and replies",
                    read="case.get",
                    args=SUBJECT,
                    pick=lambda answer: answer["notes"],
                    empty="Nothing written yet.",
                    columns=(
                        Column("When", "created_at", moment),
                        Column("By", "author_agent_id", text),
                        Column(
                            "To customer", lambda row: "reply" if row["is_reply"] else None, text
                        ),
                        Column("Text", "body", text),
                    ),
                ),
                Section(
                    name="events",
                    title="What happened",
                    read="events.list",
                    args={"aggregate_id": "subject"},
                    columns=(
                        Column("When", "occurredAt", moment),
                        Column("What", "summary", text),
                        Column("By", "actor", text),
                    ),
                    wide=True,
                ),
            ),
        ),
    )
)

show(
    Screen(
        name="tickets",
        title="Tickets",
        group="People",
        prefix=Ticket.PREFIX,
        also="trouble faults TMF621",
        listing=Listing(
            may="ticket.list",
            rows=Ticket.objects.all,
            shapes=lambda rows: [queries.ticket_shape(row) for row in rows],
            find=find,
            hint="Ticket or customer id, or words of the subject",
            empty="No ticket fits. Clear the filters.",
            filters=(
                by_field("state", "State", TicketState.values),
                by_field("priority", "Priority", Priority.values),
            ),
            columns=(
                Column("Ticket", "id", ident),
                Column("Subject", "subject", strong),
                Column("Type", "ticketType", phrase),
                Column("Case", "caseId", ident),
                Column("Customer", "customerId", ident),
                Column("State", "state", state),
                Column("Assignee", "assignedToAgentId", text),
                Column("Due", "slaDueAt", due),
            ),
            verbs=(Verb("ticket.open", "New ticket", first=True),),
        ),
        page=Page(
            read="ticket.get",
            argument="ticket_id",
            title=lambda row: str(row["subject"]),
            note=late,
            facts=(
                Column("Id", "id", ident),
                Column("Case", "caseId", ident),
                Column("Customer", "customerId", ident),
                Column("Type", "ticketType", phrase),
                Column("Priority", "priority", phrase),
                Column("Assignee", "assignedToAgentId", text),
                Column("Line", "relatedSubscriptionId", ident),
                Column("Due", "slaDueAt", due),
            ),
            verbs=(
                Verb(
                    "ticket.transition",
                    "Acknowledge",
                    TICKET,
                    {"to_state": "acknowledged"},
                    in_state("open"),
                    first=True,
                ),
                Verb(
                    "ticket.transition",
                    "Start",
                    TICKET,
                    {"to_state": "in_progress"},
                    in_state("acknowledged", "pending"),
                    first=True,
                ),
                Verb(
                    "ticket.transition",
                    "Wait",
                    TICKET,
                    {"to_state": "pending"},
                    in_state("in_progress"),
                ),
                Verb("ticket.resolve", "Resolve", TICKET, when=in_state("in_progress"), first=True),
                Verb("ticket.assign", "Assign", TICKET, when=can(Ticket.LIFECYCLE, "cancel")),
                Verb("ticket.update", "Edit", TICKET, when=can(Ticket.LIFECYCLE, "cancel")),
                Verb("ticket.close", "Close", TICKET, when=in_state("resolved"), first=True),
                Verb("ticket.cancel", "Cancel", TICKET, when=can(Ticket.LIFECYCLE, "cancel")),
            ),
            sections=(
                Section(
                    name="events",
                    title="What happened",
                    read="events.list",
                    args={"aggregate_id": "subject"},
                    columns=(
                        Column("When", "occurredAt", moment),
                        Column("What", "summary", text),
                        Column("By", "actor", text),
                    ),
                    wide=True,
                ),
            ),
        ),
    )
)
