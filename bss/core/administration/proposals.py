"""What waits for somebody to confirm it: looked at, taken back."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from bss.core import clock, context, registry
from bss.core.administration.events import ProposalCancelled
from bss.core.errors import NotFound, rule
from bss.core.events import publish
from bss.core.models import Proposal
from bss.core.paging import clamp
from bss.core.registry import operation

MOST = 200
STAFF = "care supervisor engineer finance catalog_manager"
OVER = rule("proposal.cancel.over", "Proposal {id} is {state}; there is nothing to cancel.")


def proposal_view(proposal_id: str) -> dict[str, Any]:
    """A proposal with what was shown of it."""
    proposal: Proposal = Proposal.objects.get_by_id(proposal_id)
    return {**proposal_row(proposal), "args": proposal.args, "shown": proposal.shown}


def proposal_row(proposal: Proposal) -> dict[str, Any]:
    """A proposal in short."""
    subjects = (value for name, value in proposal.args.items() if name.endswith("_id"))
    return {
        "id": proposal.public_id,
        "operation": proposal.operation,
        "title": registry.public(proposal.operation).doc.partition("\n\n")[0].replace("\n", " "),
        "about": next(subjects, None),
        "state": proposal.state,
        "requester": proposal.requester,
        "confirmer": "somebody else" if proposal.second_person else proposal.requester,
        "reason": proposal.reason or None,
        "createdAt": proposal.created_at.isoformat(),
        "expiresAt": proposal.expires_at.isoformat(),
        "confirmedBy": proposal.used_by or None,
        "cancelledBy": proposal.cancelled_by or None,
    }


def in_sight() -> QuerySet[Proposal]:
    """What whoever looks asked for, or may do themselves."""
    acting = context.current()
    doable = [
        name
        for name, found in registry.registry().items()
        if acting.allows(name, found.effect, by_pattern=bool(found.roles))
    ]
    seen: QuerySet[Proposal] = Proposal.objects.filter(
        Q(requester=acting.person) | Q(operation__in=doable)
    )
    return seen


def waiting() -> QuerySet[Proposal]:
    """Those in sight that can still be confirmed."""
    return in_sight().filter(used_at=None, cancelled_at=None, expires_at__gt=clock.real())


def _require_in_sight(proposal_id: str) -> None:
    proposal: Proposal = Proposal.objects.get_by_id(proposal_id)
    if not in_sight().filter(pk=proposal.pk).exists():
        raise NotFound("proposal", proposal_id)


@operation("proposal.list", effect="read", roles=STAFF)
def list_proposals(*, everything: bool = False, limit: int = 50) -> list[dict[str, Any]]:
    """List what waits for you or for what you may do, newest first; `everything`: also the past."""
    found = in_sight() if everything else waiting()
    found = found.order_by("-id")
    return [proposal_row(proposal) for proposal in found[: clamp(limit, MOST)]]


@operation("proposal.get", effect="read", roles=STAFF)
def get_proposal(*, proposal_id: str) -> dict[str, Any]:
    """One proposal: what it would do, who asked for it, and what became of it."""
    _require_in_sight(proposal_id)
    return proposal_view(proposal_id)


@operation("proposal.cancel", roles=STAFF, result=proposal_view)
def cancel_proposal(*, proposal_id: str, reason: str = "") -> Proposal:
    """Take back what you proposed, or refuse what somebody else did."""
    _require_in_sight(proposal_id)
    proposal: Proposal = Proposal.objects.lock(proposal_id)
    if proposal.state != "open":
        raise OVER(id=proposal.public_id, state=proposal.state)
    person = context.current().person
    proposal.follow_up(cancelled_at=clock.real(), cancelled_by=person)
    publish(
        ProposalCancelled(
            operation=proposal.operation, requester=proposal.requester, reason=reason
        ),
        aggregate=proposal,
        summary=f"{person} cancelled {proposal.operation}, proposed by {proposal.requester}",
    )
    return proposal
