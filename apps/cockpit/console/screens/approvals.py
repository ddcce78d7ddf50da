"""What waits for a second person."""

from apps.cockpit.console.cells import ident, moment, strong, text
from apps.cockpit.console.screen import Column, Listing, Rows, Screen, Verb, show
from bss.core import clock, context, registry
from bss.core.administration.approvals import proposal_view
from bss.core.models import Proposal


def waiting() -> Rows:
    """Proposals for operations that whoever looks may run, or asked for themselves."""
    acting = context.current()
    names = [
        name
        for name, one in registry.registry().items()
        if not one.internal and acting.allows(name, one.effect, by_pattern=bool(one.roles))
    ]
    rows = Proposal.objects.filter(second_person=True, used_at=None)
    return rows.filter(expires_at__gt=clock.real(), operation__in=names)


show(
    Screen(
        name="approvals",
        title="Approvals",
        group="Running it",
        also="proposals second person four eyes confirm",
        listing=Listing(
            may="proposal.list",
            rows=waiting,
            shapes=lambda rows: [proposal_view(row) for row in rows],
            empty="Nobody waits for a second person.",
            columns=(
                Column("Proposal", "id", strong),
                Column("What", "title", text),
                Column("About", "about", ident),
                Column("Asked by", "requester", text),
                Column("Why", "reason", text),
                Column("Until", "expiresAt", moment),
            ),
            row_verbs=(Verb("proposal.show", "Look and decide", {"proposal_id": "id"}),),
        ),
    )
)
