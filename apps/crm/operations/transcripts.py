"""What was said in chats, kept under the hash of its text."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from apps.crm import policies, queries
from apps.crm.events import ChatTranscriptStored
from apps.crm.models import ChatTranscript, Customer
from bss.core.events import publish
from bss.core.operations import operation


@operation(
    "chat_transcript.store", effect="write", roles="care supervisor", result=queries.transcript_view
)
def store_transcript(*, customer_id: str, body: str, hash: str | None = None) -> ChatTranscript:
    """Keep what was said in a chat; the same text is kept once."""
    digest = sha256(body.encode()).hexdigest()
    if hash is not None and hash != digest:
        raise policies.HASH_MISMATCH()
    customer: Customer = Customer.objects.get_by_id(customer_id)
    transcript, new = ChatTranscript.objects.get_or_create(
        hash=digest, defaults={"customer": customer, "body": body}
    )
    if transcript.customer_id != customer.pk:
        raise policies.TRANSCRIPT_OF_OTHER()
    if new:
        publish(
            ChatTranscriptStored(customer_id=customer.public_id, hash=digest),
            aggregate=f"chat_transcript/{digest[:40]}",
            about=customer.public_id,
            summary="Chat kept",
        )
    return transcript


@operation("chat_transcript.get", effect="read", roles="care supervisor")
def get_transcript(*, hash: str) -> dict[str, Any]:
    """Show what was said in a chat."""
    return queries.transcript_view(hash)
