"""Proposals that wait for a person."""

from __future__ import annotations

from typing import Any

from bss.core import clock, context, registry
from bss.core.errors import PermissionDenied
from bss.core.models import Proposal
from bss.core.registry import operation

EVERYBODY = "care supervisor engineer finance catalog_manager"


def proposal_view(proposal: Proposal) -> dict[str, Any]:
    """A proposal, as every door shows it."""
    doc = registry.public(proposal.operation).doc.partition("\n\n")[0].replace("\n", " ")
    subjects = (value for name, value in proposal.args.items() if name.endswith("_id"))
    return {
        "id": proposal.public_id,
        "operation": proposal.operation,
        "title": doc,
        "about": next(subjects, None),
        "args": proposal.args,
        "requester": proposal.requester,
        "secondPerson": proposal.second_person,
        "reason": proposal.reason or None,
        "createdAt": proposal.created_at.isoformat(),
        "expiresAt": proposal.expires_at.isoformat(),
        "usedAt": proposal.used_at and proposal.used_at.isoformat(),
        "usedBy": proposal.used_by or None,
    }


@operation("proposal.list", effect="read", roles=EVERYBODY)
def list_proposals() -> list[dict[str, Any]]:
    """List what waits for a second person and may be confirmed by whoever asks."""
    acting = context.current()
    waiting = Proposal.objects.filter(second_person=True, used_at=None)
    found = waiting.filter(expires_at__gt=clock.real()).order_by("id")
    return [proposal_view(proposal) for proposal in found if concerns(proposal, acting)]


@operation("proposal.show", effect="read", roles=EVERYBODY)
def show_proposal(*, proposal_id: str) -> dict[str, Any]:
    """Show what a proposal would do, to whoever asked for it or may do it."""
    proposal: Proposal = Proposal.objects.get_by_id(proposal_id)
    acting = context.current()
    if not concerns(proposal, acting):
        raise PermissionDenied(f"{proposal.operation} is not yours to confirm.")
    return {**proposal_view(proposal), "shown": proposal.shown}


def concerns(proposal: Proposal, acting: context.Context) -> bool:
    """True for who asked, and for who may run the operation."""
    found = registry.public(proposal.operation)
    allowed = acting.allows(found.name, found.effect, by_pattern=bool(found.roles))
    return allowed or proposal.requester == acting.person
