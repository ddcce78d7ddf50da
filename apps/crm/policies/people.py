"""What is refused about people, with the words for it."""

from datetime import date, datetime
from typing import Any

from django.conf import settings

from apps.crm import rules
from apps.crm.models import (
    ContactMedium,
    Customer,
    CustomerState,
    IdentityDocument,
    Individual,
    KycAttestation,
    MediumType,
)
from bss.core import clock
from bss.core.errors import rule
from bss.core.operations import check

NO_CONTACT = rule(
    "customer.create.requires_contact_medium",
    "A customer needs an e-mail address or a phone number.",
)
NO_NAME = rule("customer.create.requires_name", "A customer needs a name.")
ALREADY_CUSTOMER = rule(
    "customer.create.individual_is_customer",
    "{individual_id} is a customer already: {customer_id}.",
)
STILL_CUSTOMER = rule(
    "individual.remove.is_customer",
    "{individual_id} is a customer; close {customer_id} first.",
)
EMAIL_TAKEN = rule(
    "customer.create.email_unique", "Another customer already uses this e-mail address."
)
BAD_CONTACT = rule(
    "customer.contact_medium.invalid_value",
    "This is not a usable {medium_type}: {value}",
)
EMAIL_FLOW = rule(
    "customer.contact_medium.email_must_use_change_flow",
    "An e-mail address is changed by its owner, who proves to receive mail at the new one.",
)
LAST_CONTACT = rule(
    "customer.contact_medium.last_not_removable",
    "This is the last way to reach {customer_id}; add another one first.",
)
NOT_THEIRS = rule(
    "customer.contact.medium_not_found",
    "{customer_id} has no live contact medium {medium_id}.",
)
NOTHING_TO_CHANGE = rule(
    "customer.individual.update.no_fields",
    "Say what should change: a name or a date of birth.",
)
NOTHING_TO_UPDATE = rule(
    "customer.update_contact.no_fields",
    "Say what should change: an e-mail address or a phone number.",
)
NOT_EMPTY = rule(
    "installation.restore.empty",
    "This installation has customers; an export is brought into an empty one only.",
)
CLOSED = rule("customer.update.closed", "{customer_id} is closed; nothing changes any more.")
LETTERS_LEFT = rule(
    "customer.erase.letters_sent",
    "A letter to {customer_id} has not left yet; wait a minute and try again.",
)
STILL_OPEN = rule(
    "customer.erase.closed_only", "{customer_id} is {state}; only closed customers are forgotten."
)
UNCORROBORATED = rule(
    "kyc.attestation.uncorroborated",
    "No trusted source confirms this attestation of {provider}.",
)
NO_TOKEN = rule(
    "customer.attest_kyc.attestation_signature_valid",
    "The attestation carries no token.",
)
HALF_DOCUMENT = rule(
    "customer.attest_kyc.document_required",
    "A document needs its type, its number and the country that issued it.",
)
DOCUMENT_TAKEN = rule(
    "customer.attest_kyc.document_hash_unique_per_tenant",
    "This document already proves the identity of another customer.",
)
PROOF_USED = rule(
    "customer.attest_kyc.proof_already_used",
    "This attestation was used before; ask the provider for a new one.",
)
PROOF_TO_COME = rule(
    "customer.take_over.proof_in_the_past", "A proof of {day} has not been given yet."
)
TOO_YOUNG = rule("customer.attest_kyc.minimum_age", "A customer must be at least {age} years old.")


@check("installation.restore")
def require_nobody(**_: Any) -> None:
    """Refuse to replace what an installation with customers holds."""
    if Customer.objects.exists():
        raise NOT_EMPTY()


def require_open(customer: Customer) -> None:
    """Nothing about a closed customer changes."""
    if customer.state == CustomerState.CLOSED:
        raise CLOSED(customer_id=customer.public_id)


def require_closed(customer: Customer) -> None:
    """Nobody is forgotten who is still served."""
    if customer.state != CustomerState.CLOSED:
        raise STILL_OPEN(customer_id=customer.public_id, state=customer.state)


def require_told(customer: Customer) -> None:
    """Nobody is forgotten while a letter is on its way to them."""
    waiting = customer.notifications.filter(state__in=["requested", "held"])
    if waiting.exists():
        raise LETTERS_LEFT(customer_id=customer.public_id)


def require_email_free(address: str) -> None:
    """One live e-mail address belongs to one customer."""
    if ContactMedium.objects.with_email(address).exists():
        raise EMAIL_TAKEN()


def usable_contact(medium_type: str, value: str) -> str:
    """The contact value as it is stored, unless it makes no sense."""
    cleaned = rules.clean_contact(medium_type, value)
    if cleaned is None:
        raise BAD_CONTACT(medium_type=medium_type, value=value)
    return cleaned


def require_first_email(customer: Customer, medium_type: str) -> None:
    """A second address would change where mail goes without the owner's proof."""
    emails = customer.contact_media.live().filter(medium_type=MediumType.EMAIL)
    if medium_type == MediumType.EMAIL and emails.exists():
        raise EMAIL_FLOW()


def require_removable(customer: Customer, medium: ContactMedium) -> None:
    """The e-mail address and the last contact stay."""
    if not customer.contact_media.live().exclude(pk=medium.pk).exists():
        raise LAST_CONTACT(customer_id=customer.public_id)
    if medium.medium_type == MediumType.EMAIL:
        raise EMAIL_FLOW()


def require_trusted(provider: str, token: str) -> None:
    """Proofs made beforehand count only where the settings say so; no other source is connected."""
    if provider not in rules.PRE_VERIFIED_PROVIDERS or not settings.BSS.kyc_allow_prebaked:
        raise UNCORROBORATED(provider=provider)
    if not token.strip():
        raise NO_TOKEN()


def require_of_age(born: date | None, today: date) -> None:
    """Minors hold no line."""
    if born is not None and not rules.of_age(today, born):
        raise TOO_YOUNG(age=rules.MINIMUM_AGE)


def require_past(verified_at: datetime) -> None:
    """Nobody has proven anything tomorrow."""
    if verified_at > clock.now():
        raise PROOF_TO_COME(day=verified_at.date().isoformat())


def require_own_document(document: IdentityDocument, customer: Customer) -> None:
    """One document proves one person."""
    if document.customer_id != customer.pk:
        raise DOCUMENT_TAKEN()


def whole_document(
    document_type: str | None, number: str | None, country: str | None
) -> tuple[str, str, str] | None:
    """The document as given, None when none is; half of one is refused."""
    if not (document_type or number or country):
        return None
    if not (document_type and number and rules.last_four(number) and country):
        raise HALF_DOCUMENT()
    return document_type, number, country


def require_fresh_proof(hashes: list[str]) -> None:
    """A proof is used once."""
    if KycAttestation.objects.filter(proof_hash__in=hashes).exists():
        raise PROOF_USED()


def require_same_email(customer: Customer, email: str) -> None:
    """Naming the address that mail goes to already changes nothing; another one is refused."""
    if not customer.contact_media.with_email(email.strip()).exists():
        raise EMAIL_FLOW()


def prospect(individual_id: str) -> Individual:
    """A person whom nothing was sold to yet, locked."""
    person: Individual = Individual.objects.lock(individual_id)
    if customer := Customer.objects.filter(individual=person).first():
        raise ALREADY_CUSTOMER(individual_id=person.public_id, customer_id=customer.public_id)
    return person
