"""Having an identity checked by a provider: a session there, and its signed word about it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from apps.crm import policies, queries, rules
from apps.crm.events import (
    KycSessionApproved,
    KycSessionDeclined,
    KycSessionEvent,
    KycSessionOpened,
)
from apps.crm.models import Customer, KycSession, KycStatus
from bss.core import clock
from bss.core.calls import Outcome, request_call
from bss.core.errors import PolicyViolation
from bss.core.events import publish
from bss.core.operations import operation
from bss.core.owners import require_own

from .identity import DocumentType, Proof, attest


@operation(
    "kyc_session.start",
    effect="write",
    roles="care supervisor customer",
    result=queries.kyc_session_view,
)
def start_session(*, customer_id: str) -> KycSession:
    """Open a check of a customer's identity at the provider, or find the one under way."""
    customer: Customer = Customer.objects.lock(customer_id)
    policies.require_open(customer)
    now = clock.now()
    under_way = customer.kyc_sessions.locking().filter(state__in=KycSession.UNDER_WAY)
    known: KycSession | None = under_way.first()
    if known is not None:
        if known.expires_at > now:
            return known
        known.move("expire")
    session: KycSession = KycSession.objects.create(
        customer=customer,
        provider=settings.BSS.gateways["kyc"],
        requested_at=now,
        expires_at=now + rules.KYC_SESSION_VALIDITY,
    )
    request_call(
        gateway="kyc",
        method="open_session",
        key=f"kyc_session/{session.public_id}",
        args={"customer": customer.public_id},
        then="kyc_session.settle",
        then_args={"session_id": session.public_id},
        about=customer.public_id,
    )
    return session


@operation("kyc_session.settle", internal=True)
def settle_session(*, outcome: Outcome, session_id: str) -> None:
    """Keep where the customer goes through the check, or that the provider has none."""
    session = _lock(session_id)
    if not outcome.succeeded:
        session.move("fail", reason=outcome.reason or outcome.code)
        return
    session.reference, session.url = outcome.data["reference"], outcome.data["url"]
    session.move("open", also=["reference", "url"])
    _set_status(session.customer, KycStatus.PENDING)
    _tell(session, KycSessionOpened(**_facts(session)), "Identity check opened")


@operation("kyc_session.get", effect="read", roles="care supervisor engineer customer")
def get_session(*, session_id: str) -> dict[str, Any]:
    """Show how a check of a customer's identity stands."""
    session = queries.kyc_session_view(session_id)
    require_own(KycSession.NOUN, session["customer_id"], session_id)
    return session


@operation("kyc_session.record_decision", effect="write", result=queries.kyc_session_view)
def record_decision(
    *,
    provider: str,
    reference: str,
    customer_id: str,
    verdict: Literal["approved", "declined", "expired", "undecided"],
    reason: str = "",
    document_type: DocumentType | None = None,
    document_number: str | None = None,
    document_country: str | None = None,
    date_of_birth: date | None = None,
    nationality: str | None = None,
) -> KycSession:
    """Take the provider's word about a session, once, for the customer it was opened for.

    Of the document a keyed hash and the last four characters are kept.
    """
    session = policies.session_of(provider, reference, customer_id)
    if verdict == "undecided" or not session.can("approve"):
        return session
    session.decided_at = clock.now()
    if verdict == "expired":
        session.move("expire", reason=reason, also=["decided_at"])
        return session
    if verdict == "declined":
        _decline(session, reason or "declined by the provider")
        return session
    try:
        with transaction.atomic():
            paper = policies.seen_document(document_type, document_number, document_country)
            vouched = Proof(
                provider=provider,
                reference=reference,
                token=session.public_id,
                paper=paper,
                date_of_birth=date_of_birth,
                nationality=nationality or "",
            )
            _approve(session, vouched)
    except PolicyViolation as refusal:
        # The provider is sure of who it is; that we may not serve them is the end of it.
        _decline(session, refusal.message)
    return session


def _approve(session: KycSession, proof: Proof) -> None:
    policies.require_open(session.customer)
    session.attestation = attest(session.customer, proof)
    session.move("approve", also=["decided_at", "attestation"])
    _tell(session, KycSessionApproved(**_facts(session)), "Identity check passed")


def _decline(session: KycSession, reason: str) -> None:
    session.attestation = None
    session.move("decline", reason=reason, also=["decided_at"])
    _set_status(session.customer, KycStatus.REJECTED)
    _tell(
        session,
        KycSessionDeclined(**_facts(session), reason=reason),
        f"Identity check failed: {reason}",
    )


@operation("kyc_session.expire", internal=True)
def expire_session(*, session_id: str) -> None:
    """Let a check go that nobody finished."""
    session = _lock(session_id)
    if session.can("expire") and session.expires_at <= clock.now():
        session.move("expire")
        _set_status(session.customer, KycStatus.NOT_VERIFIED)


def _lock(session_id: str) -> KycSession:
    """The session, locked after its customer."""
    asked: KycSession = KycSession.objects.get_by_id(session_id)
    customer = Customer.objects.lock(asked.customer_id)
    session: KycSession = KycSession.objects.lock(session_id)
    session.customer = customer
    return session


def _set_status(customer: Customer, status: KycStatus) -> None:
    """Whoever is verified stays so until that proof runs out, whatever a new check comes to."""
    if customer.kyc_status not in (KycStatus.VERIFIED, KycStatus.EXPIRED):
        customer.kyc_status = status
        customer.save(update_fields=["kyc_status"])


def _facts(session: KycSession) -> dict[str, str]:
    return {
        "customer_id": session.customer.public_id,
        "session_id": session.public_id,
        "provider": session.provider,
    }


def _tell(session: KycSession, event: KycSessionEvent, summary: str) -> None:
    publish(event, aggregate=session, about=event.customer_id, summary=summary)
