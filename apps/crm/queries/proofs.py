"""Reads about proofs that are on their way."""

import hmac
from datetime import datetime
from typing import Any

from django.conf import settings

from apps.crm import rules
from apps.crm.models import Customer, EmailChange, KycAttestation, KycSession
from bss.core.clock import iso


def email_change_view(change_id: str) -> dict[str, Any]:
    """One wish to change an address; never its code."""
    change: EmailChange = EmailChange.objects.get_by_id(change_id)
    return {
        "id": change.public_id,
        "customerId": Customer.public_id_of(change.customer_id),
        "state": change.state,
        "email": change.address,
        "attemptsLeft": change.attempts_left,
        "requestedAt": iso(change.requested_at),
        "expiresAt": iso(change.expires_at),
    }


def code_fits(change: EmailChange, code: str) -> bool:
    """True for the digits that were sent, also when the secret has changed since."""
    secrets = map(str, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    given = code.strip().encode()
    codes = (rules.code_of(secret, change.seed).encode() for secret in secrets)
    return any([hmac.compare_digest(given, sent) for sent in codes])


def overdue_changes(at: datetime, limit: int) -> list[str]:
    """Changes whose code is too old to be used."""
    due = EmailChange.objects.filter(state="requested", expires_at__lte=at)
    keys = due.order_by("expires_at").values_list("id", flat=True)[:limit]
    return [EmailChange.public_id_of(key) or "" for key in keys]


def kyc_session_view(session_id: str) -> dict[str, Any]:
    """One check at a provider."""
    session: KycSession = KycSession.objects.get_by_id(session_id)
    return {
        "id": session.public_id,
        "customer_id": Customer.public_id_of(session.customer_id),
        "state": session.state,
        "state_reason": session.state_reason or None,
        "provider": session.provider,
        "reference": session.reference or None,
        "url": session.url or None,
        "attestation_id": KycAttestation.public_id_of(session.attestation_id),
        "requested_at": iso(session.requested_at),
        "decided_at": iso(session.decided_at),
        "expires_at": iso(session.expires_at),
    }


def overdue_sessions(at: datetime, limit: int) -> list[str]:
    """Checks that nobody finished or used in time."""
    due = KycSession.objects.filter(state__in=KycSession.UNDER_WAY, expires_at__lte=at)
    keys = due.order_by("expires_at").values_list("id", flat=True)[:limit]
    return [KycSession.public_id_of(key) or "" for key in keys]
