"""Customers whose books were kept elsewhere before."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TypedDict

from apps.crm import policies, queries
from apps.crm.events import CustomerTakenOver
from apps.crm.models import Customer, Individual
from bss.core.events import publish
from bss.core.operations import operation

from .customers import add_first_contacts, first_contacts, names_of
from .identity import Proof, attest

CARRIED_OVER = "carried_over"


class FormerProof(TypedDict):
    """What the former books say about who a customer proved to be."""

    verified_on: date
    document_type: str
    document_number: str
    document_country: str
    nationality: str


@operation("customer.take_over", internal=True, result=queries.customer_view)
def take_over(
    *,
    reference: str,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    date_of_birth: date | None = None,
    proof: FormerProof | None = None,
) -> Customer:
    """Enter a customer of the former books, without a welcome, with the proof they gave there.

    The proof is bound to its document as any other and runs out counted from its own day.
    """
    given, family = names_of(name, None, None)
    media = first_contacts(email, phone)
    person = Individual.objects.create(
        given_name=given, family_name=family, date_of_birth=date_of_birth
    )
    customer = Customer.objects.create(individual=person)
    customer.move("activate")
    add_first_contacts(customer, media)
    publish(
        CustomerTakenOver(customer_id=customer.public_id, reference=reference),
        aggregate=customer,
        about=customer.public_id,
        summary=f"Taken over from the former books as {reference}",
        after={"state": customer.state, "contacts": [kind for kind, _ in media]},
    )
    if proof:
        attest(customer, proof_of(reference, date_of_birth, proof))
    return customer


def proof_of(reference: str, born: date | None, proof: FormerProof) -> Proof:
    """The former books' word, good for this one customer."""
    verified_at = datetime.combine(proof["verified_on"], time(), UTC)
    policies.require_past(verified_at)
    return Proof(
        provider=CARRIED_OVER,
        reference=reference,
        token=verified_at.date().isoformat(),
        paper=policies.seen_document(
            proof["document_type"], proof["document_number"], proof["document_country"]
        ),
        date_of_birth=born,
        nationality=proof["nationality"],
        verified_at=verified_at,
    )
