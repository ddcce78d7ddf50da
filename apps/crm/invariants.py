"""What must always hold about people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from apps.crm.models import (
    Case,
    CaseState,
    ContactMedium,
    Customer,
    CustomerState,
    KycAttestation,
    KycStatus,
    Notification,
    NotificationState,
    Ticket,
)
from bss.core.ids import parse_id
from bss.core.invariants import invariant, touched_since
from bss.core.models import PublicIdModel


@invariant("customer.can_be_reached", "every customer who is not closed has a live contact")
def can_be_reached(since: datetime | None) -> Iterator[dict[str, Any]]:
    live = ContactMedium.objects.live().filter(customer=OuterRef("pk"))
    served = Customer.objects.exclude(state=CustomerState.CLOSED).filter(~Exists(live))
    return _broken(served, since)


@invariant("customer.verified_by_attestation", "every verified customer has an attestation")
def verified_by_attestation(since: datetime | None) -> Iterator[dict[str, Any]]:
    proof = KycAttestation.objects.filter(customer=OuterRef("pk"))
    return _broken(Customer.objects.filter(~Exists(proof), kyc_status=KycStatus.VERIFIED), since)


@invariant("notification.not_to_bounced", "nothing is sent where mail comes back from")
def not_to_bounced(since: datetime | None) -> Iterator[dict[str, Any]]:
    bounced = ContactMedium.objects.live().filter(
        bounced_at__lt=OuterRef("created_at"),
        customer=OuterRef("customer"),
        value=OuterRef("recipient"),
    )
    sent = Notification.objects.filter(Exists(bounced), state=NotificationState.SENT)
    if since is not None:
        sent = sent.filter(customer__in=_touched(Customer, since))
    for letter in sent:
        yield {"notification": letter.public_id}


@invariant("case.closed_with_its_tickets", "no ticket of a closed case is still worked on")
def closed_with_its_tickets(since: datetime | None) -> Iterator[dict[str, Any]]:
    left = Ticket.objects.running().filter(case__state=CaseState.CLOSED)
    if since is not None:
        left = left.filter(case__in=_touched(Case, since))
    for ticket in left:
        yield {"ticket": ticket.public_id}


def _broken(customers: Any, since: datetime | None) -> Iterator[dict[str, Any]]:
    if since is not None:
        customers = customers.filter(pk__in=_touched(Customer, since))
    for key in customers.values_list("id", flat=True):
        yield {"customer": Customer.public_id_of(key)}


def _touched(model: type[PublicIdModel], since: datetime) -> list[int]:
    """Keys of the rows of a model that events tell of."""
    words = (word for word in touched_since(since) if word.startswith(f"{model.PREFIX}-"))
    return [parse_id(word, model.PREFIX) for word in words if "/" not in word]
