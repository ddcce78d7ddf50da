"""When we work, how soon we settle things, and the clocks that hold us to it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any, Literal

from apps.crm import policies, queries
from apps.crm.events import (
    CaseSlaBreached,
    HolidayAdded,
    HolidayRemoved,
    SlaTargetChanged,
    TicketSlaBreached,
    WorkingHoursChanged,
)
from apps.crm.models import Case, Customer, Holiday, Promised, SlaTarget, Ticket, WorkingHours
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation

from .facts import announce

EVERYBODY = "care supervisor engineer finance"


def start_clock(row: Promised) -> None:
    """Promise to settle something within the working time of its priority."""
    row.sla_due_at = queries.calendar().after(clock.now(), _target(row))


def stop_clock(row: Promised) -> None:
    """Let the clock stand still while somebody else is awaited."""
    if row.sla_due_at is not None:
        row.sla_left = queries.calendar().between(clock.now(), row.sla_due_at)
        row.sla_due_at = None


def resume_clock(row: Promised) -> None:
    """Let the clock run on with what was left."""
    if row.sla_left is not None:
        row.sla_due_at = queries.calendar().after(clock.now(), row.sla_left)
        row.sla_left = None


def reprioritise(row: Promised, priority: str) -> None:
    """Change a priority; working time already used stays used."""
    running = row.sla_left is None
    if running:
        stop_clock(row)
    before, row.priority = _target(row), priority
    if row.sla_left is not None:
        row.sla_left = max(row.sla_left + _target(row) - before, timedelta())
    if running:
        resume_clock(row)


def _target(row: Promised) -> timedelta:
    return timedelta(minutes=queries.sla_minutes(row.LIFECYCLE.noun)[row.priority])


def _breach(row: Promised) -> bool:
    """Write a broken promise down, once."""
    now = clock.now()
    due = row.state in row.RUNNING and row.sla_due_at is not None and row.sla_due_at <= now
    if not due or row.sla_breached_at is not None:
        return False
    row.sla_breached_at = now
    row.save(update_fields=["sla_breached_at"])
    return True


@operation("case.breach", internal=True)
def breach_case(*, case_id: str) -> None:
    """Tell, once, that a case was not settled in time."""
    case: Case = Case.objects.lock(case_id)
    if _breach(case):
        announce(
            case,
            CaseSlaBreached(
                case_id=case.public_id,
                customer_id=Customer.public_id_of(case.customer_id) or "",
                due_at=queries.iso(case.sla_due_at) or "",
            ),
            "Case not settled in time",
        )


@operation("ticket.breach", internal=True)
def breach_ticket(*, ticket_id: str) -> None:
    """Tell, once, that a ticket was not settled in time."""
    ticket: Ticket = Ticket.objects.lock(ticket_id)
    if _breach(ticket):
        announce(
            ticket,
            TicketSlaBreached(
                ticket_id=ticket.public_id,
                customer_id=Customer.public_id_of(ticket.customer_id) or "",
                due_at=queries.iso(ticket.sla_due_at) or "",
            ),
            "Ticket not settled in time",
        )


@operation("calendar.get", effect="read", roles=EVERYBODY)
def get_calendar() -> dict[str, Any]:
    """Show when the operator works."""
    return queries.calendar_view()


@operation("calendar.set_hours", effect="write", roles="supervisor")
def set_hours(
    *, weekday: int, opens: time | None = None, closes: time | None = None
) -> dict[str, Any]:
    """Set the working hours of a weekday (Monday is 0), or none; running clocks stay."""
    policies.require_hours(weekday, opens, closes)
    before = WorkingHours.objects.filter(weekday=weekday).first()
    if opens and closes:
        WorkingHours.objects.update_or_create(
            weekday=weekday, defaults={"opens": opens, "closes": closes}
        )
    elif before:
        before.delete()
    publish(
        WorkingHoursChanged(weekday=weekday),
        aggregate=f"calendar/{weekday}",
        summary=f"Working hours of weekday {weekday} changed",
        before={"opens": before and before.opens, "closes": before and before.closes},
        after={"opens": opens, "closes": closes},
    )
    return queries.calendar_view()


@operation("calendar.add_holiday", effect="write", roles="supervisor")
def add_holiday(*, day: date, name: str) -> dict[str, Any]:
    """Add a day on which the operator does not work; clocks already running stay."""
    Holiday.objects.update_or_create(day=day, defaults={"name": name.strip()})
    publish(
        HolidayAdded(day=day.isoformat()),
        aggregate=f"calendar/{day}",
        summary=f"{day} is a holiday: {name}",
    )
    return queries.calendar_view()


@operation("calendar.remove_holiday", effect="write", roles="supervisor")
def remove_holiday(*, day: date) -> dict[str, Any]:
    """Make a holiday a usual day again."""
    policies.require_holiday(day).delete()
    publish(
        HolidayRemoved(day=day.isoformat()),
        aggregate=f"calendar/{day}",
        summary=f"{day} is no holiday",
    )
    return queries.calendar_view()


@operation("sla.list_targets", effect="read", roles=EVERYBODY)
def list_targets() -> list[dict[str, Any]]:
    """List how soon cases and tickets are to be settled, in minutes of working time."""
    return queries.sla_targets()


@operation("sla.set_target", effect="write", roles="supervisor")
def set_target(*, noun: Literal["case", "ticket"], priority: str, minutes: int) -> dict[str, Any]:
    """Set how soon cases or tickets of a priority are to be settled; running clocks stay."""
    policies.require_priority(priority)
    policies.require_promise(minutes)
    before = queries.sla_minutes(noun)[priority]
    SlaTarget.objects.update_or_create(noun=noun, priority=priority, defaults={"minutes": minutes})
    publish(
        SlaTargetChanged(noun=noun, priority=priority, minutes=minutes),
        aggregate=f"sla/{noun}/{priority}",
        summary=f"{noun.capitalize()}s of {priority} priority within {minutes} working minutes",
        before={"minutes": before},
        after={"minutes": minutes},
    )
    return {"noun": noun, "priority": priority, "minutes": minutes}
