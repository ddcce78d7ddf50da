"""People: customers, how to reach them, who they proved to be, what was said to them."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Reverse

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import (
    CodeQuerySet,
    LifecycleModel,
    PublicIdModel,
    PublicIdQuerySet,
)

SPACE = Value(" ", output_field=models.TextField())


class Individual(PublicIdModel):
    """A natural person."""

    PREFIX = "PTY"

    given_name = models.TextField()
    family_name = models.TextField(blank=True, default="")
    date_of_birth = models.DateField(null=True, blank=True)
    folded_name = models.GeneratedField(
        expression=Lower(
            Concat("given_name", Value(" ", output_field=models.TextField()), "family_name")
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(OpClass("folded_name", "gin_trgm_ops"), name="individual_name"),
        ]


class CustomerState(models.TextChoices):
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class KycStatus(models.TextChoices):
    NOT_VERIFIED = "not_verified"
    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Customer(LifecycleModel):
    """A person in the role of buying from us."""

    PREFIX = "CUST"
    LIFECYCLE = Lifecycle(
        "customer",
        initial=CustomerState.PENDING,
        transitions={
            CustomerState.PENDING: {
                "activate": CustomerState.ACTIVE,
                "close": CustomerState.CLOSED,
            },
            CustomerState.ACTIVE: {
                "suspend": CustomerState.SUSPENDED,
                "close": CustomerState.CLOSED,
            },
            CustomerState.SUSPENDED: {
                "resume": CustomerState.ACTIVE,
                "close": CustomerState.CLOSED,
            },
        },
    )

    individual = models.OneToOneField(Individual, models.PROTECT, related_name="customer")
    customer_since = models.DateTimeField(default=clock.now)
    # Where the newest attestation stands, kept here so that a sale need not search for it.
    kyc_status = models.CharField(
        max_length=16, choices=KycStatus.choices, default=KycStatus.NOT_VERIFIED
    )
    kyc_verified_at = models.DateTimeField(null=True, blank=True)
    kyc_expires_at = models.DateTimeField(null=True, blank=True)
    # When the customer was asked to prove it again before that.
    kyc_reminded_at = models.DateTimeField(null=True, blank=True)
    # When it was forgotten who a closed customer was.
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(state=CustomerState.CLOSED),
                name="customer_erased_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CustomerState.values), name="customer_state"
            ),
            models.CheckConstraint(
                condition=Q(kyc_status__in=KycStatus.values), name="customer_kyc_status"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="customer_by_state"),
            models.Index(
                fields=["state_changed_at"],
                name="customer_to_erase",
                condition=Q(state=CustomerState.CLOSED, erased_at=None),
            ),
            models.Index(
                fields=["kyc_expires_at"],
                name="customer_kyc_due",
                condition=Q(kyc_status=KycStatus.VERIFIED),
            ),
        ]


class MediumType(models.TextChoices):
    EMAIL = "email"
    PHONE = "phone"
    POSTAL = "postal"


LIVE = Q(valid_to__isnull=True)
LIVE_EMAIL = LIVE & Q(medium_type=MediumType.EMAIL)
LIVE_PHONE = LIVE & Q(medium_type=MediumType.PHONE)


class ContactMediumQuerySet(PublicIdQuerySet):
    def live(self) -> "ContactMediumQuerySet":
        return self.filter(LIVE)

    def with_email(self, address: str) -> "ContactMediumQuerySet":
        return self.filter(LIVE_EMAIL).alias(folded=Lower("value")).filter(folded=address.lower())

    def bounced(self, customer_pk: int, address: str) -> "ContactMediumQuerySet":
        mine = self.filter(LIVE_EMAIL, customer=customer_pk, value=address)
        return mine.filter(bounced_at__isnull=False)

    def with_phone_ending(self, digits: str) -> "ContactMediumQuerySet":
        ending = self.filter(LIVE_PHONE).alias(reversed=Reverse("value"))
        return ending.filter(reversed__startswith=digits[::-1])


class ContactMedium(PublicIdModel):
    """A way to reach a customer, kept after it ends."""

    PREFIX = "CM"
    NOUN = "contact medium"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contact_media")
    medium_type = models.CharField(max_length=10, choices=MediumType.choices)
    value = models.TextField()
    is_primary = models.BooleanField(default=True)
    valid_from = models.DateTimeField(default=clock.now)
    valid_to = models.DateTimeField(null=True, blank=True)
    # When its owner proved to read what is sent there.
    verified_at = models.DateTimeField(null=True, blank=True)
    # Since when what is sent there comes back; nothing is sent there until it is proven anew.
    bounced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ContactMediumQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(medium_type__in=MediumType.values),
                name="contact_medium_type",
            ),
            models.CheckConstraint(
                condition=LIVE | Q(valid_to__gte=F("valid_from")),
                name="contact_medium_window",
            ),
            models.UniqueConstraint(
                Lower("value"), name="contact_email_once", condition=LIVE_EMAIL
            ),
            models.UniqueConstraint(
                fields=["customer"], name="contact_one_email_each", condition=LIVE_EMAIL
            ),
            models.UniqueConstraint(
                fields=["customer", "medium_type"],
                name="contact_one_primary",
                condition=LIVE & Q(is_primary=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer"],
                name="contact_bounced",
                condition=Q(bounced_at__isnull=False),
            ),
            models.Index(
                OpClass(Reverse("value"), "text_pattern_ops"),
                name="contact_phone_ending",
                condition=LIVE_PHONE,
            ),
        ]


class IdentityDocument(models.Model):
    """A document that proved somebody's identity, recognisable but not readable."""

    SECRETS = frozenset({"number_hash"})

    # Keyed with the installation's secret: numbers are short enough to be guessed otherwise.
    number_hash = models.CharField(max_length=64, unique=True)
    document_type = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    number_last4 = models.CharField(max_length=4)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="identity_documents")

    def __str__(self) -> str:
        return f"{self.document_type} …{self.number_last4}"


