"""What a customer may ask for: all that is kept about them, and that it is forgotten."""

from __future__ import annotations

from typing import Any

from apps.crm import policies, queries
from apps.crm.events import CustomerDataExported, CustomerErased
from apps.crm.models import (
    Case,
    CaseNote,
    ChatTranscript,
    ContactMedium,
    Customer,
    EmailChange,
    IdentityDocument,
    Individual,
    Interaction,
    KycAttestation,
    KycSession,
    MessagePreference,
    Notification,
    Ticket,
)
from bss.core import clock
from bss.core.belongings import belongings
from bss.core.events import publish
from bss.core.models import Call
from bss.core.operations import operation

GONE = "(erased)"


@operation("customer.export_data", roles="care supervisor customer")
def export_data(*, customer_id: str) -> dict[str, Any]:
    """Hand out all that is kept about one customer, with secrets masked."""
    customer: Customer = Customer.objects.lock(customer_id)
    publish(
        CustomerDataExported(customer_id=customer.public_id),
        aggregate=customer,
        about=customer.public_id,
        summary="Everything kept about them was handed out",
    )
    return {
        "customerId": customer.public_id,
        "madeAt": clock.now().isoformat(),
        "rows": belongings(customer),
        "@type": "CustomerData",
    }


@operation("customer.erase", effect="destructive", roles="supervisor", result=queries.customer_view)
def erase(*, customer_id: str) -> Customer:
    """Forget who a closed customer was; what the books must keep stays without a name.

    Kept are payments, receipts, the ledger, orders, lines and what they used, by number only.
    """
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_closed(customer)
    policies.require_told(customer)
    if customer.erased_at is None:
        forget_person(customer)
        forget_words(customer)
        customer.follow_up(erased_at=clock.now())
        publish(
            CustomerErased(customer_id=customer.public_id),
            aggregate=customer,
            about=customer.public_id,
            summary="Their personal details were erased",
        )
    return customer


def forget_person(customer: Customer) -> None:
    """Names, addresses, documents and what was proven about a person."""
    mine = {"customer": customer}
    person = Individual.objects.filter(pk=customer.individual_id)
    person.update(given_name=GONE, family_name="", date_of_birth=None)
    # Whoever still writes finds no address.
    ContactMedium.objects.filter(**mine).update(value="")
    EmailChange.objects.filter(**mine).update(address=GONE, seed="")
    MessagePreference.objects.filter(**mine).delete()
    KycAttestation.objects.filter(**mine).update(
        document=None, date_of_birth=None, nationality="", reference=GONE
    )
    KycSession.objects.filter(**mine).update(url="")
    IdentityDocument.objects.filter(**mine).delete()


def forget_words(customer: Customer) -> None:
    """What was said to a person and by them."""
    mine = {"customer": customer}
    Notification.objects.filter(**mine).update(recipient=GONE, subject=GONE, body=GONE)
    Interaction.objects.filter(**mine).update(summary=GONE, body=None)
    Case.objects.filter(**mine).update(subject=GONE, description=None)
    Ticket.objects.filter(**mine).update(subject=GONE, description=None, resolution_notes=None)
    CaseNote.objects.filter(case__customer=customer).update(body=GONE)
    ChatTranscript.objects.filter(**mine).update(body=GONE)
    sent = Call.objects.filter(about=customer.public_id, state="done")
    sent.update(args={}, shown={}, outcome=None)
