"""Proofs that are on their way: of an address, and of an identity through a provider."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.crm.models.people import Customer, KycAttestation
from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel


class EmailChangeState(models.TextChoices):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class EmailChange(LifecycleModel):
    """A wish to be written to at an address, until its owner repeats the code sent there."""

    SECRETS = frozenset({"seed"})

    PREFIX = "EMC"
    NOUN = "email_change"
    LIFECYCLE = Lifecycle(
        "email_change",
        initial=EmailChangeState.REQUESTED,
        transitions={
            EmailChangeState.REQUESTED: {
                "confirm": EmailChangeState.CONFIRMED,
                "fail": EmailChangeState.FAILED,
                "expire": EmailChangeState.EXPIRED,
                "supersede": EmailChangeState.SUPERSEDED,
            },
        },
    )

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="email_changes")
    address = models.TextField()
    # The code itself is kept nowhere: it follows from this seed and the installation's secret.
    seed = models.CharField(max_length=64)
    attempts_left = models.SmallIntegerField()
    requested_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EmailChangeState.values), name="email_change_state"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                name="email_change_one_open",
                condition=Q(state="requested"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="email_change_due", condition=Q(state="requested")
            ),
            models.Index("customer", F("id").desc(), name="email_change_newest"),
        ]


class KycSessionState(models.TextChoices):
    REQUESTED = "requested"
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"


class KycSession(LifecycleModel):
    """One check of one customer's identity at a provider, good for one attestation."""

    SECRETS = frozenset({"url"})

    PREFIX = "KYS"
    NOUN = "kyc_session"
    LIFECYCLE = Lifecycle(
        "kyc_session",
        initial=KycSessionState.REQUESTED,
        transitions={
            KycSessionState.REQUESTED: {
                "open": KycSessionState.OPEN,
                "fail": KycSessionState.FAILED,
                "expire": KycSessionState.EXPIRED,
            },
            KycSessionState.OPEN: {
                "approve": KycSessionState.APPROVED,
                "decline": KycSessionState.DECLINED,
                "expire": KycSessionState.EXPIRED,
            },
        },
    )
    UNDER_WAY: ClassVar[tuple[str, ...]] = (KycSessionState.REQUESTED, KycSessionState.OPEN)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="kyc_sessions")
    provider = models.CharField(max_length=20)
    # The provider's name of the session, and where the customer goes through it.
    reference = models.CharField(max_length=120, blank=True, default="")
    url = models.TextField(blank=True, default="")
    attestation = models.OneToOneField(KycAttestation, models.PROTECT, null=True, blank=True)
    requested_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=KycSessionState.values), name="kyc_session_state"
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"],
                name="kyc_session_reference",
                condition=~Q(reference=""),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                name="kyc_session_one_under_way",
                condition=Q(state__in=["requested", "open"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="kyc_session_due",
                condition=Q(state__in=["requested", "open"]),
            ),
        ]
