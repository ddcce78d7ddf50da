"""Port requests: written down, sent, corrected, stopped."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from apps.ordering import policies, queries, rules
from apps.ordering.events import (
    PortRequestCreated,
    PortRequestDeclined,
    PortRequestRejected,
    PortRequestSubmitted,
)
from apps.ordering.models import PortRequest
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.operations import operation

from .facts import tell_port

READERS = "care supervisor engineer"
PORTERS = "care supervisor"
Direction = Literal["port_in", "port_out"]
State = Literal[
    "requested", "submitted", "validated", "declined", "completed", "rejected", "expired"
]
Carrier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Msisdn = Annotated[str, StringConstraints(pattern=r"^\+?\d{4,14}$")]
Pin = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


@operation("port_request.get", effect="read", roles=READERS)
def get_port(*, port_request_id: str) -> dict[str, Any]:
    """Show one port request."""
    return queries.port_view(port_request_id)


@operation("port_request.list", effect="read", roles=READERS)
def list_ports(
    *,
    state: State | None = None,
    direction: Direction | None = None,
    limit: Annotated[int, Field(ge=1, le=queries.PAGE_LIMIT)] = 50,
    offset: Annotated[int, Field(ge=0)] = 0,
) -> list[dict[str, Any]]:
    """List port requests, newest first."""
    return queries.port_page(state=state, direction=direction, limit=limit, offset=offset)


@operation("port_request.create", roles=PORTERS, result=queries.port_view)
def create_port(
    *,
    direction: Direction,
    donor_carrier: Carrier,
    donor_msisdn: Msisdn,
    requested_port_date: date,
    target_subscription_id: str | None = None,
    pin: Pin = "",
) -> PortRequest:
    """Write down that a number is to come or to go; nothing is sent before it is submitted.

    A number that comes is put on the line named, or into the pool without one. Locks the line.
    """
    line = lock_line(target_subscription_id)
    request = PortRequest(
        direction=direction,
        donor_carrier=donor_carrier,
        donor_msisdn=donor_msisdn,
        requested_port_date=requested_port_date,
        target=line,
        pin=pin,
        due_at=clock.now() + rules.DRAFT_FOR,
    )
    policies.require_portable(request)
    policies.require_no_other_port(donor_msisdn)
    request.save()
    tell_port(request, PortRequestCreated, "was written down")
    return request


def lock_line(subscription_id: str | None) -> Subscription | None:
    """The line named, locked."""
    return Subscription.objects.lock(subscription_id) if subscription_id else None


def lock_port(port_request_id: str) -> PortRequest:
    """A port request, locked, with the line it is about as it is now."""
    request: PortRequest = PortRequest.objects.lock(port_request_id)
    return request


@operation("port_request.submit", roles=PORTERS, result=queries.port_view)
def submit_port(
    *,
    port_request_id: str,
    pin: Pin | None = None,
    donor_carrier: Carrier | None = None,
    requested_port_date: date | None = None,
) -> PortRequest:
    """Send a port request to the other operator, corrected where it was wrong.

    Sent again, only the answer to the last time counts.
    """
    request = lock_port(port_request_id)
    request.pin = request.pin if pin is None else pin
    request.donor_carrier = donor_carrier or request.donor_carrier
    request.requested_port_date = requested_port_date or request.requested_port_date
    policies.require_sendable(request)
    request.attempt += 1
    request.due_at, request.stuck_at = clock.now() + rules.ANSWER_WITHIN, None
    corrected = ("pin", "donor_carrier", "requested_port_date")
    request.move("submit", also=(*corrected, "attempt", "due_at", "stuck_at"))
    ask_other_operator(request, "request", "port_request.settle_submission", pin=request.pin)
    sent = f"was sent to {request.donor_carrier}"
    tell_port(request, PortRequestSubmitted, sent, attempt=request.attempt)
    return request


def ask_other_operator(request: PortRequest, method: str, then: str, **told: Any) -> None:
    """Request a call to the clearing house about this sending of a port request."""
    request_call(
        gateway="porting",
        method=method,
        key=f"{method}/{request.public_id}/{request.attempt}",
        args={
            "reference": request.public_id,
            "sending": request.attempt,
            "carrier": request.donor_carrier,
            "direction": request.direction,
            "msisdn": request.donor_msisdn,
            "date": request.requested_port_date,
            **told,
        },
        then=then,
        then_args={"port_request_id": request.public_id, "attempt": request.attempt},
        about=request.target.owner if request.target else "",
        shown={"carrier": request.donor_carrier, "number": request.donor_msisdn},
    )


@operation("port_request.settle_submission", internal=True, result=queries.port_view)
def settle_submission(*, outcome: Outcome, port_request_id: str, attempt: int) -> PortRequest:
    """The clearing house took a request, which says nothing yet, or would not pass it on."""
    request = lock_port(port_request_id)
    if outcome.refused and request.is_sent and request.attempt == attempt:
        decline(request, outcome.code, outcome.reason)
    return request


def decline(request: PortRequest, code: str, reason: str) -> None:
    """Let a request wait for somebody who corrects it."""
    request.due_at, request.stuck_at = clock.now() + rules.DRAFT_FOR, None
    request.cut_over_at = None
    why = reason or code
    request.move("decline", why, also=("due_at", "stuck_at", "cut_over_at"))
    tell_port(request, PortRequestDeclined, f"was declined: {why}", code=code, reason=why)


@operation("port_request.reject", roles=PORTERS, result=queries.port_view)
def reject_port(*, port_request_id: str, reason: Reason) -> PortRequest:
    """Stop a port request for good and withdraw what was sent of it."""
    request = lock_port(port_request_id)
    policies.require_rejectable(request, reason)
    stop(request, reason)
    return request


def stop(request: PortRequest, reason: str) -> None:
    """End a request that will not take place."""
    if request.is_sent:
        ask_other_operator(request, "withdraw", "port_request.settle_withdrawal")
    request.due_at = None
    request.move("reject", reason, also=("due_at",))
    tell_port(request, PortRequestRejected, f"will not take place: {reason}", reason=reason)


@operation("port_request.settle_withdrawal", internal=True)
def settle_withdrawal(*, outcome: Outcome, port_request_id: str, attempt: int) -> None:
    """Nothing: the request was over before the other operator heard of it."""


@operation("port_request.end_for_line", internal=True)
def end_ports_of(*, subscription_id: str) -> None:
    """Stop the ports of a line that ended, unless the other operator has let go of the number."""
    line = Subscription.objects.get_by_id(subscription_id)
    ports = PortRequest.objects.open().filter(target=line, released_at=None)
    for request in ports.locking().order_by("id"):
        stop(request, "The line ended.")
