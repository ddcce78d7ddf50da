"""Messages that Stripe sends by itself: whether they are Stripe's, and what in them concerns us."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

# A signature older than this may be somebody's recording.
FRESH_SECONDS = 300
# Nothing else is kept of a message: no name, address, e-mail or card of anybody.
KEPT = (
    "id", "object", "payment_intent", "amount", "amount_refunded", "currency", "status", "reason",
    "failure_reason",
)  # fmt: skip
KEPT_METADATA = ("bss_key", "bss_payment")


class Unsigned(Exception):
    """The message does not carry the signature of whom it claims to be from."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a card processor, reduced to what concerns us."""

    event_id: str
    kind: str
    facts: dict[str, Any]


def read_stripe(body: bytes, signature: str, secret: str, now: float) -> Message:
    """A signed message; raises Unsigned, or ValueError when it is not one of Stripe's shape."""
    require_signature(body, signature, secret, now)
    try:
        told = json.loads(body)
        return Message(str(told["id"]), str(told["type"]), facts_of(told["data"]["object"]))
    except (KeyError, TypeError, json.JSONDecodeError) as trouble:
        raise ValueError("That is not an event.") from trouble


def require_signature(body: bytes, signature: str, secret: str, now: float) -> None:
    """Refuse what was not signed with our secret just now."""
    if not secret:
        raise Unsigned("webhook_secret_unset")
    parts = [part.partition("=") for part in signature.split(",")]
    moments = [value for name, _, value in parts if name.strip() == "t" and value.isdigit()]
    if not moments:
        raise Unsigned("malformed_header" if signature else "missing_header")
    if abs(now - int(moments[0])) > FRESH_SECONDS:
        raise Unsigned("replay_window")
    signed = f"{moments[0]}.".encode() + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    given = [value for name, _, value in parts if name.strip() == "v1"]
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise Unsigned("signature_mismatch")


def facts_of(told: dict[str, Any]) -> dict[str, Any]:
    """The few fields of an object that are kept."""
    facts = {name: told[name] for name in KEPT if told.get(name) is not None}
    metadata = told.get("metadata") or {}
    facts |= {name: metadata[name] for name in KEPT_METADATA if metadata.get(name)}
    error = told.get("last_payment_error") or {}
    code = error.get("decline_code") or error.get("code")
    return facts | ({"code": code} if code else {})
