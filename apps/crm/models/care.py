"""What customers asked us to put right: cases, tickets, who looks after them and by when."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from apps.crm.models.people import Agent, Customer, Team
from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import CodeQuerySet, LifecycleModel, PublicIdModel, PublicIdQuerySet


class Priority(models.TextChoices):
    LOW = "low"
    NORMAL = "normal"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ChatTranscript(models.Model):
    """What was said in a chat, known by the hash of its text."""

    NOUN = "chat_transcript"

    hash = models.CharField(primary_key=True, max_length=64)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="transcripts")
    body = models.TextField()
    recorded_at = models.DateTimeField(default=clock.now)

    objects = CodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.hash[:12]


class PromisedQuerySet(PublicIdQuerySet):
    """Rows that are to be settled by a moment."""

    def running(self) -> "PromisedQuerySet":
        """Those whose clock runs."""
        return self.filter(state__in=self.model.RUNNING)

    def overdue(self, at: Any) -> "PromisedQuerySet":
        """Those whose promise is broken without anybody having written it down."""
        return self.running().filter(sla_breached_at=None, sla_due_at__lte=at)


class Promised(LifecycleModel):
    """Something we promised to settle within so much working time."""

    # The states in which its clock runs.
    RUNNING: ClassVar[tuple[str, ...]] = ()

    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    # Whose it is while nobody in particular has it in hand.
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    sla_due_at = models.DateTimeField(null=True, blank=True)
    # Working time that was left when the clock was stopped to wait for somebody else.
    sla_left = models.DurationField(null=True, blank=True)
    sla_breached_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = PromisedQuerySet.as_manager()

    class Meta:
        abstract = True


class CaseState(models.TextChoices):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING_CUSTOMER = "pending_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Case(Promised):
    """One concern of a customer, with the tickets that settle it."""

    PREFIX = "CASE"
    RUNNING = (CaseState.OPEN, CaseState.IN_PROGRESS)
    LIFECYCLE = Lifecycle(
        "case",
        rule="case.transition.valid_from_state",
        initial=CaseState.OPEN,
        transitions={
            CaseState.OPEN: {
                "take": CaseState.IN_PROGRESS,
                "resolve": CaseState.RESOLVED,
                "cancel": CaseState.CLOSED,
            },
            CaseState.IN_PROGRESS: {
                "await_customer": CaseState.PENDING_CUSTOMER,
                "resolve": CaseState.RESOLVED,
                "cancel": CaseState.CLOSED,
            },
            CaseState.PENDING_CUSTOMER: {
                "resume": CaseState.IN_PROGRESS,
                "cancel": CaseState.CLOSED,
            },
            CaseState.RESOLVED: {"close": CaseState.CLOSED},
        },
    )

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="cases")
    subject = models.TextField()
    description = models.TextField(null=True, blank=True)
    category = models.CharField(max_length=40, default="general")
    resolution_code = models.CharField(max_length=60, blank=True, default="")
    opened_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="opened_cases"
    )
    owner = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="owned_cases"
    )
    transcript = models.ForeignKey(ChatTranscript, models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="case_priority"),
        ]
        indexes = [
            models.Index("customer", F("id").desc(), name="case_newest"),
            models.Index(
                fields=["sla_due_at"],
                name="case_overdue",
                condition=Q(state__in=["open", "in_progress"], sla_breached_at=None),
            ),
            models.Index(fields=["state", "id"], name="case_open", condition=~Q(state="closed")),
        ]


class CaseNote(PublicIdModel):
    """Something a colleague wrote into a case, or a reply that went to the customer."""

    PREFIX = "NOTE"

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    author = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    body = models.TextField()
    # The customer was sent this.
    is_reply = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)


class TicketState(models.TextChoices):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Ticket(Promised):
    """One piece of work on a fault or a wish, in somebody's hands."""

    PREFIX = "TKT"
    RUNNING = (TicketState.OPEN, TicketState.ACKNOWLEDGED, TicketState.IN_PROGRESS)
    LIFECYCLE = Lifecycle(
        "ticket",
        rule="ticket.transition.valid_from_state",
        initial=TicketState.OPEN,
        transitions={
            TicketState.OPEN: {
                "acknowledge": TicketState.ACKNOWLEDGED,
                "cancel": TicketState.CANCELLED,
            },
            TicketState.ACKNOWLEDGED: {
                "start": TicketState.IN_PROGRESS,
                "cancel": TicketState.CANCELLED,
            },
            TicketState.IN_PROGRESS: {
                "wait": TicketState.PENDING,
                "resolve": TicketState.RESOLVED,
                "cancel": TicketState.CANCELLED,
            },
            TicketState.PENDING: {
                "resume": TicketState.IN_PROGRESS,
                "cancel": TicketState.CANCELLED,
            },
            TicketState.RESOLVED: {
                "close": TicketState.CLOSED,
                "reopen": TicketState.IN_PROGRESS,
            },
        },
    )

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="tickets")
    ticket_type = models.CharField(max_length=40)
    subject = models.TextField()
    description = models.TextField(null=True, blank=True)
    assignee = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    related_order_id = models.CharField(max_length=20, blank=True, default="")
    related_subscription_id = models.CharField(max_length=20, blank=True, default="")
    related_service_id = models.CharField(max_length=20, blank=True, default="")
    resolution_notes = models.TextField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TicketState.values), name="ticket_state"),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="ticket_priority"
            ),
        ]
        indexes = [
            models.Index("customer", F("id").desc(), name="ticket_newest"),
            models.Index(
                fields=["sla_due_at"],
                name="ticket_overdue",
                condition=Q(
                    state__in=["open", "acknowledged", "in_progress"], sla_breached_at=None
                ),
            ),
            models.Index(
                fields=["state", "id"],
                name="ticket_open",
                condition=~Q(state__in=["closed", "cancelled"]),
            ),
        ]


class WorkingHours(models.Model):
    """When the operator works on a day of the week; without any, around the clock."""

    weekday = models.SmallIntegerField(primary_key=True)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6)) & Q(closes__gt=F("opens")),
                name="working_hours_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens}–{self.closes}"


class Holiday(models.Model):
    """A day on which the operator does not work."""

    day = models.DateField(primary_key=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class SlaTarget(models.Model):
    """Within how much working time a case or ticket of a priority is to be settled."""

    noun = models.CharField(max_length=10)
    priority = models.CharField(max_length=10, choices=Priority.choices)
    minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["noun", "priority"], name="sla_target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.priority}: {self.minutes} min"
