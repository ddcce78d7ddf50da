"""What must always hold about people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from apps.crm.models import (
    ContactMedium,
    Customer,
    CustomerState,
    KycAttestation,
    KycStatus,
)
from apps.crm.queries import touched_since
from bss.core.ids import parse_id
from bss.core.invariants import invariant


@invariant("customer.can_be_reached", "every customer who is not closed has a live contact")
def can_be_reached(since: datetime | None) -> Iterator[dict[str, Any]]:
    live = ContactMedium.objects.live().filter(customer=OuterRef("pk"))
    served = Customer.objects.exclude(state=CustomerState.CLOSED).filter(~Exists(live))
    return _broken(served, since)


@invariant("customer.verified_by_attestation", "every verified customer has an attestation")
def verified_by_attestation(since: datetime | None) -> Iterator[dict[str, Any]]:
    proof = KycAttestation.objects.filter(customer=OuterRef("pk"))
    return _broken(Customer.objects.filter(~Exists(proof), kyc_status=KycStatus.VERIFIED), since)


def _broken(customers: Any, since: datetime | None) -> Iterator[dict[str, Any]]:
    if since is not None:
        touched = [word for word in touched_since(since) if word.startswith(f"{Customer.PREFIX}-")]
        keys = [parse_id(word, Customer.PREFIX) for word in touched]
        customers = customers.filter(pk__in=keys)
    for key in customers.values_list("id", flat=True):
        yield {"customer": Customer.public_id_of(key)}
