from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from apps.crm import queries, rules
from apps.crm.events import InteractionLogged
from apps.crm.models import Agent, Customer, Interaction
from bss.core.context import current
from bss.core.events import publish
from bss.core.ids import parse_id
from bss.core.operations import operation


@operation("interaction.list", effect="read", roles="care supervisor engineer finance")
def list_interactions(
    *, customer_id: str, limit: int = 50, before: str | None = None
) -> list[dict[str, Any]]:
    """List what happened between a customer and us, newest first."""
    return queries.interaction_page(customer_id=customer_id, limit=limit, before=before)


@operation(
    "interaction.log",
    effect="write",
    roles="care supervisor engineer finance",
    result=queries.interaction_view,
)
def log(
    *,
    customer_id: str,
    summary: str,
    body: str | None = None,
    agent_id: str | None = None,
    direction: Literal["inbound", "outbound"] | None = None,
) -> Interaction:
    """Write down something that happened with a customer."""
    customer = Customer.objects.get_by_id(customer_id)
    channel = current().channel
    interaction = Interaction.objects.create(
        customer=customer,
        channel=channel,
        direction=direction or rules.direction_of(channel),
        summary=summary,
        body=body,
        agent=Agent.objects.get_by_id(agent_id) if agent_id else None,
    )
    # Without a summary: the line that a summary would become is already there.
    publish(
        InteractionLogged(customer_id=customer.public_id, interaction_id=interaction.public_id),
        aggregate=interaction,
        about=customer.public_id,
    )
    return interaction


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A stored event as a line of a customer's log wants it."""

    event_id: int
    customer_id: str
    channel: str
    summary: str
    at: datetime
    aggregate: str = ""

    def line(self) -> Interaction:
        """The line, not yet written."""
        return Interaction(
            customer_id=parse_id(self.customer_id, Customer.PREFIX, "customer"),
            channel=self.channel,
            direction=rules.direction_of(self.channel),
            summary=self.summary,
            occurred_at=self.at,
            event_id=self.event_id,
            related_case_id=self.aggregate if self.aggregate.startswith("CASE-") else "",
            related_ticket_id=self.aggregate if self.aggregate.startswith("TKT-") else "",
        )


@operation("interaction.record_events", effect="write", internal=True)
def record_events(*, events: list[Happening]) -> None:
    """Keep stored events as lines of their customers' logs, each once; silent ones make none."""
    lines = [happening.line() for happening in events if happening.summary]
    Interaction.objects.bulk_create(lines, ignore_conflicts=True)
