"""What happens while customers are looked after."""

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """What every event of a case tells."""

    name: ClassVar[str] = ""
    case_id: str
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class CaseOpened(CaseEvent):
    name: ClassVar[str] = "case.opened"
    priority: str
    category: str


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(CaseEvent):
    name: ClassVar[str] = "case.assigned"
    agent_id: str | None
    team_id: str | None


@dataclass(frozen=True, kw_only=True)
class CaseUpdated(CaseEvent):
    name: ClassVar[str] = "case.updated"
    fields: str


@dataclass(frozen=True, kw_only=True)
class CaseNoteAdded(CaseEvent):
    name: ClassVar[str] = "case.note_added"
    note_id: str


@dataclass(frozen=True, kw_only=True)
class CaseReplied(CaseEvent):
    name: ClassVar[str] = "case.replied"
    note_id: str
    subject: str
    body: str


@dataclass(frozen=True, kw_only=True)
class CaseTaken(CaseEvent):
    name: ClassVar[str] = "case.taken"


@dataclass(frozen=True, kw_only=True)
class CaseAwaitedCustomer(CaseEvent):
    name: ClassVar[str] = "case.awaited_customer"


@dataclass(frozen=True, kw_only=True)
class CaseResumed(CaseEvent):
    name: ClassVar[str] = "case.resumed"


@dataclass(frozen=True, kw_only=True)
class CaseResolved(CaseEvent):
    name: ClassVar[str] = "case.resolved"


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    name: ClassVar[str] = "case.closed"
    resolution_code: str


@dataclass(frozen=True, kw_only=True)
class CaseCancelled(CaseEvent):
    name: ClassVar[str] = "case.cancelled"
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseSlaBreached(CaseEvent):
    name: ClassVar[str] = "case.sla_breached"
    due_at: str


@dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    """What every event of a ticket tells."""

    name: ClassVar[str] = ""
    ticket_id: str
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class TicketOpened(TicketEvent):
    name: ClassVar[str] = "ticket.opened"
    ticket_type: str
    priority: str


@dataclass(frozen=True, kw_only=True)
class TicketAssigned(TicketEvent):
    name: ClassVar[str] = "ticket.assigned"
    agent_id: str | None
    team_id: str | None


@dataclass(frozen=True, kw_only=True)
class TicketUpdated(TicketEvent):
    name: ClassVar[str] = "ticket.updated"
    fields: str


@dataclass(frozen=True, kw_only=True)
class TicketAcknowledged(TicketEvent):
    name: ClassVar[str] = "ticket.acknowledged"


@dataclass(frozen=True, kw_only=True)
class TicketStarted(TicketEvent):
    name: ClassVar[str] = "ticket.started"


@dataclass(frozen=True, kw_only=True)
class TicketWaited(TicketEvent):
    name: ClassVar[str] = "ticket.waited"


@dataclass(frozen=True, kw_only=True)
class TicketResumed(TicketEvent):
    name: ClassVar[str] = "ticket.resumed"


@dataclass(frozen=True, kw_only=True)
class TicketResolved(TicketEvent):
    name: ClassVar[str] = "ticket.resolved"


@dataclass(frozen=True, kw_only=True)
class TicketClosed(TicketEvent):
    name: ClassVar[str] = "ticket.closed"


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketEvent):
    name: ClassVar[str] = "ticket.reopened"


@dataclass(frozen=True, kw_only=True)
class TicketCancelled(TicketEvent):
    name: ClassVar[str] = "ticket.cancelled"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TicketSlaBreached(TicketEvent):
    name: ClassVar[str] = "ticket.sla_breached"
    due_at: str


@dataclass(frozen=True, kw_only=True)
class ChatTranscriptStored(Event):
    name: ClassVar[str] = "chat_transcript.stored"
    customer_id: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class AgentAdded(Event):
    name: ClassVar[str] = "agents.added"
    agent_id: str


@dataclass(frozen=True, kw_only=True)
class AgentUpdated(Event):
    name: ClassVar[str] = "agents.updated"
    agent_id: str
    fields: str


@dataclass(frozen=True, kw_only=True)
class TeamCreated(Event):
    name: ClassVar[str] = "team.created"
    team_id: str


@dataclass(frozen=True, kw_only=True)
class WorkingHoursChanged(Event):
    name: ClassVar[str] = "calendar.hours_changed"
    weekday: int


@dataclass(frozen=True, kw_only=True)
class HolidayAdded(Event):
    name: ClassVar[str] = "calendar.holiday_added"
    day: str


@dataclass(frozen=True, kw_only=True)
class HolidayRemoved(Event):
    name: ClassVar[str] = "calendar.holiday_removed"
    day: str


@dataclass(frozen=True, kw_only=True)
class SlaTargetChanged(Event):
    name: ClassVar[str] = "sla.target_changed"
    noun: str
    priority: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class NoticeEvent(Event):
    """What every event of a notice tells."""

    name: ClassVar[str] = ""
    notice_id: str


@dataclass(frozen=True, kw_only=True)
class NoticeOpened(NoticeEvent):
    name: ClassVar[str] = "notice.opened"


@dataclass(frozen=True, kw_only=True)
class NoticeUpdated(NoticeEvent):
    name: ClassVar[str] = "notice.updated"


@dataclass(frozen=True, kw_only=True)
class NoticeClosed(NoticeEvent):
    name: ClassVar[str] = "notice.closed"


@dataclass(frozen=True, kw_only=True)
class NoticeTold(Event):
    """One affected customer is to hear of a notice."""

    name: ClassVar[str] = "notice.told"
    notice_id: str
    customer_id: str
    version: int
