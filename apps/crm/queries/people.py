"""Reads about people, and the shapes they are shown in."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.crypto import salted_hmac

from apps.crm import rules
from apps.crm.models import (
    ContactMedium,
    Customer,
    CustomerState,
    Individual,
    Interaction,
    KycAttestation,
    KycStatus,
    MediumType,
)
from bss.core import clock
from bss.core.clock import iso
from bss.core.errors import NotFound
from bss.core.ids import parse_id
from bss.core.models import OperatorProfile, PublicIdQuerySet
from bss.core.operations import extras, section
from bss.core.paging import clamp

CUSTOMER_HREF = "/tmf-api/customerManagement/v4/customer/"
PAGE_LIMIT = 200
RECENT_INTERACTIONS = 10


# --- customers


def customers() -> PublicIdQuerySet:
    """Customers with everything their shape needs, in two statements."""
    live = Prefetch("contact_media", ContactMedium.objects.live().order_by("id"))
    found: PublicIdQuerySet = Customer.objects.select_related("individual").prefetch_related(live)
    return found


def customer_shape(customer: Customer) -> dict[str, Any]:
    """A customer loaded by `customers()`, as every door shows it."""
    person = customer.individual
    born = person.date_of_birth
    return {
        "id": customer.public_id,
        "href": CUSTOMER_HREF + customer.public_id,
        "status": customer.state,
        "statusReason": customer.state_reason or None,
        "kycStatus": kyc_status(customer, clock.now()),
        "customerSince": iso(customer.customer_since),
        "individual": {
            "givenName": person.given_name,
            "familyName": person.family_name,
            "dateOfBirth": born.isoformat() if born else None,
        },
        "contactMedium": [medium_shape(medium) for medium in customer.contact_media.all()],
        "@type": "Customer",
    }


def medium_shape(medium: ContactMedium) -> dict[str, Any]:
    """A contact medium, as every door shows it."""
    return {
        "id": medium.public_id,
        "mediumType": medium.medium_type,
        "value": medium.value,
        "isPrimary": medium.is_primary,
        "validFrom": iso(medium.valid_from),
        "validTo": iso(medium.valid_to),
    }


def customer_view(customer_id: str) -> dict[str, Any]:
    """One customer."""
    return customer_shape(customers().get_by_id(customer_id))


def individual_view(individual_id: str) -> dict[str, Any]:
    """One person, and the customer they are."""
    person = Individual.objects.select_related("customer").get_by_id(individual_id)
    customer = getattr(person, "customer", None)
    born = person.date_of_birth
    return {
        "id": person.public_id,
        "givenName": person.given_name,
        "familyName": person.family_name,
        "dateOfBirth": born.isoformat() if born else None,
        "customerId": customer.public_id if customer else None,
        "@type": "Individual",
    }


def customer_details(customer_id: str) -> dict[str, Any]:
    """One customer with what the other apps know about them."""
    view = customer_view(customer_id)
    return view | {"_extras": extras("customer.get", view["id"])}


def customer_page(
    *, state: str | None, name_contains: str | None, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """Customers in order of their ids, starting behind `after`."""
    found = customers().order_by("id")
    if state:
        found = found.filter(state=state)
    if name_contains:
        found = found.filter(individual__folded_name__contains=name_contains.lower())
    if after:
        found = found.filter(id__gt=parse_id(after, Customer.PREFIX, "customer"))
    return [customer_shape(customer) for customer in found[: clamp(limit, PAGE_LIMIT)]]


def customer_by_email(email: str) -> dict[str, Any]:
    """The customer who reads that mailbox."""
    medium = ContactMedium.objects.with_email(email.strip()).first()
    if medium is None:
        raise NotFound("customer", email)
    return customer_shape(customers().get_by_id(medium.customer_id))


def search(text: str, limit: int) -> list[dict[str, Any]]:
    """Customers somebody might mean by an id, an e-mail address, a phone number or a name."""
    found = customers().filter(meant_by(text.strip())).order_by("id")
    return [customer_shape(customer) for customer in found[: clamp(limit, PAGE_LIMIT)]]


def meant_by(text: str) -> Q:
    """Which customers somebody means by what they typed."""
    if re.fullmatch(rf"{Customer.PREFIX}-\d+", text, re.IGNORECASE):
        return Q(id=parse_id(text.upper(), Customer.PREFIX, "customer"))
    if "@" in text:
        return Q(id__in=ContactMedium.objects.with_email(text).values("customer_id"))
    if rules.clean_phone(text):
        ending = ContactMedium.objects.with_phone_ending(rules.only_digits(text))
        # Asked first: as a sub-query it tempts the planner to walk all customers in order.
        return Q(id__in=list(ending.values_list("customer_id", flat=True)[:PAGE_LIMIT]))
    return Q(individual__folded_name__contains=text.lower())


# --- reaching them


def contact_history(customer_id: str) -> list[dict[str, Any]]:
    """Every way a customer could ever be reached, the newest first."""
    customer = Customer.objects.get_by_id(customer_id)
    media = customer.contact_media.order_by("-valid_from", "-id")
    return [
        medium_shape(medium)
        | {"verifiedAt": iso(medium.verified_at), "bouncedAt": iso(medium.bounced_at)}
        for medium in media
    ]


# --- proof of identity


def former_addresses(customer_id: str, since: datetime) -> list[str]:
    """E-mail addresses a customer had until lately and nobody has now, as contact media."""
    taken = ContactMedium.objects.live().filter(
        medium_type=MediumType.EMAIL, value__iexact=OuterRef("value")
    )
    ended = ContactMedium.objects.filter(
        ~Exists(taken),
        customer_id=parse_id(customer_id, Customer.PREFIX, "customer"),
        medium_type=MediumType.EMAIL,
        valid_to__gte=since,
    )
    keys = ended.order_by("id").values_list("id", flat=True)
    return [ContactMedium.public_id_of(key) or "" for key in keys]


def kyc_status(customer: Customer, at: datetime) -> str:
    """The status that holds at a moment, even before the sweep has written the expiry down."""
    lapsed = customer.kyc_expires_at is not None and customer.kyc_expires_at <= at
    if customer.kyc_status == KycStatus.VERIFIED and lapsed:
        return str(KycStatus.EXPIRED)
    return str(customer.kyc_status)


def is_verified(customer: Customer, at: datetime) -> bool:
    """True when the customer's identity is proven at that moment."""
    return kyc_status(customer, at) == KycStatus.VERIFIED


