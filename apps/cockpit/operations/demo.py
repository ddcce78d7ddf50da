"""A few customers and promotions to show the system with; nothing else is ever touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.catalog import operations as catalog
from apps.catalog.models import Promotion
from apps.crm import operations as crm
from apps.crm.models import ContactMedium, Customer, CustomerState
from apps.subscription import operations as subscription
from apps.subscription.models import HOLDING, Subscription
from bss.core.administration import require_sandbox
from bss.core.operations import operation

NAMES = ("Alice", "Bob", "Carol")
FAMILY = "Demo"
ANEW = "The demonstration begins anew."
PRESENTED = NAMES[:2]
WELCOME, VIP = "PROMO_DEMO_WELCOME", "PROMO_DEMO_VIP"
TERMS: dict[str, dict[str, Any]] = {
    WELCOME: {
        "audience": "public",
        "code": "DEMO_WELCOME10",
        "promo_code_kind": "multi_use",
        "discount_value": "10",
        "duration_kind": "multi",
        "periods_total": 3,
        "display_name": "Demo welcome",
    },
    VIP: {
        "audience": "targeted",
        "discount_value": "20",
        "duration_kind": "single",
        "display_name": "Demo VIP",
    },
}


def address_of(name: str) -> str:
    """Where somebody of the demonstration is written to."""
    return f"{name.lower()}.demo@bss-cli.local"


def found(name: str) -> Customer | None:
    """Somebody of the demonstration, if they are here."""
    known = ContactMedium.objects.with_email(address_of(name)).select_related("customer")
    medium = known.first()
    return medium.customer if medium else None


@operation("demo_data.seed", roles="engineer supervisor")
def seed_demo() -> dict[str, Any]:
    """Add what is missing of the demonstration: three customers, two promotions, who has them."""
    require_sandbox("demo_data.seed")
    added = {
        "customers": sum(welcome(name) for name in NAMES),
        "promotions": sum(promise(promotion_id) for promotion_id in TERMS),
    }
    return {**added, "assignments": present(), "customer_ids": ids()}


def welcome(name: str) -> bool:
    """Make a customer unless they are here; whether that was needed."""
    if found(name):
        return False
    crm.create(given_name=name, family_name=FAMILY, email=address_of(name))
    return True


def promise(promotion_id: str) -> bool:
    """Make a promotion unless it is here; whether that was needed."""
    if Promotion.objects.filter(pk=promotion_id).exists():
        return False
    catalog.create(promotion_id=promotion_id, discount_type="percent", **TERMS[promotion_id])
    return True


def present() -> int:
    """Give the promotion to those who shall have it; to how many that was new."""
    chosen = [customer.public_id for name in PRESENTED if (customer := found(name))]
    told = catalog.assign(promotion_id=VIP, customer_ids=chosen)
    return len(told["eligible"])


def ids() -> list[str]:
    """The customers of the demonstration."""
    return [customer.public_id for name in NAMES if (customer := found(name))]


@operation("demo_data.restore", roles="engineer supervisor")
def restore_demo() -> dict[str, Any]:
    """Put the demonstration's customers, promotions and assignments back as they were at first.

    Lines, orders and payments of its customers stay.
    """
    require_sandbox("demo_data.restore")
    added = seed_demo()
    restored = [name for name in NAMES if renew(found(name), name)]
    ended = Promotion.objects.filter(pk__in=TERMS, state=Promotion.State.EXHAUSTED)
    reopened = sorted(ended.values_list("pk", flat=True))
    for promotion_id in reopened:
        catalog.reopen(promotion_id=promotion_id)
    strangers = unpresent()
    return {**added, "restored": restored, "reopened": reopened, "unassigned": strangers}


def renew(customer: Customer | None, name: str) -> bool:
    """Give a customer their first name and state back; whether that was needed."""
    if customer is None:
        return False
    person = customer.individual
    changed = (person.given_name, person.family_name) != (name, FAMILY)
    if customer.state == CustomerState.SUSPENDED:
        crm.resume(customer_id=customer.public_id)
        changed = True
    if (person.given_name, person.family_name) != (name, FAMILY):
        crm.update(customer_id=customer.public_id, given_name=name, family_name=FAMILY)
    return changed


def unpresent() -> int:
    """Take the promotion from those of the demonstration who were not to have it; from how many."""
    rest = [found(name) for name in NAMES if name not in PRESENTED]
    chosen = [one.public_id for one in rest if one]
    told = catalog.unassign(promotion_id=VIP, customer_ids=chosen) if chosen else {"removed": []}
    return len(told["removed"])


@operation("demo_data.reset", effect="destructive", roles="engineer supervisor")
def forget_demo() -> dict[str, Any]:
    """End the lines of the demonstration's customers, close them, and begin it anew."""
    require_sandbox("demo_data.reset")
    here = [customer for name in NAMES if (customer := found(name))]
    for line in lines_of(here):
        subscription.terminate(subscription_id=line.public_id, reason=ANEW)
    if here and Promotion.objects.filter(pk=VIP).exists():
        catalog.unassign(promotion_id=VIP, customer_ids=[one.public_id for one in here])
    for customer in here:
        crm.close(customer_id=customer.public_id, reason=ANEW)
    return {"closed": [one.public_id for one in here], **restore_demo()}


def lines_of(customers: list[Customer]) -> Iterator[Subscription]:
    """The lines that are to end."""
    lines: Any = Subscription.objects.filter(HOLDING, customer__in=customers)
    yield from lines.order_by("id")
