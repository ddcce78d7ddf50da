"""Port requests for tests, and what the clearing house brings."""

from __future__ import annotations

from typing import Any

from apps.ordering.models import PortRequest
from apps.ordering.tests.factories import create, line_of
from bss.core import work
from bss.core.operations import run
from bss.core.sweeps import run_sweep

OURS = "90000000"
THEIRS = "81234567"
DAY = "2026-03-05"


def make_line(customer: str, **wishes: Any) -> str:
    """The id of a line in service."""
    order = create(customer, **wishes)
    settle()
    return str(line_of(order).public_id)


def settle() -> None:
    """Let all work be done."""
    work.drain_everything(due_only=False)


def make_port(line: str | None = None, carrier: str = "Prompt Mobile", **wishes: Any) -> str:
    """The id of a port request that was written down."""
    wanted = {
        "direction": "port_in",
        "donor_carrier": carrier,
        "donor_msisdn": THEIRS,
        "requested_port_date": DAY,
        "target_subscription_id": line,
        "pin": "4711",
    }
    return str(run("port_request.create", **wanted | wishes)["id"])


def make_port_out(line: str, msisdn: str, **wishes: Any) -> str:
    """The id of a request that a line's number goes."""
    return make_port(line, direction="port_out", donor_msisdn=msisdn, pin="", **wishes)


def submit(port: str, **corrections: Any) -> None:
    """Send a request, and hear what is said at once."""
    run("port_request.submit", port_request_id=port, **corrections)
    settle()
    listen()


def listen(times: int = 1) -> None:
    """Look into the inbox of the clearing house."""
    for _ in range(times):
        run_sweep("port_messages")
        settle()


def wait_until_due() -> None:
    """What the sweep does, and what is said to that."""
    run_sweep("due_ports")
    settle()
    listen()


def the(port: str) -> PortRequest:
    """A port request as stored now."""
    found: PortRequest = PortRequest.objects.get_by_id(port)
    return found


def state(port: str) -> str:
    """Where a port request is now."""
    return str(the(port).state)
