"""What waits for a second person."""

from apps.cockpit.console.cells import ident, moment, strong, text
from apps.cockpit.console.screen import Column, Listing, Rows, Screen, Verb, show
from bss.core.administration import proposals


def for_two() -> Rows:
    """Proposals that need another person than who asked."""
    return proposals.waiting().filter(second_person=True)


show(
    Screen(
        name="approvals",
        title="Approvals",
        group="Running it",
        also="proposals second person four eyes confirm",
        listing=Listing(
            may="proposal.list",
            rows=for_two,
            shapes=lambda rows: [proposals.proposal_row(row) for row in rows],
            empty="Nobody waits for a second person.",
            columns=(
                Column("Proposal", "id", strong),
                Column("What", "title", text),
                Column("About", "about", ident),
                Column("Asked by", "requester", text),
                Column("Why", "reason", text),
                Column("Until", "expiresAt", moment),
            ),
            row_verbs=(Verb("proposal.get", "Look and decide", {"proposal_id": "id"}),),
        ),
    )
)
