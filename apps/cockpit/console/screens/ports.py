"""Numbers on their way from and to other operators."""

from apps.cockpit.console.cells import day, ident, moment, number, phrase, state, text
from apps.cockpit.console.screen import (
    Column,
    Listing,
    Page,
    Screen,
    Section,
    Verb,
    by_field,
    can,
    show,
)
from apps.cockpit.rules.words import grouped
from apps.ordering import queries
from apps.ordering.models import PortRequest

ME = {"port_request_id": "id"}

show(
    Screen(
        name="ports",
        title="Ports",
        group="Network",
        prefix=PortRequest.PREFIX,
        also="mnp porting",
        listing=Listing(
            may="port_request.list",
            rows=PortRequest.objects.all,
            shapes=lambda rows: [queries.show_port(row) for row in rows],
            filters=(
                by_field("state", "State", PortRequest.LIFECYCLE.states),
                by_field("direction", "Direction", PortRequest.Direction.values),
            ),
            empty="No number is on its way.",
            columns=(
                Column("Port", "id", ident),
                Column("Direction", "direction", phrase),
                Column("Number", "donorMsisdn", number),
                Column("Operator", "donorCarrier", text),
                Column("Line", "targetSubscriptionId", ident),
                Column("State", "state", state),
                Column("For", "requestedPortDate", text),
                Column("Cut over", "cutOverAt", moment),
            ),
            verbs=(Verb("port_request.create", "New port", first=True),),
        ),
        page=Page(
            read="port_request.get",
            argument="port_request_id",
            title=lambda row: (
                f"{grouped(row['donorMsisdn'])} · {row['direction'].replace('_', ' ')}"
            ),
            note=lambda row: str(row["rejectionReason"] or ""),
            facts=(
                Column("Id", "id", ident),
                Column("Operator", "donorCarrier", text),
                Column("Line", "targetSubscriptionId", ident),
                Column("For", "requestedPortDate", text),
                Column("Cut over", "cutOverAt", moment),
                Column("Created", "createdAt", day),
            ),
            verbs=(
                Verb(
                    "port_request.submit",
                    "Submit",
                    ME,
                    when=can(PortRequest.LIFECYCLE, "submit"),
                    first=True,
                ),
                Verb(
                    "port_request.approve",
                    "Approve",
                    ME,
                    when=can(PortRequest.LIFECYCLE, "complete"),
                    first=True,
                ),
                Verb(
                    "port_request.reject", "Reject", ME, when=can(PortRequest.LIFECYCLE, "reject")
                ),
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
