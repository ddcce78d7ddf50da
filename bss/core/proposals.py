"""Proposals: a preview that waits for a person, and runs exactly as shown or not at all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from bss.core import clock, context, registry, requests
from bss.core.context import traced
from bss.core.errors import BssError, Conflict, PermissionDenied, rule
from bss.core.invocation import Invocation, to_json
from bss.core.models import Proposal
from bss.core.operations import WAIT_SECONDS, Answer, authorise, start
from bss.core.previews import Agreed, Preview, preview

LIVES = timedelta(minutes=15)
# Somebody else must be found first.
LIVES_FOR_TWO = timedelta(days=1)

EXPIRED = rule("proposal.confirm.expired", "Proposal {id} has expired; prepare it again.")
USED = rule("proposal.confirm.used", "Proposal {id} was already confirmed.")
CANCELLED = rule(
    "proposal.confirm.cancelled", "Proposal {id} was cancelled by {by}; prepare it again."
)


def propose(
    name: str, args: dict[str, Any], *, second_person: bool = False, reason: str = ""
) -> tuple[Proposal, Preview]:
    """Preview an operation and keep it for a person to confirm; a refusal is raised at once."""
    seen = preview(name, args)
    if seen.refusal is not None:
        refusal = BssError(seen.refusal.message, seen.refusal.context)
        refusal.status, refusal.code = seen.refusal.status, seen.refusal.code
        raise refusal
    agreed = json.loads(to_json(seen.agreed.stored()))
    args = json.loads(to_json(args))
    for_two = second_person or registry.public(name).second_person
    proposal = Proposal.objects.create(
        operation=name,
        args=args,
        requester=context.current().person,
        second_person=for_two,
        shown=json.loads(to_json(seen.shown())),
        agreed=agreed,
        digest=requests.digest_of(name, {"args": args, "agreed": agreed}),
        reason=reason,
        expires_at=clock.real() + (LIVES_FOR_TWO if for_two else LIVES),
    )
    return proposal, seen


def confirm(proposal_id: str, *, wait: float = WAIT_SECONDS) -> Answer:
    """Run a proposal's operation once; refused when it would now do anything else than shown."""
    proposal: Proposal = Proposal.objects.get_by_id(proposal_id)
    found = registry.public(proposal.operation)
    with context.acting(traced(context.current())) as acting:
        authorise(found, acting, proposal.args)
        _require_untouched(proposal)
        _require_right_person(proposal, acting.person)
        return start(
            found,
            found.parse(proposal.args),
            key=f"proposal/{proposal.public_id}",
            wait=wait,
            before=lambda: _use(proposal, acting.person),
            after=lambda invocation: _compare(proposal, invocation),
        )


def _require_untouched(proposal: Proposal) -> None:
    bound = {"args": proposal.args, "agreed": proposal.agreed}
    if requests.digest_of(proposal.operation, bound) != proposal.digest:
        raise Conflict("proposal.tampered", f"{proposal.public_id} is not what was shown.")


def _require_right_person(proposal: Proposal, confirmer: str) -> None:
    is_requester = proposal.requester == confirmer
    if is_requester and proposal.second_person:
        raise PermissionDenied("Somebody else must confirm this; you asked for it.")
    if not is_requester and not proposal.second_person:
        raise PermissionDenied(f"Only {proposal.requester} may confirm {proposal.public_id}.")


def _use(proposal: Proposal, confirmer: str) -> None:
    now = clock.real()
    waiting = Proposal.objects.filter(
        pk=proposal.pk, used_at=None, cancelled_at=None, expires_at__gt=now
    )
    if not waiting.update(used_at=now, used_by=confirmer):
        proposal.refresh_from_db()
        raise _why_over(proposal)


def _why_over(proposal: Proposal) -> BssError:
    if proposal.used_at:
        return USED(id=proposal.public_id)
    if proposal.cancelled_at:
        return CANCELLED(id=proposal.public_id, by=proposal.cancelled_by)
    return EXPIRED(id=proposal.public_id)


def _compare(proposal: Proposal, invocation: Invocation) -> None:
    now = json.loads(to_json(Agreed.of(invocation).stored()))
    if now != proposal.agreed:
        raise Conflict(
            "proposal.changed",
            f"{proposal.public_id} would do something else than was shown; look again.",
            {"agreed": proposal.agreed, "now": now},
        )
