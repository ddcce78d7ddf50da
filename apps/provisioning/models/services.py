"""Services of customers: the CFS they know and the RFS it stands on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bss.core import clock
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel


class ServiceState(models.TextChoices):
    """Where a service is in its life."""

    DESIGNED = "designed"
    RESERVED = "reserved"
    ACTIVATED = "activated"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    FAILED = "failed"


LIVE = (
    ServiceState.DESIGNED,
    ServiceState.RESERVED,
    ServiceState.ACTIVATED,
    ServiceState.SUSPENDED,
)


class Service(LifecycleModel):
    """A customer-facing service or one of the resource-facing services below it."""

    SECRETS = frozenset({"characteristics"})

    PREFIX = "SVC"
    NOUN = "service"
    State = ServiceState
    LIFECYCLE = Lifecycle(
        "service",
        initial=ServiceState.DESIGNED,
        transitions={
            ServiceState.DESIGNED: {
                "reserve": ServiceState.RESERVED,
                "fail": ServiceState.FAILED,
                "terminate": ServiceState.TERMINATED,
            },
            ServiceState.RESERVED: {
                "activate": ServiceState.ACTIVATED,
                "fail": ServiceState.FAILED,
                "terminate": ServiceState.TERMINATED,
            },
            ServiceState.ACTIVATED: {
                "suspend": ServiceState.SUSPENDED,
                "terminate": ServiceState.TERMINATED,
            },
            ServiceState.SUSPENDED: {
                "resume": ServiceState.ACTIVATED,
                "terminate": ServiceState.TERMINATED,
            },
            ServiceState.FAILED: {"reopen": ServiceState.RESERVED},
            ServiceState.TERMINATED: {},
        },
    )

    class Kind(models.TextChoices):
        """Whom the service faces."""

        CFS = "CFS"
        RFS = "RFS"

    kind = models.CharField(max_length=3, choices=Kind.choices)
    spec_id = models.CharField(max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    owner = models.CharField(max_length=40)
    characteristics = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    activated_at = models.DateTimeField(null=True, blank=True)
    terminated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ServiceState.values), name="service_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="CFS", parent=None) | Q(kind="RFS", parent__isnull=False),
                name="service_rfs_below_cfs",
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(kind="CFS", state__in=LIVE),
                name="one_live_cfs_for_an_owner",
            ),
            models.UniqueConstraint(
                fields=["parent", "spec_id"],
                condition=Q(kind="RFS"),
                name="one_rfs_of_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["owner", "id"], name="service_owner")]
