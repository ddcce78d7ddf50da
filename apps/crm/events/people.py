"""What happens to people and what is said to them."""

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IndividualCreated(Event):
    name: ClassVar[str] = "individual.created"
    individual_id: str


@dataclass(frozen=True, kw_only=True)
class IndividualUpdated(Event):
    name: ClassVar[str] = "individual.updated"
    individual_id: str
    fields: str  # names of what changed, never the values


@dataclass(frozen=True, kw_only=True)
class IndividualRemoved(Event):
    name: ClassVar[str] = "individual.removed"
    individual_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(Event):
    name: ClassVar[str] = "customer.created"
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerTakenOver(Event):
    name: ClassVar[str] = "customer.taken_over"
    customer_id: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class CustomerUpdated(Event):
    name: ClassVar[str] = "customer.updated"
    customer_id: str
    fields: str  # names of what changed, never the values


@dataclass(frozen=True, kw_only=True)
class CustomerSuspended(Event):
    name: ClassVar[str] = "customer.suspended"
    customer_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CustomerResumed(Event):
    name: ClassVar[str] = "customer.resumed"
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerDataExported(Event):
    name: ClassVar[str] = "customer.data_exported"
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    name: ClassVar[str] = "customer.erased"
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class CustomerClosed(Event):
    name: ClassVar[str] = "customer.closed"
    customer_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContactMediumAdded(Event):
    name: ClassVar[str] = "customer.contact_medium_added"
    customer_id: str
    contact_medium_id: str
    medium_type: str


@dataclass(frozen=True, kw_only=True)
class ContactMediumUpdated(Event):
    name: ClassVar[str] = "customer.contact_medium_updated"
    customer_id: str
    contact_medium_id: str
    replaced_id: str
    medium_type: str


@dataclass(frozen=True, kw_only=True)
class ContactMediumRemoved(Event):
    name: ClassVar[str] = "customer.contact_medium_removed"
    customer_id: str
    contact_medium_id: str
    medium_type: str


@dataclass(frozen=True, kw_only=True)
class CustomerKycAttested(Event):
    name: ClassVar[str] = "customer.kyc_attested"
    customer_id: str
    attestation_id: str
    provider: str
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class CustomerKycExpired(Event):
    name: ClassVar[str] = "customer.kyc_expired"
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class InteractionLogged(Event):
    name: ClassVar[str] = "interaction.logged"
    customer_id: str
    interaction_id: str


@dataclass(frozen=True, kw_only=True)
class NotificationFailed(Event):
    name: ClassVar[str] = "notification.failed"
    customer_id: str
    notification_id: str
    template: str


@dataclass(frozen=True, kw_only=True)
class EmailChangeRequested(Event):
    name: ClassVar[str] = "customer.email_change_requested"
    customer_id: str
    email_change_id: str


@dataclass(frozen=True, kw_only=True)
class EmailVerified(Event):
    name: ClassVar[str] = "customer.email_verified"
    customer_id: str
    contact_medium_id: str


@dataclass(frozen=True, kw_only=True)
class ContactMediumBounced(Event):
    name: ClassVar[str] = "customer.contact_medium_bounced"
    customer_id: str
    contact_medium_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CustomerKycExpiring(Event):
    name: ClassVar[str] = "customer.kyc_expiring"
    customer_id: str
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class KycSessionEvent(Event):
    """What every event of a check tells."""

    name: ClassVar[str] = ""
    customer_id: str
    session_id: str
    provider: str


@dataclass(frozen=True, kw_only=True)
class KycSessionOpened(KycSessionEvent):
    name: ClassVar[str] = "kyc_session.opened"


@dataclass(frozen=True, kw_only=True)
class KycSessionApproved(KycSessionEvent):
    name: ClassVar[str] = "kyc_session.approved"


@dataclass(frozen=True, kw_only=True)
class KycSessionDeclined(KycSessionEvent):
    name: ClassVar[str] = "kyc_session.declined"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Event):
    name: ClassVar[str] = "customer.preferences_changed"
    customer_id: str
    fields: str