def newest_attestation(customer: Customer) -> KycAttestation | None:
    """The last proof of identity of a customer."""
    return customer.attestations.order_by("-id").first()


def today() -> date:
    """The day it is where the operator is."""
    return clock.now().astimezone(ZoneInfo(OperatorProfile.load().zone)).date()


def kyc_view(customer_id: str) -> dict[str, Any]:
    """Whether a customer's identity is proven, by whom and until when."""
    customer = Customer.objects.get_by_id(customer_id)
    newest = newest_attestation(customer)
    return {
        "customer_id": customer.public_id,
        "kyc_status": kyc_status(customer, clock.now()),
        "kyc_verified_at": iso(customer.kyc_verified_at),
        "kyc_verification_method": newest.provider if newest else None,
        "kyc_reference": newest.reference if newest else None,
        "kyc_expires_at": iso(customer.kyc_expires_at),
    }


def attestation_view(customer_id: str) -> dict[str, Any]:
    """What came of the newest attestation of a customer."""
    status = kyc_view(customer_id)
    return {
        "customer_id": status["customer_id"],
        "kyc_status": status["kyc_status"],
        "provider": status["kyc_verification_method"],
        "verified_at": status["kyc_verified_at"],
    }


def expired_proofs(at: datetime, limit: int) -> list[str]:
    """Customers whose proof has run out without anybody writing it down."""
    lapsed = Customer.objects.filter(kyc_status=KycStatus.VERIFIED, kyc_expires_at__lte=at)
    keys = lapsed.order_by("kyc_expires_at").values_list("id", flat=True)[:limit]
    return [Customer.public_id_of(key) or "" for key in keys]


def proofs_ending(at: datetime, limit: int) -> list[str]:
    """Customers to be asked for a new proof before theirs has run out."""
    soon = Customer.objects.filter(
        kyc_status=KycStatus.VERIFIED,
        kyc_expires_at__gt=at,
        kyc_expires_at__lte=at + rules.KYC_REMINDER,
        kyc_reminded_at=None,
    ).exclude(state=CustomerState.CLOSED)
    keys = soon.order_by("kyc_expires_at").values_list("id", flat=True)[:limit]
    return [Customer.public_id_of(key) or "" for key in keys]


def to_erase(at: datetime, limit: int) -> list[str]:
    """Closed customers who are to be forgotten."""
    over = Customer.objects.filter(
        state=CustomerState.CLOSED, erased_at=None, state_changed_at__lte=at - rules.ERASED_AFTER
    )
    keys = over.order_by("state_changed_at").values_list("id", flat=True)[:limit]
    return [Customer.public_id_of(key) or "" for key in keys]


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """The text under the installation's secret, and under the ones it had before."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(purpose, text, secret=secret, algorithm="sha256").hexdigest()
        for secret in secrets
    ]


# --- the log


def interaction_page(
    *, customer_id: str, limit: int, before: str | None = None
) -> list[dict[str, Any]]:
    """What happened between a customer and us, newest first."""
    customer = Customer.objects.get_by_id(customer_id)
    found = Interaction.objects.filter(customer=customer).order_by("-occurred_at", "-id")
    if before:
        found = found.filter(_older_than(Interaction.objects.get_by_id(before)))
    return [interaction_shape(row, customer.public_id) for row in found[: clamp(limit, PAGE_LIMIT)]]


def _older_than(row: Interaction) -> Q:
    at = row.occurred_at
    return Q(occurred_at__lte=at) & (Q(occurred_at__lt=at) | Q(id__lt=row.id))


def interaction_shape(row: Interaction, customer_id: str) -> dict[str, Any]:
    """One line of the log, as every door shows it."""
    return {
        "id": row.public_id,
        "customerId": customer_id,
        "channel": row.channel,
        "direction": row.direction,
        "summary": row.summary,
        "body": row.body,
        "agentId": row.agent_id,
        "relatedCaseId": row.related_case_id or None,
        "relatedTicketId": row.related_ticket_id or None,
        "occurredAt": iso(row.occurred_at),
        "@type": "PartyInteraction",
    }


def interaction_view(interaction_id: str) -> dict[str, Any]:
    """One line of the log."""
    row = Interaction.objects.get_by_id(interaction_id)
    return interaction_shape(row, Customer.public_id_of(row.customer_id) or "")


@section("customer.get", "interactions")
def recent_interactions(customer_id: str) -> list[dict[str, Any]]:
    """The last few lines of the log, for the whole picture of a customer."""
    return interaction_page(customer_id=customer_id, limit=RECENT_INTERACTIONS)
