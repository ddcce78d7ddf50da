"""Buyers and orders for tests, made through the operations a colleague would use."""

from __future__ import annotations

from typing import Any

from apps.catalog.tests.factories import seed_catalog
from apps.crm.tests.factories import make_verified_customer
from apps.ordering.models import ProductOrder
from apps.payments.models import Payment
from apps.provisioning.models import EsimProfile, Number, ServiceOrder
from apps.subscription.models import Subscription
from bss.core.invariants import check
from bss.core.models import StoredEvent
from bss.core.operations import invoke, run, run_internal

VISA = "4242 4242 4242 4242"
DECLINING = "4000-FAIL-0002"
LOST_ANSWER = "4000-TIMEOUT-0002"
UNDECIDED = "4000-UNKNOWN-0002"
NOT_CAPTURING = "4000-NOCAPTURE-0002"
NOT_VOIDING = "4000-NOVOID-0002"


def internal(name: str, wait: float = 5.0, **args: Any) -> Any:
    """The result of an internal operation, its own calls performed."""
    return run_internal(name, args, wait=wait).result


def make_stock() -> None:
    """A catalog, and a few numbers and eSIMs."""
    seed_catalog()
    internal("provisioning.seed", numbers=12, esims=12)


def make_buyer(card: str | None = VISA, **overrides: Any) -> str:
    """The id of a verified customer with a card, in front of a filled shop."""
    make_stock()
    customer = make_verified_customer(**overrides)
    if card:
        run("payment.add_card", customer_id=customer, card_number=card)
    return customer


def place(customer: str, offering: str = "PLAN_S", **wishes: Any) -> str:
    """The id of an order that was placed."""
    return str(run("order.place", customer_id=customer, offering_id=offering, **wishes)["id"])


def submit(order: str, wait: float = 5.0) -> dict[str, Any]:
    """What submitting an order answers; with wait=0 its payment is still to be asked for."""
    found: dict[str, Any] = invoke("order.submit", {"order_id": order}, wait=wait).result
    return found


def create(customer: str, offering: str = "PLAN_S", wait: float = 5.0, **wishes: Any) -> str:
    """The id of an order that was placed and submitted."""
    wanted = {"customer_id": customer, "offering_id": offering, **wishes}
    return str(invoke("order.create", wanted, wait=wait).result["id"])


def the(order: str) -> ProductOrder:
    """An order as stored now."""
    found: ProductOrder = ProductOrder.objects.get_by_id(order)
    return found


def state(order: str) -> str:
    """Where an order is now."""
    return str(the(order).state)


def line_of(order: str) -> Subscription:
    """The line of an order, as stored now."""
    item = the(order).items.select_related("subscription").get()
    assert item.subscription is not None
    return item.subscription


def payment_of(order: str) -> Payment:
    """The payment of an order, as stored now."""
    payment = the(order).payment
    assert payment is not None
    return payment


def service_order_of(order: str) -> ServiceOrder:
    """What the network was asked for an order."""
    found: ServiceOrder = ServiceOrder.objects.get(order_id=order, action="activate")
    return found


def fault(task_type: str, fault_type: str, enabled: bool = True) -> None:
    """Let the simulated network misbehave, or stop it."""
    run(
        "provisioning.set_fault_injection",
        task_type=task_type,
        fault_type=fault_type,
        enabled=enabled,
        probability=1.0,
    )


def events(name: str) -> list[dict[str, Any]]:
    """The payloads of what was published under a name, oldest first."""
    stored = StoredEvent.objects.filter(name=name).order_by("id")
    return list(stored.values_list("payload", flat=True))


def broken() -> list[str]:
    """The invariants that do not hold."""
    return [verdict.name for verdict in check(full=True) if not verdict.holds]


def nothing_is_kept(order: str) -> bool:
    """True when number and eSIM of an order may serve somebody else."""
    line = line_of(order)
    number, esim = Number.objects.get(msisdn=line.msisdn), EsimProfile.objects.get(iccid=line.iccid)
    return (line.state, number.state, esim.state) == ("abandoned", "available", "available")
