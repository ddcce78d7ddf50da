"""What other operators say about port requests: late, twice and in any order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from apps.ordering import queries, rules
from apps.ordering.events import PortReleasedInVain, PortRequestValidated
from apps.ordering.models import PortMessage, PortRequest
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.models import OperatorProfile
from bss.core.operations import operation

from .cut_over import complete_if_possible
from .facts import tell_port
from .porting import decline, lock_port

Kind = Literal["accepted", "declined", "released"]


@operation("port_request.collect", internal=True, effect="destructive")
def collect() -> None:
    """Ask the clearing house for messages behind the last one that was read."""
    after = PortMessage.objects.last_sequence()
    request_call(
        gateway="porting",
        method="collect",
        key=f"collect/{after}/{clock.real().isoformat()}",
        args={"after": after},
        then="port_request.take_messages",
    )


@operation("port_request.take_messages", internal=True, effect="destructive")
def take_messages(*, outcome: Outcome) -> int:
    """Act on what the clearing house had for us; how many messages those were."""
    messages = outcome.data.get("messages", [])
    for message in messages:
        take(message)
    return len(messages)


@operation("port_request.receive", effect="destructive", roles="engineer", result=queries.port_view)
def receive(
    *,
    port_request_id: str,
    message_id: str,
    kind: Kind,
    attempt: Annotated[int, Field(ge=1)] | None = None,
    code: str = "",
    reason: str = "",
) -> PortRequest:
    """Act on one message of the clearing house; one repeated or overtaken changes nothing."""
    request = lock_port(port_request_id)
    about = request.attempt if attempt is None else attempt
    message = {"message_id": message_id, "kind": kind, "attempt": about}
    if remember(request, {**message, "code": code, "reason": reason}):
        act_on(request, kind, about, code, reason)
    return request


def take(message: dict[str, Any]) -> None:
    """Act on a collected message; one about nothing we know is kept and passed over."""
    reference = str(message["reference"])
    known = PortRequest.objects.lock_known(reference)
    if remember(known, message) and known is not None:
        act_on(
            known,
            message["kind"],
            message["attempt"],
            message.get("code", ""),
            message.get("reason", ""),
        )


def remember(request: PortRequest | None, message: dict[str, Any]) -> bool:
    """Write a message down; False when it was there already."""
    _, new = PortMessage.objects.get_or_create(
        message_id=message["message_id"],
        defaults={
            "sequence": message.get("sequence"),
            "port_request": request,
            "kind": message["kind"],
            "attempt": message["attempt"],
            "code": message.get("code", ""),
            "reason": message.get("reason", "")[:200],
        },
    )
    return new


def act_on(request: PortRequest, kind: str, attempt: int, code: str, reason: str) -> None:
    """Take a request as far as a message says."""
    if kind == "released":
        release(request)
    elif attempt != request.attempt or request.released_at is not None:
        return
    elif kind == "accepted" and request.can("accept"):
        accept(request)
    elif kind == "declined" and request.can("decline"):
        decline(request, code, reason)


def accept(request: PortRequest) -> None:
    """The other operator agreed: wait for the day."""
    zone = OperatorProfile.load().zone
    request.due_at = rules.port_moment(request.requested_port_date, zone)
    request.stuck_at = None
    request.move("accept", also=("due_at", "stuck_at"))
    agreed = f"moves on {request.requested_port_date.isoformat()}"
    tell_port(request, PortRequestValidated, agreed)


def release(request: PortRequest) -> None:
    """The other operator let go of the number, or took it: that is a fact, whatever came before."""
    if not request.is_open:
        if request.state != PortRequest.State.COMPLETED:
            tell_port(request, PortReleasedInVain, "was released although it had ended")
        return
    if request.released_at is None:
        request.follow_up(released_at=clock.now())
    complete_if_possible(request)
