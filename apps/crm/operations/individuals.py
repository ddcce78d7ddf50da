"""People known to us who are no customers yet, or not any more."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints

from apps.crm import policies, queries
from apps.crm.events import (
    CustomerUpdated,
    IndividualCreated,
    IndividualRemoved,
    IndividualUpdated,
)
from apps.crm.models import Customer, CustomerState, Individual
from bss.core.events import publish
from bss.core.operations import operation

Given = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Family = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


@operation("individual.create", roles="care supervisor", result=queries.individual_view)
def create_individual(
    *, given_name: Given, family_name: Family = "", date_of_birth: date | None = None
) -> Individual:
    """Write down a person whom nothing is sold to yet."""
    names = {"given_name": given_name, "family_name": family_name}
    person = Individual.objects.create(**names, date_of_birth=date_of_birth)
    publish(IndividualCreated(individual_id=person.public_id), aggregate=person)
    return person


@operation("individual.update", roles="care supervisor", result=queries.individual_view)
def update_individual(
    *,
    individual_id: str,
    given_name: Given | None = None,
    family_name: Family | None = None,
    date_of_birth: date | None = None,
) -> Individual:
    """Correct a person's name or date of birth, customer or not."""
    given = {
        "given_name": given_name,
        "family_name": family_name,
        "date_of_birth": date_of_birth,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise policies.NOTHING_TO_CHANGE()
    customer = _lock_customer(individual_id)
    person: Individual = Individual.objects.lock(individual_id)
    person.follow_up(**changes)
    fields = " ".join(changes)
    publish(IndividualUpdated(individual_id=person.public_id, fields=fields), aggregate=person)
    if customer is not None:
        policies.require_open(customer)
        publish(
            CustomerUpdated(customer_id=customer.public_id, fields=fields),
            aggregate=customer,
            about=customer.public_id,
            summary="Personal details corrected",
        )
    return person


@operation("individual.remove", effect="destructive", roles="care supervisor")
def remove_individual(*, individual_id: str) -> dict[str, Any]:
    """Forget a person; one who was a customer is kept for the books."""
    customer = _lock_customer(individual_id)
    person: Individual = Individual.objects.lock(individual_id)
    if customer and customer.state != CustomerState.CLOSED:
        raise policies.STILL_CUSTOMER(
            individual_id=person.public_id, customer_id=customer.public_id
        )
    publish(IndividualRemoved(individual_id=person.public_id), aggregate=person)
    if customer is None:
        Individual.objects.filter(pk=person.pk).delete()
    return {"id": person.public_id}


def _lock_customer(individual_id: str) -> Customer | None:
    """The customer that a person is, locked before the person."""
    person: Individual = Individual.objects.get_by_id(individual_id)
    found = Customer.objects.filter(individual=person).values_list("pk", flat=True).first()
    return Customer.objects.lock(found) if found else None
