"""Telling what became of cases and tickets."""

from __future__ import annotations

from apps.crm.events import CaseEvent, TicketEvent
from apps.crm.models import Promised
from bss.core.events import publish


def announce(
    row: Promised, event: CaseEvent | TicketEvent, summary: str, was: str | None = None
) -> None:
    """Publish an event of a locked case or ticket, about the customer it concerns."""
    publish(
        event,
        aggregate=row,
        about=event.customer_id,
        summary=f"{summary}: {row.subject}",  # type: ignore[attr-defined]
        before=None if was is None else {"state": was},
        after={"state": row.state},
    )
