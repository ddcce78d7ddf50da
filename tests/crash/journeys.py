"""The journeys that are crashed: what a client asks, and what must have come of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.catalog.models import Promotion
from apps.catalog.tests.factories import make_promotion
from apps.ordering.models import ProductOrder
from apps.ordering.tests import factories as ordering
from apps.ordering.tests import ports
from apps.subscription.models import AutoTopUp, Subscription
from apps.subscription.tests import factories as lines
from bss.core import clock, sweeps, work
from bss.core.models import Call, StateHistory, StoredEvent
from bss.core.operations import invoke, run

STOCK = 600
CODE = "WELCOME"


@dataclass(frozen=True)
class Journey:
    """Something a client wants under a key of its own, and may ask for again."""

    name: str
    # Makes who it is about, with nothing left to do; answers what `ask` takes.
    prepare: Callable[[], str]
    ask: Callable[[str], Any]
    # Where it ends, as said by `ended`.
    ends: str
    ended: Callable[[str], str]
    # What a death may change on the way to the same end.
    may_differ: str = "^$"

    def whole(self, subject: str) -> None:
        """What the client asks, and all the work that it leads to."""
        self.ask(subject)
        work.drain_everything(due_only=False)


def stock() -> None:
    """Enough numbers and eSIMs for every point."""
    lines.internal("catalog.seed")
    lines.internal("provisioning.seed", numbers=STOCK, esims=STOCK)


def settled(subject: str) -> str:
    """The same subject, once everything about it is done."""
    work.drain_everything(due_only=False)
    return subject


def buyer(card: str = ordering.VISA) -> str:
    """A verified customer with a card."""
    customer = ordering.make_verified_customer()
    run("payment.add_card", customer_id=customer, card_number=card)
    return settled(customer)


def sign_up(customer: str) -> Any:
    """A customer orders a line."""
    wanted = {"customer_id": customer, "offering_id": "PLAN_S"}
    return invoke("order.create", wanted, key=f"sign-up/{customer}")


def sign_up_with_a_code(customer: str) -> Any:
    """A customer orders a line with the one code of a test."""
    wanted = {"customer_id": customer, "offering_id": "PLAN_S", "discount_code": CODE}
    return invoke("order.create", wanted, key=f"sign-up/{customer}")


def buyer_with_a_code(card: str = ordering.VISA) -> str:
    """A verified customer with a card, and the code that everybody may use."""
    if not Promotion.objects.filter(code=CODE).exists():
        make_promotion(code=CODE)
    return buyer(card)


def order_state(customer: str) -> str:
    """The state of the customer's one order, or what is there instead."""
    key = int(customer.removeprefix("CUST-"))
    found = ProductOrder.objects.filter(customer_id=key).values_list("state", flat=True)
    return " and ".join(found)


def served_line() -> str:
    """A line in service."""
    customer = buyer()
    sign_up(customer)
    settled(customer)
    return str(Subscription.objects.get(customer_id=int(customer.removeprefix("CUST-"))).public_id)


def the_line() -> str:
    """The one line of a test, out of data."""
    known = Subscription.objects.order_by("id").first()
    return known.public_id if known else served_line()


def line_state(line: str) -> str:
    """Whether a line is in service, and how much data it has left."""
    found = lines.the(line)
    left = sum(g.left for g in lines.grants(line) if g.expires_at > clock.now())
    return f"{found.state} with {left // lines.MB} MB"


def exhaust_line(line: str) -> str:
    """The network reports all the data that is left, under a key for this moment."""
    left = sum(g.left for g in lines.grants(line) if g.expires_at > clock.now())
    number = StoredEvent.objects.count()
    return f"{line} {left // lines.MB} {number}"


def report(subject: str) -> str:
    """The network reports the usage that a subject names; the line it was of."""
    line, left, number = subject.split()
    event = {
        "event_key": f"cdr/{line}/{number}",
        "msisdn": lines.the(line).msisdn,
        "event_type": "data",
        "quantity": int(left),
        "unit": "mb",
    }
    run("usage.record", events=[event])
    return line


