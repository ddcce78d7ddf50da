"""What is refused about customers and lines of the former books."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.catalog import queries as catalog
from apps.catalog.models import ProductOffering, ProductOfferingPrice
from apps.crm import queries as crm
from apps.crm.models import Customer, KycAttestation
from apps.subscription import rules
from apps.subscription.queries import zone_for
from apps.subscription.rules import imports
from bss.core.csv_rows import Row, read_rows
from bss.core.errors import rule

BAD_FILE = rule(
    "subscriber.import.bad_file",
    "The first line must name columns, at least {columns}, and at most {limit} lines may follow"
    " in one part: {reason}.",
)
INCOMPLETE = rule("subscriber.import.complete", "{columns} must be filled too.")
CHANGED = rule(
    "subscriber.import.changed",
    "{reference} was imported before, and the file said something else of it then.",
)
NO_SUCH_DAY = rule("subscriber.import.real_day", "{column}: the calendar has no {value}.")
NO_PLAN = rule("subscription.take_over.plan_known", "There is no plan {offering_id}.")
NO_PRICE = rule(
    "subscription.take_over.price_known", "{offering_id} has no price {price_id} to go on with."
)
NOT_PAID_NOW = rule(
    "subscription.take_over.paid_now",
    "A line must be paid until a moment to come, by no more than one period: before {until}.",
)
NO_BALANCE = rule(
    "subscription.take_over.balance_given",
    "The plan limits {kind}, and nothing says how much of it is left.",
)
UNPROVEN = rule(
    "subscription.take_over.identity_proven",
    "Nobody has a line whose identity was never proven, and that of {customer_id} was not.",
)


def require_rows(text: str, above: int) -> list[Row]:
    """The rows of a part of a file of subscribers, or the refusal of all of it."""
    try:
        return read_rows(text, imports.COLUMNS, limit=imports.IMPORT_ROWS, above=above)
    except ValueError as fault:
        wanted = ", ".join(name for name, one in imports.COLUMNS.items() if not one.optional)
        limit = imports.IMPORT_ROWS
        raise BAD_FILE(columns=wanted, limit=limit, reason=str(fault)) from None


def require_complete(row: Row) -> None:
    """Refuse half a line, half a card and half a proof."""
    if missing := imports.incomplete(row):
        raise INCOMPLETE(columns=", ".join(missing))


def require_unchanged(reference: str, digest: str, texts: list[str]) -> None:
    """Refuse to tell another story about what was imported already."""
    if digest not in texts:
        raise CHANGED(reference=reference)


def require_identity(customer: Customer) -> None:
    """Refuse a line for somebody who never proved who they are; an old proof will do."""
    if not KycAttestation.objects.filter(customer=customer).exists():
        raise UNPROVEN(customer_id=customer.public_id)


def require_former_price(
    offering_id: str, price_id: str | None, at: datetime
) -> ProductOfferingPrice:
    """The price a line goes on with: the one named, or the one that holds now."""
    if not ProductOffering.objects.filter(pk=offering_id).exists():
        raise NO_PLAN(offering_id=offering_id)
    price: ProductOfferingPrice | None = catalog.active_price(offering_id, at)
    if price_id:
        named = ProductOfferingPrice.objects.filter(pk=price_id, offering_id=offering_id)
        price = named.filter(price_type="recurring").first()
    if price is None:
        raise NO_PRICE(offering_id=offering_id, price_id=price_id or "")
    return price


def require_paid_now(terms: rules.Terms, paid_until: datetime, now: datetime) -> rules.Period:
    """The period that is paid and holds now, counted back from its end."""
    zone = zone_for(terms)
    start = rules.boundary(paid_until, terms, -1, zone)
    if not start <= now < paid_until:
        latest = rules.boundary(now, terms, 1, zone) + timedelta(seconds=1)
        raise NOT_PAID_NOW(until=latest.isoformat(timespec="minutes"))
    return rules.Period(start, paid_until)


def require_balance(left: dict[str, int], kind: str) -> int:
    """How much is left of a kind that the plan limits."""
    if (quantity := left.get(kind, -1)) < 0:
        raise NO_BALANCE(kind=kind)
    return quantity


def digests(row: Row, columns: imports.Columns) -> list[str]:
    """What a row says in some columns, keyed so that nobody can guess it from the digest."""
    return crm.keyed_hashes("subscription.import", imports.text_of(row, columns))
