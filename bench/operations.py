"""The operations that must cost the same however many lines there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from apps.crm.models import Customer
from apps.payments.models import Payment
from bss.core import clock, invariants, sweeps
from bss.core.operations import run
from bss.core.work import drain_everything

from .renewals import make_due
from .served import buyers, lines_in_service

Step = Callable[[], Any]


def steps(repeats: int) -> Iterator[tuple[str, Step]]:
    """Each operation under its name; every call of a step takes another customer or line."""
    changed_customers, read_customers = apart(buyers(5_000))
    changed_lines, read_lines = apart(lines_in_service(5_000))
    since = clock.real()
    # Once to warm up, then timed, then explained: a line is renewed but once.
    due = cycle(make_due(1 + 2 * repeats))
    yield from changes(changed_customers, changed_lines, due)
    yield from reads(read_customers, read_lines)
    yield from searches(read_lines)
    yield from background(since)


def apart(found: list[Any]) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Some to change and others to read: what an earlier round bought would count as growth."""
    half = len(found) // 2
    return cycle(found[:half]), cycle(found[half:])


def cycle(found: list[Any]) -> Callable[[], Any]:
    """One after another, again and again, the last ones first."""
    places = count(1)
    return lambda: found[-next(places) % len(found)]


def changes(customers: Any, lines: Any, due: Any) -> Iterator[tuple[str, Step]]:
    """What changes something, with everything that it leads to."""
    yield "order", lambda: settled("order.create", customer_id=customers(), offering_id="PLAN_M")
    yield (
        "top-up",
        lambda: settled(
            "subscription.purchase_vas",
            subscription_id=lines().public_id,
            vas_offering_id="VAS_DATA_1GB",
        ),
    )
    yield (
        "renewal",
        lambda: settled("subscription.renew_now", subscription_id=due()),
    )
    yield "usage event", lambda: run("usage.record", events=[event(lines().msisdn)])
    yield (
        "usage batch of 100",
        lambda: run("usage.record", events=[event(lines().msisdn) for _ in range(100)]),
    )


def settled(name: str, **args: Any) -> None:
    """Run an operation and all that comes of it."""
    run(name, **args)
    drain_everything()


def event(msisdn: str) -> dict[str, Any]:
    """A little use of a line, now."""
    return {"msisdn": msisdn, "usageType": "data", "quantity": 1, "unit": "kb"}


def reads(customers: Any, lines: Any) -> Iterator[tuple[str, Step]]:
    """What people and programs look at all day."""
    yield "customer", lambda: run("customer.get", customer_id=customers())
    yield "line", lambda: run("subscription.get", subscription_id=lines().public_id)
    yield "balance", lambda: run("subscription.get_balance", subscription_id=lines().public_id)
    yield "plans", lambda: run("catalog.list_offerings")
    yield (
        "lines of a customer",
        lambda: run("subscription.list_for_customer", customer_id=customers()),
    )
    yield "usage of a line", lambda: run("usage.history", subscription_id=lines().public_id)
    yield "payments of a customer", lambda: run("payment.list", customer_id=customers())
    yield "orders of a customer", lambda: run("order.list", customer_id=customers())
    yield "log of a customer", lambda: run("interaction.list", customer_id=customers())
    yield "a payment", lambda: run("payment.get", payment_id=newest_payment())
    yield "newest orders", lambda: run("order.list")
    yield "free numbers", lambda: run("inventory.msisdn.list_available")


def newest_payment() -> str:
    """Some payment."""
    return str(Payment.public_id_of(Payment.objects.order_by("-id").values_list("id")[0][0]))


def searches(lines: Any) -> Iterator[tuple[str, Step]]:
    """What people look for with little in hand."""
    yield "who has a number", lambda: run("customer.find_by_msisdn", msisdn=lines().msisdn)
    yield "who has an address", lambda: run("customer.find_by_email", email=an_address())
    yield "customers by name", lambda: run("customer.list", name_contains=a_name())
    yield "newest customers", lambda: run("customer.list")


def a_name() -> str:
    """Some customer's name."""
    return str(Customer.objects.order_by("-id")[5].individual.folded_name)


def an_address() -> str:
    """Some customer's address."""
    customer = Customer.objects.order_by("-id")[3]
    return str(customer.contact_media.get(medium_type="email").value)


def background(since: datetime) -> Iterator[tuple[str, Step]]:
    """What is looked for all the time, found or not, and what is checked every minute."""
    for name, sweep in sweeps.registry().items():
        yield f"sweep: {name}", partial(sweep.due, 1)
    for name, invariant in invariants.registry().items():
        yield f"check: {name}", partial(checked, invariant.query, since)


def checked(query: Callable[[Any], Any], since: datetime) -> None:
    """Check an invariant over what this round of operations changed."""
    list(query(since))
