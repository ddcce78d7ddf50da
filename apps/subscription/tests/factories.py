"""Lines for tests, made the way an order makes them, and what their owners do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.crm.tests.factories import make_customer as make_customer
from apps.subscription.models import Bucket, Grant, Subscription
from apps.subscription.rules import Charge, Charged
from bss.core import clock
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal
from bss.core.quantities import MB as MB

VISA = "4242 4242 4242 4242"
DECLINING = "4000-FAIL-0002"
LOST_ANSWER = "4000-TIMEOUT-0002"
UNDECIDED = "4000-UNKNOWN-0002"
CFS = "SSPEC_CFS_MOBILE_BROADBAND"


def internal(name: str, **args: Any) -> Any:
    """The result of an internal operation, its own calls performed."""
    return run_internal(name, args, wait=5.0).result


def make_stock() -> None:
    """A catalog, and a few numbers and eSIMs."""
    internal("catalog.seed")
    internal("provisioning.seed", numbers=12, esims=12)


def add_card(customer_id: str, number: str = VISA) -> str:
    """The id of a card that pays from now on."""
    card: str = run("payment.add_card", customer_id=customer_id, card_number=number)["id"]
    run("payment.set_default", method_id=card)
    return card


def make_pending(plan: str = "PLAN_S", card: str | None = VISA, **wishes: Any) -> str:
    """The id of a line that is prepared for an order."""
    make_stock()
    customer = wishes.pop("customer_id", None) or make_customer()
    if card:
        add_card(customer, card)
    prepared = internal(
        "subscription.prepare",
        customer_id=customer,
        offering_id=plan,
        price_id=f"PRICE_{plan}",
        order_id=wishes.pop("order_id", f"ORD-{Subscription.objects.count() + 1:06d}"),
        **wishes,
    )
    return str(prepared["id"])


def make_line(plan: str = "PLAN_S", card: str | None = VISA, **wishes: Any) -> str:
    """The id of a line in service."""
    line = make_pending(plan, card, **wishes)
    internal("subscription.activate", subscription_id=line, payment_id="PAY-000000")
    return line


def make_served_line(plan: str = "PLAN_S", **wishes: Any) -> str:
    """The id of a line in service that the network knows."""
    line = make_pending(plan, **wishes)
    internal(
        "service_order.open",
        owner=line,
        action="activate",
        cfs_spec_id=CFS,
        rfs_spec_ids=["SSPEC_RFS_DATA_BEARER"],
        task_types=["HLR_PROVISION"],
    )
    internal("subscription.activate", subscription_id=line, payment_id="PAY-000000")
    return line


def the(line: str) -> Subscription:
    """A line as stored now."""
    found: Subscription = Subscription.objects.get_by_id(line)
    return found


def use(line: str, quantity: int, kind: str = "data", at: datetime | None = None) -> Charged:
    """Take a quantity from a line, as rating does."""
    charge = Charge(the(line).pk, kind, quantity, at or clock.now())
    charged: list[Charged] = internal("subscription.consume", batch=[charge])
    return charged[0]


def exhaust(line: str) -> None:
    """Use all the data a line has left."""
    use(line, sum(grant.left for grant in grants(line) if grant.expires_at > clock.now()))


def grants(line: str, kind: str = "data") -> list[Grant]:
    """What a line was granted of a kind, in the order in which it is used."""
    found = Grant.objects.filter(subscription=the(line), kind=kind)
    return list(found.order_by("expires_at", "id"))


def bucket(line: str, kind: str = "data") -> Bucket:
    """What a line has used of a kind."""
    return Bucket.objects.get(subscription=the(line), kind=kind)


def balance(line: str, kind: str = "data") -> dict[str, Any]:
    """A balance as people see it."""
    balances = run("subscription.get_balance", subscription_id=line)
    return next(one for one in balances if one["allowanceType"] == kind)


def top_up(line: str, vas: str = "VAS_DATA_1GB") -> Any:
    """What buying a top-up answers."""
    return run("subscription.purchase_vas", subscription_id=line, vas_offering_id=vas)


def events(name: str) -> list[dict[str, Any]]:
    """The payloads of what was published under a name, oldest first."""
    stored = StoredEvent.objects.filter(name=name).order_by("id")
    return list(stored.values_list("payload", flat=True))
