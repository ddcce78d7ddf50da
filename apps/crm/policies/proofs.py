"""What is refused about proofs on their way, with the words for it."""

from datetime import datetime, timedelta

from apps.crm import rules
from apps.crm.models import (
    ContactMedium,
    Customer,
    EmailChange,
    KycSession,
)
from apps.crm.policies.people import EMAIL_TAKEN, HALF_DOCUMENT, UNCORROBORATED, whole_document
from bss.core.errors import rule

TOO_MANY_CODES = rule(
    "customer.request_email_change.too_many",
    "Several codes were sent within the hour; use the last one or wait.",
)
NO_CHANGE = rule(
    "customer.confirm_email_change.none_open",
    "No code is waiting for {customer_id}; ask for a new one.",
)


def require_address_of_nobody_else(customer: Customer, address: str) -> None:
    """An address somebody else is reached at cannot be taken over."""
    others = ContactMedium.objects.with_email(address).exclude(customer=customer)
    if others.exists():
        raise EMAIL_TAKEN()


def require_patience(customer: Customer, now: datetime) -> None:
    """Codes are not a way to fill somebody's mailbox."""
    recent = customer.email_changes.filter(requested_at__gt=now - timedelta(hours=1))
    if recent.count() >= rules.CODES_AN_HOUR:
        raise TOO_MANY_CODES()


def open_change(customer: Customer, now: datetime) -> EmailChange:
    """The change, locked, that a code can confirm."""
    waiting = customer.email_changes.locking().filter(state="requested", expires_at__gt=now)
    change: EmailChange | None = waiting.first()
    if change is None:
        raise NO_CHANGE(customer_id=customer.public_id)
    return change


def session_of(provider: str, reference: str, customer_id: str) -> KycSession:
    """The session of that name, locked after its customer, if it was opened for them."""
    named = KycSession.objects.filter(provider=provider, reference=reference).exclude(reference="")
    asked = named.select_related("customer").first()
    if asked is None or asked.customer.public_id != customer_id:
        raise UNCORROBORATED(provider=provider)
    customer = Customer.objects.lock(asked.customer_id)
    session: KycSession = KycSession.objects.lock(asked.pk)
    session.customer = customer
    return session


def seen_document(
    document_type: str | None, number: str | None, country: str | None
) -> tuple[str, str, str]:
    """The document, whole: a provider that saw a person saw one."""
    paper = whole_document(document_type, number, country)
    if paper is None:
        raise HALF_DOCUMENT()
    return paper
