"""Providers that check who somebody is: a page they host, and a signed word about the result."""

from __future__ import annotations

import hmac
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings

from bss.core import clock
from bss.core.calls import (
    Gateway,
    NotSent,
    Outcome,
    Unknown,
    gateway_of,
    refused,
    sends,
    succeeded,
)
from bss.core.errors import InvalidArguments, Unauthenticated
from bss.core.simulated import delay, ledger

from .countries import short_country

# A word older than this could be somebody else's, repeated.
FRESH_SECONDS = 300
VERDICTS = {"Approved": "approved", "Declined": "declined", "Expired": "expired"}
DOCUMENTS = {
    "Passport": "passport",
    "Identity Card": "nric",
    "Residence Permit": "fin",
    "Driver's License": "driving_license",
}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What of a provider's word we need; names, addresses and pictures are left where they are."""

    reference: str
    customer_id: str
    verdict: str
    reason: str = ""
    document_type: str | None = None
    document_number: str | None = None
    document_country: str | None = None
    date_of_birth: date | None = None
    nationality: str | None = None


class KycProvider(Gateway, ABC):
    """Didit's protocol: sessions over HTTPS, decisions as webhooks signed with HMAC-SHA256."""

    provider = ""

    @property
    @abstractmethod
    def webhook_secret(self) -> str:
        """What the provider signs with."""

    def preview(self, *, method: str, args: dict[str, Any]) -> Outcome:
        """A session somewhere."""
        return succeeded(reference="preview", url="")

    def read(self, headers: Mapping[str, str], body: bytes) -> Decision:
        """The decision in a webhook, if the provider signed it just now."""
        stamp = headers.get("X-Timestamp", "")
        given = headers.get("X-Signature", "")
        if not hmac.compare_digest(given.encode(), signature(self.webhook_secret, body).encode()):
            raise Unauthenticated("The signature is not the provider's.")
        age = clock.real().timestamp() - int(stamp) if stamp.isdigit() else FRESH_SECONDS + 1
        if abs(age) > FRESH_SECONDS:
            raise Unauthenticated("The word is too old.")
        return decision_in(body)


def signature(secret: str, body: bytes) -> str:
    """How a body is signed."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def decision_in(body: bytes) -> Decision:
    """What a webhook's body says."""
    try:
        said = json.loads(body)
        seen = (said.get("decision") or {}).get("id_verification") or {}
        return Decision(
            reference=said["session_id"],
            customer_id=said["vendor_data"],
            verdict=VERDICTS.get(said["status"], "undecided"),
            reason=str((said.get("decision") or {}).get("reason") or ""),
            document_type=DOCUMENTS.get(seen.get("document_type", "")),
            document_number=seen.get("document_number") or None,
            document_country=short_country(seen.get("issuing_state") or "") or None,
            date_of_birth=_day(seen.get("date_of_birth")),
            nationality=short_country(seen.get("nationality") or "") or None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InvalidArguments(f"This is no decision: {fault}") from fault


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Didit(KycProvider):
    """The real one; a session that nobody enters costs nothing, so a lost answer is asked again."""

    provider = "didit"

    @property
    def webhook_secret(self) -> str:
        """As shown once in Didit's console."""
        return settings.BSS.didit["webhook_secret"]

    @cached_property
    def client(self) -> Any:
        """Imported at the first use."""
        import httpx

        headers = {"X-Api-Key": settings.BSS.didit["api_key"]}
        base = settings.BSS.didit.get("api_base") or "https://verification.didit.me"
        return httpx.Client(base_url=base, headers=headers, timeout=self.timeout)

    @sends(on_unknown="resend")
    def open_session(self, *, key: str, attempt: int, customer: str) -> Outcome:
        """Open a session at the provider; the customer goes through it at its address."""
        import httpx

        wanted = {
            "workflow_id": settings.BSS.didit["workflow_id"],
            "vendor_data": customer,
            "callback": settings.BSS.base_url,
        }
        try:
            answer = self.client.post("/v2/session/", json=wanted)
        except httpx.ConnectError as trouble:
            raise NotSent(str(trouble)) from trouble
        except httpx.HTTPError as silence:
            raise Unknown(str(silence) or type(silence).__name__) from silence
        if answer.status_code >= 500:
            raise Unknown(f"Didit answered {answer.status_code}")
        if answer.is_error:
            return refused("kyc.refused", f"Didit answered {answer.status_code}")
        session = answer.json()
        return succeeded(reference=session["session_id"], url=session["url"])


class KycSimulator(KycProvider):
    """A provider that keeps its books in Valkey and decides when it is told to."""

    provider = "prebaked"

    @property
    def webhook_secret(self) -> str:
        """Nobody outside this installation knows it."""
        return hmac.new(settings.SECRET_KEY.encode(), b"crm.kyc", sha256).hexdigest()

    @sends(on_unknown="resend")
    def open_session(self, *, key: str, attempt: int, customer: str) -> Outcome:
        """A session under a name that a repeat gets again."""
        delay(0.3)
        reference = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
        url = f"{settings.BSS.base_url}/kyc/{reference}"
        ledger("kyc").record_once(reference, {"customer": customer, "url": url})
        return succeeded(reference=reference, url=url)

    def decide(
        self, reference: str, status: str = "Approved", **seen: str
    ) -> tuple[dict[str, str], bytes]:
        """The webhook that tells a decision: its headers and its body."""
        session = ledger("kyc").get(reference) or {}
        said = {
            "session_id": reference,
            "status": status,
            "vendor_data": session.get("customer", ""),
            "webhook_type": "status.updated",
            "decision": {"id_verification": seen},
        }
        body = json.dumps(said).encode()
        stamp = str(int(clock.real().timestamp()))
        return {"X-Timestamp": stamp, "X-Signature": signature(self.webhook_secret, body)}, body


def kyc_provider() -> KycProvider:
    """The provider this installation has."""
    found = gateway_of("kyc")
    assert isinstance(found, KycProvider)
    return found
