from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.crm import policies, queries, rules
from apps.crm.events import CustomerKycAttested, CustomerKycExpired, CustomerKycExpiring
from apps.crm.models import (
    Customer,
    IdentityDocument,
    Individual,
    KycAttestation,
    KycStatus,
)
from bss.core import clock
from bss.core.events import publish
from bss.core.operations import operation

DocumentType = Literal["nric", "passport", "fin", "driving_license"]


@operation("customer.get_kyc_status", effect="read", roles="care supervisor engineer finance")
def get_kyc_status(*, customer_id: str) -> dict[str, Any]:
    """Tell whether a customer's identity is proven, by whom and until when."""
    return queries.kyc_view(customer_id)


@operation(
    "customer.attest_kyc",
    effect="write",
    roles="care supervisor",
    result=queries.attestation_view,
)
def attest_kyc(
    *,
    customer_id: str,
    provider: str,
    attestation_token: str,
    provider_reference: str | None = None,
    document_type: DocumentType | None = None,
    document_number: str | None = None,
    document_country: str | None = None,
    date_of_birth: date | None = None,
    nationality: str | None = None,
) -> Customer:
    """Store a provider's proof of a customer's identity; each proof serves one person once."""
    policies.require_trusted(provider, attestation_token)
    paper = policies.whole_document(document_type, document_number, document_country)
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_open(customer)
    attest(
        customer,
        Proof(
            provider=provider,
            # A provider without references of its own vouches for this customer and nobody else.
            reference=provider_reference or f"{provider}-{customer.public_id}",
            token=attestation_token,
            paper=paper,
            date_of_birth=date_of_birth,
            nationality=nationality or "",
        ),
    )
    return customer


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a provider vouches for; the number in `paper` is never stored."""

    provider: str
    reference: str
    token: str
    paper: tuple[str, str, str] | None
    date_of_birth: date | None
    nationality: str
    # When that was, if not just now.
    verified_at: datetime | None = None


def attest(customer: Customer, proof: Proof) -> KycAttestation:
    """Verify a locked customer by a proof nobody has used, of a document nobody else has."""
    born = proof.date_of_birth or customer.individual.date_of_birth
    policies.require_of_age(born, queries.today())
    attestation = KycAttestation(
        customer=customer,
        provider=proof.provider,
        reference=proof.reference,
        document=_document_of(customer, *proof.paper) if proof.paper else None,
        date_of_birth=born,
        nationality=proof.nationality.upper(),
    )
    attestation.verified_at = proof.verified_at or clock.now()
    _keep(attestation, proof.token)
    _verify(customer, attestation)
    return attestation


def _document_of(
    customer: Customer, document_type: str, number: str, country: str
) -> IdentityDocument:
    text = rules.document_text(document_type, country, number)
    hashes = queries.keyed_hashes("crm.document", text)
    known = IdentityDocument.objects.filter(number_hash__in=hashes).first()
    document = known or _new_document(customer, document_type, number, country, hashes[0])
    if settings.BSS.kyc_allow_doc_reuse:
        document.customer = customer
        document.save(update_fields=["customer"])
    policies.require_own_document(document, customer)
    return document


def _new_document(
    customer: Customer, document_type: str, number: str, country: str, number_hash: str
) -> IdentityDocument:
    # Another customer may present the same document right now; then theirs is what we get.
    document, _ = IdentityDocument.objects.get_or_create(
        number_hash=number_hash,
        defaults={
            "document_type": document_type,
            "country": country.upper(),
            "number_last4": rules.last_four(number),
            "customer": customer,
        },
    )
    return document


def _keep(attestation: KycAttestation, token: str) -> None:
    proof = f"{attestation.provider}|{attestation.reference}|{token}"
    hashes = queries.keyed_hashes("crm.proof", proof)
    policies.require_fresh_proof(hashes)
    attestation.proof_hash = hashes[0]
    attestation.expires_at = attestation.verified_at + rules.KYC_VALIDITY
    try:
        with transaction.atomic():
            attestation.save()
    except IntegrityError as error:
        raise policies.PROOF_USED() from error


def _verify(customer: Customer, attestation: KycAttestation) -> None:
    before = customer.kyc_status
    customer.kyc_status = KycStatus.VERIFIED
    customer.kyc_verified_at = attestation.verified_at
    customer.kyc_expires_at, customer.kyc_reminded_at = attestation.expires_at, None
    customer.save(
        update_fields=["kyc_status", "kyc_verified_at", "kyc_expires_at", "kyc_reminded_at"]
    )
    if attestation.date_of_birth:
        person = Individual.objects.filter(pk=customer.individual_id)
        person.update(date_of_birth=attestation.date_of_birth)
    publish(
        CustomerKycAttested(
            customer_id=customer.public_id,
            attestation_id=attestation.public_id,
            provider=attestation.provider,
            expires_at=attestation.expires_at.isoformat(),
        ),
        aggregate=customer,
        about=customer.public_id,
        summary=f"Identity verified by {attestation.provider}",
        before={"kyc_status": str(before)},
        after={"kyc_status": str(customer.kyc_status)},
    )


@operation("customer.expire_kyc", effect="write", internal=True)
def expire_kyc(*, customer_id: str) -> None:
    """Write down that a customer's proof of identity has run out."""
    customer = Customer.objects.lock(customer_id)
    now = clock.now()
    if customer.kyc_status != KycStatus.VERIFIED or queries.is_verified(customer, now):
        return
    customer.kyc_status = KycStatus.EXPIRED
    customer.save(update_fields=["kyc_status"])
    publish(
        CustomerKycExpired(customer_id=customer.public_id),
        aggregate=customer,
        about=customer.public_id,
        summary="Proof of identity expired",
        before={"kyc_status": str(KycStatus.VERIFIED)},
        after={"kyc_status": str(KycStatus.EXPIRED)},
    )


@operation("customer.remind_kyc", effect="write", internal=True)
def remind_kyc(*, customer_id: str) -> None:
    """Ask a customer, once, to prove their identity again before the proof runs out."""
    customer: Customer = Customer.objects.lock(customer_id)
    now = clock.now()
    if customer.kyc_reminded_at or not queries.is_verified(customer, now):
        return
    customer.kyc_reminded_at = now
    customer.save(update_fields=["kyc_reminded_at"])
    publish(
        CustomerKycExpiring(
            customer_id=customer.public_id, expires_at=queries.iso(customer.kyc_expires_at) or ""
        ),
        aggregate=customer,
        about=customer.public_id,
        summary="Proof of identity runs out soon",
    )
