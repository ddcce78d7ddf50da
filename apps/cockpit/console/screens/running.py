"""What happened, what is still to be done, who may do it."""

from apps.cockpit.console.cells import count, ident, moment, several, state, strong, text
from apps.cockpit.console.screen import (
    Column,
    Filter,
    Listing,
    Rows,
    Screen,
    Verb,
    by_field,
    in_state,
    show,
)
from bss.core.administration.audit import event_view
from bss.core.administration.parked import call_view, delivery_view
from bss.core.administration.people import client_view, staff_view
from bss.core.models import ApiClient, Call, Delivery, StoredEvent, User


def about(rows: Rows, words: str) -> Rows:
    """Events of one thing, or about one customer."""
    word = words.upper()
    return rows.filter(about=word) if word.startswith("CUST-") else rows.filter(aggregate=word)


def kinds() -> list[tuple[str, str]]:
    """Every kind of event."""
    from bss.core.events import event_types

    return [(name, name) for name in sorted(event_types())]


show(
    Screen(
        name="events",
        title="Events",
        group="Running it",
        also="audit log history who did what",
        listing=Listing(
            may="events.list",
            rows=StoredEvent.objects.all,
            shapes=lambda rows: [event_view(row) for row in rows],
            find=about,
            hint="Id of a thing or customer",
            filters=(
                Filter("kind", "Event", kinds, lambda rows, chosen: rows.filter(name=chosen)),
            ),
            columns=(
                Column("When", "occurredAt", moment),
                Column("Event", "eventType", strong),
                Column("Of", "aggregateId", ident),
                Column("About", "about", ident),
                Column("What", "summary", text),
                Column("By", "actor", text),
                Column("Through", "channel", text),
            ),
        ),
    )
)
show(
    Screen(
        name="deliveries",
        title="Deliveries",
        group="Running it",
        also="events handlers parked retry",
        listing=Listing(
            may="delivery.list",
            rows=lambda: Delivery.objects.select_related("event").exclude(state="done"),
            shapes=lambda rows: [delivery_view(row) for row in rows],
            filters=(by_field("state", "State", ("open", "parked")),),
            newest_first=False,
            empty="Every event has reached everybody it was for.",
            columns=(
                Column("Delivery", "id", strong),
                Column("Event", "event", text),
                Column("To", "handler", text),
                Column("Lane", "lane", ident),
                Column("State", "state", state),
                Column("Tries", "attempts", count, right=True),
                Column("Trouble", "error", text),
            ),
            row_verbs=(
                Verb("delivery.retry", "Retry", {"delivery_id": "id"}, when=in_state("parked")),
                Verb("delivery.discard", "Discard", {"delivery_id": "id"}, when=in_state("parked")),
            ),
        ),
    )
)
show(
    Screen(
        name="calls",
        title="External calls",
        group="Running it",
        also="gateways outside requests providers",
        listing=Listing(
            may="call.list",
            rows=Call.objects.all,
            shapes=lambda rows: [call_view(row) for row in rows],
            filters=(by_field("state", "State", ("open", "answered", "parked", "done")),),
            empty="Nothing was asked of the outside.",
            columns=(
                Column("Call", "id", strong),
                Column("What", lambda row: f"{row['gateway']}.{row['method']}", text),
                Column("About", "about", ident),
                Column("State", "state", state),
                Column("Outcome", lambda row: (row["outcome"] or {}).get("kind"), state),
                Column("Tries", "attempts", count, right=True),
                Column("Trouble", "error", text),
                Column("Requested", "requestedAt", moment),
            ),
            row_verbs=(
                Verb("call.retry", "Retry", {"call_id": "id"}, when=in_state("parked")),
                Verb("call.discard", "Discard", {"call_id": "id"}, when=in_state("parked")),
            ),
        ),
    )
)
show(
    Screen(
        name="staff",
        title="Staff",
        group="Running it",
        also="users roles people permissions",
        listing=Listing(
            may="staff.list",
            rows=lambda: User.objects.filter(is_staff=True).prefetch_related("groups"),
            shapes=lambda rows: [staff_view(row) for row in rows],
            newest_first=False,
            columns=(
                Column("Name", "username", strong),
                Column("E-mail", "email", text),
                Column("Roles", "roles", several),
                Column("State", lambda row: "active" if row["active"] else "closed", state),
                Column("Last signed in", "lastLogin", moment),
            ),
            verbs=(Verb("staff.create", "New colleague", first=True),),
        ),
    )
)
show(
    Screen(
        name="clients",
        title="API clients",
        group="Running it",
        also="tokens integrations scopes",
        listing=Listing(
            may="client.list",
            rows=ApiClient.objects.all,
            shapes=lambda rows: [client_view(row) for row in rows],
            columns=(
                Column("Client", "name", strong),
                Column("Scopes", "scopes", several),
                Column("Expires", "expiresAt", moment),
                Column("Revoked", "revokedAt", moment),
            ),
            verbs=(Verb("client.create", "New client", first=True),),
            row_verbs=(
                Verb(
                    "client.revoke",
                    "Revoke",
                    {"name": "name"},
                    when=lambda row: not row["revokedAt"],
                ),
            ),
        ),
    )
)
