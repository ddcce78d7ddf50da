"""The day has come: the number changes its operator, or a person is told why it does not."""

from __future__ import annotations

from apps.ordering import policies, queries, rules
from apps.ordering.events import (
    PortRequestApproved,
    PortRequestCompleted,
    PortRequestExpired,
    PortRequestStuck,
)
from apps.ordering.models import PortRequest
from apps.provisioning import operations as provisioning
from apps.provisioning import queries as network
from apps.subscription import operations as subscription
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.calls import Outcome
from bss.core.operations import operation

from .facts import tell_port
from .porting import ask_other_operator, decline, lock_port

PORTED_OUT = "ported_out"
State = PortRequest.State


@operation("port_request.advance", internal=True, effect="destructive")
def advance(*, port_request_id: str) -> None:
    """Do what is due: forget a draft, ask for the number on its day, or say that nothing moves."""
    request = lock_port(port_request_id)
    if not request.is_open or request.due_at is None or request.due_at > clock.now():
        return
    if request.released_at is not None:
        complete_if_possible(request)
    elif request.is_draft:
        expire(request)
    elif request.state == State.VALIDATED and request.cut_over_at is None:
        cut_over(request)
    else:
        flag_stuck(request, f"{request.donor_carrier} does not answer.")


def expire(request: PortRequest) -> None:
    """Forget a request that nobody sent or corrected."""
    request.due_at = None
    request.move("expire", also=("due_at",))
    tell_port(request, PortRequestExpired, "was not sent in time")


def cut_over(request: PortRequest) -> None:
    """Ask the other operator to let go of the number, or to take it."""
    locked = not request.comes_in and network.is_locked(request.donor_msisdn)
    obstacle = f"{request.donor_msisdn} is locked." if locked else queries.obstacle_to(request)
    if obstacle:
        wait(request, obstacle)
        return
    now = clock.now()
    request.follow_up(cut_over_at=now, due_at=now + rules.RELEASE_WITHIN, stuck_at=None)
    ask_other_operator(request, "cut_over", "port_request.settle_cut_over")


def wait(request: PortRequest, obstacle: str) -> None:
    """Look again later, and say once why."""
    if request.stuck_at is None:
        flag_stuck(request, obstacle)
    request.follow_up(due_at=clock.now() + rules.LOOK_AGAIN)


def flag_stuck(request: PortRequest, reason: str) -> None:
    """Say that a request does not move; a person sends it again, approves or rejects it."""
    request.follow_up(stuck_at=clock.now(), due_at=None)
    tell_port(request, PortRequestStuck, f"does not move: {reason}", reason=reason)


@operation("port_request.settle_cut_over", internal=True, result=queries.port_view)
def settle_cut_over(*, outcome: Outcome, port_request_id: str, attempt: int) -> PortRequest:
    """The clearing house passed on that the day has come, or would not."""
    request = lock_port(port_request_id)
    waits = request.state == State.VALIDATED and request.released_at is None
    if outcome.refused and waits and request.attempt == attempt:
        decline(request, outcome.code, outcome.reason)
    return request


@operation(
    "port_request.approve",
    effect="destructive",
    roles="supervisor",
    result=queries.port_view,
)
def approve(*, port_request_id: str) -> PortRequest:
    """Complete a port request by hand and at once, whatever the other operator said."""
    request = lock_port(port_request_id)
    lock_target(request)
    policies.require_completable(request)
    tell_port(request, PortRequestApproved, "was approved by hand")
    complete(request)
    return request


def complete_if_possible(request: PortRequest) -> None:
    """Complete a request whose number was released, as soon as nothing stands in the way."""
    lock_target(request)
    if obstacle := queries.obstacle_to(request):
        wait(request, obstacle)
        return
    if not request.comes_in and network.is_locked(request.donor_msisdn):
        # It has left already; a lock cannot bring it back.
        provisioning.unlock_from_line(
            msisdn=request.donor_msisdn, reason=f"{request.donor_carrier} took it."
        )
    complete(request)


def lock_target(request: PortRequest) -> None:
    """Lock the line a request is about, before any number."""
    if request.target_id:
        request.target = Subscription.objects.lock(request.target_id)


def complete(request: PortRequest) -> None:
    """Put the number where it belongs now."""
    if request.comes_in:
        bring_in(request)
    else:
        let_go(request)
    request.due_at = request.stuck_at = None
    request.move("complete", also=("due_at", "stuck_at"))
    tell_port(request, PortRequestCompleted, "is completed")


def bring_in(request: PortRequest) -> None:
    """Put a number that came on its line, or into the pool."""
    line = request.target
    owner = line.public_id if line else ""
    provisioning.port_in_number(msisdn=request.donor_msisdn, owner=owner)
    if line:
        subscription.replace_number(
            subscription_id=owner,
            msisdn=request.donor_msisdn,
            reason=f"{request.donor_msisdn} came from {request.donor_carrier}.",
        )


def let_go(request: PortRequest) -> None:
    """Take a number that left from its line, and end that line."""
    provisioning.port_out_number(msisdn=request.donor_msisdn)
    line = request.target
    if line is not None and line.is_live:
        subscription.terminate(subscription_id=line.public_id, reason=PORTED_OUT, code="ported_out")
