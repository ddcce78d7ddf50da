"""What other operators say about port requests: late, twice and in any order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from apps.ordering import queries, rules
from apps.ordering.events import PortMessageReceived, PortReleasedInVain, PortRequestValidated
from apps.ordering.models import PortMessage, PortRequest
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.events import publish
from bss.core.models import OperatorProfile
from bss.core.operations import operation

from .cut_over import complete_if_possible
from .facts import tell_port
from .porting import decline, lock_port

Kind = Literal["accepted", "declined", "released"]


@operation("port_request.collect", internal=True)
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


@operation("port_request.take_messages", internal=True)
def take_messages(*, outcome: Outcome) -> int:
    """Write down what the clearing house had for us; how many messages were new.

    Each is acted on by itself, so that one that cannot be does not stop the others.
    """
    messages = outcome.data.get("messages", [])
    return sum(take(message) for message in messages)


def take(message: dict[str, Any]) -> bool:
    """Write one message down; True when it was not there before."""
    request = PortRequest.objects.known(str(message["reference"]))
    row, new = remember(request, message)
    if new and request is not None:
        publish(
            PortMessageReceived(
                message_key=row.pk, port_request_id=request.public_id, kind=row.kind
            ),
            aggregate=f"PORTMSG-{row.pk}",
            summary=f"{request.donor_carrier} says of {request.public_id}: {row.kind}",
        )
    return new


@operation("port_request.act_on_message", internal=True, effect="destructive")
def act_on_message(*, message_key: int) -> None:
    """Take a request as far as a message says that was written down before."""
    message: PortMessage = PortMessage.objects.get(pk=message_key)
    request = lock_port(str(PortRequest.public_id_of(message.port_request_id)))
    act_on(request, message)


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
    told = {"message_id": message_id, "kind": kind, "code": code, "reason": reason}
    row, new = remember(request, {**told, "attempt": attempt or request.attempt})
    if new:
        act_on(request, row)
    return request


def remember(request: PortRequest | None, message: dict[str, Any]) -> tuple[PortMessage, bool]:
    """A message as written down, and whether it is new."""
    found: tuple[PortMessage, bool] = PortMessage.objects.get_or_create(
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
    return found


def act_on(request: PortRequest, message: PortMessage) -> None:
    """Take a request as far as a message says."""
    if message.kind == "released":
        release(request)
    elif message.attempt != request.attempt or request.released_at is not None:
        return
    elif message.kind == "accepted" and request.can("accept"):
        accept(request)
    elif message.kind == "declined" and request.can("decline"):
        decline(request, message.code, message.reason)


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