class KycAttestation(PublicIdModel):
    """A receipt: a provider vouched for one customer's identity at one moment."""

    SECRETS = frozenset({"proof_hash"})

    PREFIX = "KYC"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="attestations")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=120)
    # Of provider, reference and token together; the token itself is not kept.
    proof_hash = models.CharField(max_length=64, unique=True)
    document = models.ForeignKey(IdentityDocument, models.PROTECT, null=True, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    nationality = models.CharField(max_length=2, blank=True, default="")
    verified_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("customer", F("id").desc(), name="attestation_newest")]


class Direction(models.TextChoices):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Team(models.Model):
    """Colleagues who share their work."""

    id = models.CharField(primary_key=True, max_length=20)
    name = models.CharField(max_length=80, unique=True)

    objects = CodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """A colleague customers deal with; the staff user with the same address, if there is one."""

    class Role(models.TextChoices):
        CSR = "csr"
        SUPERVISOR = "supervisor"
        ENGINEER = "engineer"
        SYSTEM = "system"

    class Status(models.TextChoices):
        ACTIVE = "active"
        TERMINATED = "terminated"

    id = models.CharField(primary_key=True, max_length=20)
    name = models.TextField()
    email = models.EmailField(unique=True)
    role = models.CharField(max_length=12, choices=Role.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="agents")

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["csr", "supervisor", "engineer", "system"]),
                name="agent_role",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "terminated"]), name="agent_status"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Interaction(PublicIdModel):
    """One line of what happened between a customer and us."""

    PREFIX = "INT"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="interactions")
    channel = models.CharField(max_length=40)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    summary = models.TextField()
    body = models.TextField(null=True, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True)
    related_case_id = models.CharField(max_length=20, blank=True, default="")
    related_ticket_id = models.CharField(max_length=20, blank=True, default="")
    occurred_at = models.DateTimeField(default=clock.now)
    # The stored event this line was made from; null when a person wrote it.
    event_id = models.BigIntegerField(null=True, blank=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values),
                name="interaction_direction",
            ),
        ]
        indexes = [
            models.Index(
                "customer",
                F("occurred_at").desc(),
                F("id").desc(),
                name="interaction_newest",
            ),
        ]