def use_up_and_top_up(subject: str) -> Any:
    """A line runs dry, and its owner buys more before anybody has worked on that."""
    line = report(subject)
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    return invoke("subscription.purchase_vas", wanted, key=f"top-up/{subject}")


def due_line() -> str:
    """The one line of a test, blocked and with a period that is over."""
    subject = exhaust_line(the_line())
    line = settled(report(subject))
    clock.pin(clock.Reading(frozen_at=clock.now() + clock.duration("30d")))
    return line


def renew(line: str) -> Any:
    """The sweep looks for lines whose period is over."""
    return sweeps.run_sweep("renewals")


def line_that_fills_itself() -> str:
    """The one line of a test, in service, with a wish that no limit ever stops."""
    line = the_line()
    wish = {"vas_offering_id": "VAS_DATA_1GB", "monthly_cap": "10.00"}
    run("subscription.agree_auto_top_up", subscription_id=line, **wish)
    AutoTopUp.objects.update(monthly_cap=10**9, most_a_day=10**4)
    return settled(exhaust_line(line))


def line_about_to_change() -> str:
    """The one line of a test at its boundary, about to change to a plan that it does not have."""
    line = the_line()
    wanted = "PLAN_M" if lines.the(line).offering_id == "PLAN_S" else "PLAN_S"
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id=wanted)
    settled(line)
    clock.pin(clock.Reading(frozen_at=clock.now() + clock.duration("30d")))
    return f"{line} {wanted}"


def plan_state(subject: str) -> str:
    """Whether a line is in service, and whether it has the plan that was wanted."""
    line, wanted = subject.split()
    found = lines.the(line)
    kept = "changed" if found.offering_id == wanted else f"still on {found.offering_id}"
    return f"{found.state} and {kept}, {'something' if found.pending_price else 'nothing'} pending"


def paid_top_up() -> str:
    """The payment of a top-up."""
    line = the_line()
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    run("subscription.purchase_vas", **wanted)
    return settled(str(run("payment.list", subject=line, limit=1)[0]["id"]))


def give_back(payment: str) -> Any:
    """A clerk gives the money of a top-up back, and takes the data."""
    wanted = {"payment_id": payment, "reason": "Slow network", "took_back": "1 GB"}
    return invoke("payment.refund", wanted, key=f"refund/{payment}")


def refund_state(payment: str) -> str:
    """How much of a payment went back, and on which papers that stands."""
    shown = run("receipt.get", receipt_id=payment)
    refunded = run("payment.get", payment_id=payment)["refundedAmount"]
    return f"{refunded} on {len(shown['creditNotes'])} credit note"


SIGN_UP = Journey("sign-up", buyer, sign_up, "completed", order_state)
DECLINED = Journey(
    "declined sign-up", lambda: buyer(ordering.DECLINING), sign_up, "failed", order_state
)
PROMOTED = Journey(
    "sign-up with a code", buyer_with_a_code, sign_up_with_a_code, "completed", order_state
)
DECLINED_PROMOTED = Journey(
    "declined sign-up with a code",
    lambda: buyer_with_a_code(ordering.DECLINING),
    sign_up_with_a_code,
    "failed",
    order_state,
)
RENEWAL = Journey("renewal", due_line, renew, "active with 5120 MB", line_state)
TOP_UP = Journey(
    "top-up",
    lambda: settled(exhaust_line(the_line())),
    use_up_and_top_up,
    "active with 1024 MB",
    lambda subject: line_state(subject.split()[0]),
    # The network is not asked to stop a line that is back before anybody has asked it.
    may_differ=r"network|provisioning|service_order|move (PTK|SO|SVC) ",
)
REFUND = Journey("refund", paid_top_up, give_back, "3.00 on 1 credit note", refund_state)

