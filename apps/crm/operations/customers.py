from datetime import date
from typing import Any, Literal

from django.db import IntegrityError, transaction

from apps.crm import policies, queries, rules
from apps.crm.events import (
    CustomerClosed,
    CustomerCreated,
    CustomerResumed,
    CustomerSuspended,
    CustomerUpdated,
)
from apps.crm.models import ContactMedium, Customer, Individual, MediumType
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation

STAFF = "care supervisor engineer finance"


@operation(
    "customer.create",
    effect="write",
    roles="care supervisor",
    result=queries.customer_view,
)
def create(
    *,
    name: str | None = None,
    given_name: str | None = None,
    family_name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    date_of_birth: date | None = None,
    individual_id: str | None = None,
) -> Customer:
    """Welcome a new customer, known as an individual or not, reached by e-mail or phone."""
    given, family = names_of(name, given_name, family_name)
    media = first_contacts(email, phone)
    person = policies.prospect(individual_id) if individual_id else Individual()
    person.given_name, person.family_name = given, family
    person.date_of_birth = date_of_birth or person.date_of_birth
    person.save()
    customer = Customer.objects.create(individual=person)
    customer.move("activate")
    add_first_contacts(customer, media)
    publish(
        CustomerCreated(customer_id=customer.public_id),
        aggregate=customer,
        about=customer.public_id,
        summary="Became a customer",
        after={
            "state": customer.state,
            "contacts": [medium_type for medium_type, _ in media],
        },
    )
    return customer


def names_of(name: str | None, given: str | None, family: str | None) -> tuple[str, str]:
    """A given and a family name, from both or from a whole one."""
    first, rest = rules.split_name(name or "")
    names = (given or first).strip(), (family or rest).strip()
    if not names[0]:
        raise policies.NO_NAME()
    return names


def first_contacts(email: str | None, phone: str | None) -> list[tuple[str, str]]:
    """The kind and the value of each way to reach a new customer; there must be one."""
    given = [(MediumType.EMAIL, email), (MediumType.PHONE, phone)]
    media = [(kind, policies.usable_contact(kind, value)) for kind, value in given if value]
    if not media:
        raise policies.NO_CONTACT()
    return [(str(kind), value) for kind, value in media]


def add_first_contacts(customer: Customer, media: list[tuple[str, str]]) -> None:
    """Write contact media down; two customers racing for one address cannot both win."""
    for medium_type, value in media:
        if medium_type == MediumType.EMAIL:
            policies.require_email_free(value)
    rows = [
        ContactMedium(customer=customer, medium_type=medium_type, value=value)
        for medium_type, value in media
    ]
    try:
        with transaction.atomic():
            ContactMedium.objects.bulk_create(rows)
    except IntegrityError as error:
        raise policies.EMAIL_TAKEN() from error


@operation(
    "customer.update",
    effect="write",
    roles="care supervisor",
    result=queries.customer_view,
)
def update(
    *,
    customer_id: str,
    given_name: str | None = None,
    family_name: str | None = None,
    date_of_birth: date | None = None,
) -> Customer:
    """Correct a customer's name or date of birth."""
    given = {
        "given_name": given_name,
        "family_name": family_name,
        "date_of_birth": date_of_birth,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise policies.NOTHING_TO_CHANGE()
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_open(customer)
    Individual.objects.filter(pk=customer.individual_id).update(**changes)
    publish(
        CustomerUpdated(customer_id=customer.public_id, fields=" ".join(changes)),
        aggregate=customer,
        about=customer.public_id,
        summary="Personal details corrected",
    )
    return customer


@operation("customer.suspend", effect="write", roles="supervisor", result=queries.customer_view)
def suspend(*, customer_id: str, reason: str) -> Customer:
    """Put a customer on hold: nothing new is sold to them."""
    customer: Customer = Customer.objects.lock(customer_id)
    before = customer.state
    customer.move("suspend", reason=reason)
    publish(
        CustomerSuspended(customer_id=customer.public_id, reason=reason),
        aggregate=customer,
        about=customer.public_id,
        summary=f"Put on hold: {reason}",
        before={"state": before},
        after={"state": customer.state},
    )
    return customer


@operation("customer.resume", effect="write", roles="supervisor", result=queries.customer_view)
def resume(*, customer_id: str) -> Customer:
    """Take a customer off hold."""
    customer: Customer = Customer.objects.lock(customer_id)
    before = customer.state
    customer.move("resume")
    publish(
        CustomerResumed(customer_id=customer.public_id),
        aggregate=customer,
        about=customer.public_id,
        summary="Taken off hold",
        before={"state": before},
        after={"state": customer.state},
    )
    return customer


@operation(
    "customer.close",
    effect="destructive",
    roles="care supervisor",
    result=queries.customer_view,
)
def close(*, customer_id: str, reason: str = "") -> Customer:
    """Close a customer for good and let go of their contact details."""
    customer: Customer = Customer.objects.lock(customer_id)
    before = customer.state
    customer.move("close", reason=reason)
    customer.contact_media.live().update(valid_to=clock.now())
    publish(
        CustomerClosed(customer_id=customer.public_id, reason=reason),
        aggregate=customer,
        about=customer.public_id,
        summary="Closed",
        before={"state": before},
        after={"state": customer.state},
    )
    return customer


@operation("customer.get", effect="read", roles=STAFF)
def get(*, customer_id: str, extras: bool = True) -> dict[str, Any]:
    """Show a customer with their lines and what happened lately, or without such extras."""
    read = queries.customer_details if extras else queries.customer_view
    return read(customer_id)


@operation("customer.list", effect="read", roles=STAFF)
def list_customers(
    *,
    state: Literal["pending", "active", "suspended", "closed"] | None = None,
    name_contains: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List customers in order of their ids; `after` continues behind the last one seen."""
    return queries.customer_page(state=state, name_contains=name_contains, after=after, limit=limit)


@operation("customer.search", effect="read", roles=STAFF)
def search(*, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Find customers by id, e-mail address, end of a phone number or part of a name."""
    return queries.search(text, limit)


@operation("customer.find_by_email", effect="read", roles=STAFF)
def find_by_email(*, email: str) -> dict[str, Any]:
    """Find the customer who uses an e-mail address."""
    return queries.customer_by_email(email)
