"""TMF621 tickets, TMF681 messages and TMF683 interactions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from apps.crm.models import Customer, Interaction, Notification, Ticket
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Always, Filter, Id, Moment, Words
from bss.tmf.resources import Api, Changed, Create, Resource, Step, each
from bss.tmf.shapes import (
    Attachment,
    DateTime,
    Extras,
    Identifier,
    Loose,
    Reference,
    RelatedParty,
    Text,
)

from .related import CUSTOMER_PARTY, customer_of, parties

# --- TMF621

STATUS = {
    "open": "acknowledged",
    "acknowledged": "acknowledged",
    "in_progress": "inProgress",
    "pending": "pending",
    "resolved": "resolved",
    "closed": "closed",
    "cancelled": "cancelled",
}
SUBJECT = 120


class TicketIn(Loose):
    description: Identifier
    severity: Identifier
    ticket_type: Identifier
    name: Text = ""
    related_party: list[RelatedParty] = []


class TicketExtras(Extras):
    attachment: list[Attachment] = []
    channel: Reference | None = None
    external_id: Text = ""
    expected_resolution_date: DateTime = ""
    requested_resolution_date: DateTime = ""
    trouble_ticket_relationship: list[Loose] = []


def tickets() -> QuerySet[Any]:
    """Tickets with what they tell: their description, or their subject when nobody wrote one."""
    described = NullIf("description", Value(""))
    return Ticket.objects.annotate(told=Coalesce(described, "subject", output_field=TextField()))


def show_ticket(ticket: Any) -> dict[str, Any]:
    """A ticket as TMF621 shows it."""
    related = {
        "ProductOrder": ticket.related_order_id,
        "Product": ticket.related_subscription_id,
        "Service": ticket.related_service_id,
    }
    return {
        "id": ticket.public_id,
        "name": ticket.subject,
        "description": ticket.told,
        "ticketType": ticket.ticket_type,
        "severity": ticket.priority,
        "priority": ticket.priority,
        "status": STATUS[ticket.state],
        "statusChange": [
            {"status": STATUS[ticket.state], "changeDate": iso(ticket.state_changed_at)}
        ],
        "statusChangeDate": iso(ticket.state_changed_at),
        "statusChangeReason": ticket.state_reason or None,
        "creationDate": iso(ticket.opened_at),
        "lastUpdate": iso(ticket.state_changed_at),
        "resolutionDate": iso(ticket.resolved_at),
        "note": [{"text": ticket.resolution_notes}] if ticket.resolution_notes else [],
        "relatedEntity": [
            {"id": one, "role": "subject", "@referredType": kind}
            for kind, one in related.items()
            if one
        ],
        "relatedParty": parties(ticket.customer_id),
    }


def open_ticket(body: TicketIn) -> list[Step]:
    """A ticket of the customer among its parties."""
    subject = body.name or body.description[:SUBJECT]
    args = {
        "ticket_type": body.ticket_type,
        "subject": subject,
        "description": body.description,
        "priority": body.severity,
        "customer_id": customer_of(body.related_party),
    }
    return [Step("ticket.open", args)]


def update_ticket(changed: Changed) -> list[Step]:
    """Another description or urgency."""
    names = {"description": "description", "severity": "priority", "priority": "priority"}
    args = {ours: changed.now.get(name) for name, ours in names.items() if changed.altered(name)}
    return [Step("ticket.update", {"ticket_id": changed.id, **args})]


def move_ticket(changed: Changed) -> list[Step]:
    """Another status is what leads to it; a resolution is told by the last note."""
    ours = {"inProgress": "in_progress"}
    status = str(changed.now.get("status"))
    notes = [note.get("text") for note in changed.now.get("note", []) if isinstance(note, dict)]
    args = {"ticket_id": changed.id, "to_state": ours.get(status, status)}
    if not changed.altered("status"):
        raise InvalidArguments("note: a ticket is noted on as it is resolved.")
    return [Step("ticket.transition", {**args, "resolution_notes": notes[-1] if notes else None})]


TICKET = Resource(
    name="troubleTicket",
    type_name="TroubleTicket",
    reads="ticket.get",
    rows=tickets,
    show=each(show_ticket),
    key=Id("pk", Ticket),
    owner="customer",
    filters={
        "name": Filter("subject"),
        "description": Filter("told"),
        "ticketType": Filter("ticket_type"),
        "severity": Filter("priority"),
        "priority": Filter("priority"),
        "status": Words("state", STATUS),
        "statusChangeDate": Moment("state_changed_at"),
        "creationDate": Moment("opened_at"),
        "lastUpdate": Moment("state_changed_at"),
        "resolutionDate": Moment("resolved_at"),
        **CUSTOMER_PARTY,
    },
    create=Create(TicketIn, open_ticket),
    changes={
        "description": update_ticket,
        "severity": update_ticket,
        "priority": update_ticket,
        "status": move_ticket,
        "note": move_ticket,
    },
    extras=TicketExtras,
    writes="ticket.update",
)

TICKETS = Api(
    number=621,
    base="troubleTicket/v4",
    resources=[TICKET],
    events={
        "ticket.opened": "TroubleTicketCreateEvent",
        "ticket.updated": "TroubleTicketAttributeValueChangeEvent",
        "ticket.assigned": "TroubleTicketAttributeValueChangeEvent",
        "ticket.acknowledged": "TroubleTicketStatusChangeEvent",
        "ticket.started": "TroubleTicketStatusChangeEvent",
        "ticket.waited": "TroubleTicketStatusChangeEvent",
        "ticket.resumed": "TroubleTicketStatusChangeEvent",
        "ticket.resolved": "TroubleTicketResolvedEvent",
        "ticket.closed": "TroubleTicketStatusChangeEvent",
        "ticket.cancelled": "TroubleTicketStatusChangeEvent",
    },
)

# --- TMF681

LETTER_STATES = {
    "requested": "inProgress",
    "held": "initial",
    "sent": "completed",
    "failed": "failed",
    "unaddressed": "cancelled",
}


def show_message(letter: Notification) -> dict[str, Any]:
    """A letter as TMF681 shows it."""
    customer = Customer.public_id_of(letter.customer_id)
    return {
        "id": letter.public_id,
        "subject": letter.subject,
        "content": letter.body,
        "messageType": "Email",
        "description": letter.template,
        "state": LETTER_STATES[letter.state],
        "sendTime": iso(letter.send_at or letter.created_at),
        "receiver": [
            {
                "id": customer,
                "email": letter.recipient or None,
                "party": {"id": customer, "@referredType": "Customer"},
            }
        ],
        "sender": {"id": "operator", "name": "operator"},
    }


MESSAGE = Resource(
    name="communicationMessage",
    type_name="CommunicationMessage",
    reads="notification.list",
    rows=Notification.objects.all,
    show=each(show_message),
    key=Id("pk", Notification),
    owner="customer",
    filters={
        "subject": Filter("subject"),
        "messageType": Always("Email"),
        "description": Filter("template"),
        "state": Words("state", LETTER_STATES),
        "receiver.id": Id("customer", Customer),
        "receiver.email": Filter("recipient"),
    },
)

MESSAGES = Api(number=681, base="communicationManagement/v4", resources=[MESSAGE])

# --- TMF683


class InteractionIn(Loose):
    channel: list[Reference]
    direction: Identifier
    reason: Identifier
    description: Text = ""
    related_party: list[RelatedParty] = []


class InteractionExtras(Extras):
    # Whichever way it came, and not only that we heard of it over this one.
    channel: list[Reference] = []
    attachment: list[Attachment] = []
    interaction_item: list[Loose] = []
    interaction_relationship: list[Loose] = []


def show_interaction(line: Interaction) -> dict[str, Any]:
    """A line of a customer's log as TMF683 shows it."""
    return {
        "id": line.public_id,
        "direction": line.direction,
        "reason": line.summary,
        "description": line.body,
        "status": "completed",
        "creationDate": iso(line.occurred_at),
        "statusChangeDate": iso(line.occurred_at),
        "interactionDate": {"startDateTime": iso(line.occurred_at)},
        "channel": [{"id": line.channel, "name": line.channel}],
        "relatedParty": parties(line.customer_id),
    }


def log_interaction(body: InteractionIn) -> list[Step]:
    """One more line in the log of the customer among its parties."""
    args = {
        "customer_id": customer_of(body.related_party),
        "summary": body.reason,
        "body": body.description or None,
        "direction": body.direction,
    }
    return [Step("interaction.log", args)]


INTERACTION = Resource(
    name="partyInteraction",
    type_name="PartyInteraction",
    reads="interaction.list",
    rows=Interaction.objects.all,
    show=each(show_interaction),
    key=Id("pk", Interaction),
    owner="customer",
    filters={
        "direction": Filter("direction"),
        "reason": Filter("summary"),
        "description": Filter("body"),
        "status": Always("completed"),
        "creationDate": Moment("occurred_at"),
        **CUSTOMER_PARTY,
    },
    create=Create(InteractionIn, log_interaction),
    extras=InteractionExtras,
    writes="interaction.log",
)

INTERACTIONS = Api(
    number=683,
    base="partyInteraction/v4",
    resources=[INTERACTION],
    events={"interaction.logged": "PartyInteractionCreateEvent"},
)