BY_ITSELF = Journey(
    "top-up by itself",
    line_that_fills_itself,
    report,
    "active with 1024 MB",
    lambda subject: line_state(subject.split()[0]),
    may_differ=TOP_UP.may_differ,
)
PLAN_CHANGE = Journey(
    "plan change", line_about_to_change, renew, "active and changed, nothing pending", plan_state
)


def enabled_line() -> str:
    """A line in service that is enabled on a device."""
    line = served_line()
    run("inventory.esim.report", iccid=lines.the(line).iccid, report="enable")
    return settled(line)


def change_device(line: str) -> None:
    """A line is offered a second profile, and another device enables it."""
    invoke("subscription.change_device", {"subscription_id": line}, key=f"device/{line}")
    work.drain_everything(due_only=False)
    changes = run("subscription.list_device_changes", subscription_id=line)
    enabled = {"iccid": changes[0]["newIccid"], "report": "enable", "at": clock.now()}
    if changes[0]["state"] != "preparing":
        run("inventory.esim.report", **enabled)


def device_of(line: str) -> str:
    """Whether a line is on its new profile, and how far its changes of device have come."""
    changes = run("subscription.list_device_changes", subscription_id=line)
    here = lines.the(line).iccid == changes[0]["newIccid"]
    return f"{' and '.join(one['state'] for one in changes)} {'here' if here else 'there'}"


def coming_number() -> str:
    """A number that is to come to a line, written down."""
    line = served_line()
    number = f"8{int(line.removeprefix('SUB-')):07d}"
    return settled(ports.make_port(line, donor_msisdn=number, requested_port_date="2026-03-01"))


def leaving_number() -> str:
    """The number of a line, about to leave it, written down."""
    line = served_line()
    number = lines.the(line).msisdn
    return settled(ports.make_port_out(line, number, requested_port_date="2026-03-01"))


def move_number(port: str) -> None:
    """A number is asked for, agreed to, cut over and released."""
    key = f"port/{port}"
    invoke("port_request.submit", {"port_request_id": port}, key=key)
    work.drain_everything(due_only=False)
    for sweep in ("port_messages", "due_ports", "port_messages"):
        sweeps.run_sweep(sweep)
        work.drain_everything(due_only=False)


def port_of(port: str) -> str:
    """Where a port request is, and whether its number is on its line."""
    found = ports.the(port)
    line = found.target
    there = line is not None and line.msisdn == found.donor_msisdn
    return f"{found.state} {'there' if there else 'elsewhere'}"


def port_out_of(port: str) -> str:
    """Where a port request is, and what became of the line that its number left."""
    found = ports.the(port)
    return f"{found.state} and {found.target.state if found.target else 'nothing'}"


DEVICE_CHANGE = Journey("device change", enabled_line, change_device, "switched here", device_of)
PORT_IN = Journey(
    "port-in",
    coming_number,
    move_number,
    "completed there",
    port_of,
    # Whoever asks again looks into the inbox again.
    may_differ=r"call porting collect",
)
PORT_OUT = Journey(
    "port-out",
    leaving_number,
    move_number,
    "completed and terminated",
    port_out_of,
    may_differ=PORT_IN.may_differ,
)


def traces(since: dict[str, int]) -> Counter[str]:
    """What was written since some marks, without anything that differs from one run to the next."""
    events = StoredEvent.objects.filter(pk__gt=since["event"]).values_list("name", flat=True)
    calls = Call.objects.filter(pk__gt=since["call"]).values_list("gateway", "method", "state")
    moves = StateHistory.objects.filter(pk__gt=since["move"])
    return Counter(
        [
            *(f"event {name}" for name in events),
            *(f"call {' '.join(call)}" for call in calls),
            *(
                f"move {re.sub(r'-?[0-9]+', '', aggregate)} {trigger}"
                for aggregate, trigger in moves.values_list("aggregate", "trigger")
            ),
        ]
    )


def marks() -> dict[str, int]:
    """Where the tables of the kernel end now."""
    tables = {"event": StoredEvent, "call": Call, "move": StateHistory}
    return {
        name: table.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for name, table in tables.items()
    }
