"""What lines are given and what they use."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from apps.subscription import rules
from bss.core.models import PublicIdModel

from .lines import Subscription


class Bucket(PublicIdModel):
    """All that a line ever used of one kind, in bytes, seconds or messages."""

    PREFIX = "BKT"

    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="buckets", db_index=False
    )
    kind = models.CharField(max_length=16)
    used = models.BigIntegerField(default=0)
    # The part of `used` that no grant covered, and how much of it was there at the last renewal.
    overshoot = models.BigIntegerField(default=0)
    overshoot_before = models.BigIntegerField(default=0)
    # The highest threshold reached of what is granted now, so that each is told once.
    level = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "kind"], name="one_bucket_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=rules.KINDS), name="bucket_kind"),
            models.CheckConstraint(
                condition=Q(used__gte=0, overshoot__gte=0, overshoot__lte=F("used")),
                name="bucket_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subscription"], name="bucket_overshot", condition=Q(overshoot__gt=0)
            ),
        ]


class Grant(models.Model):
    """A quantity that was given to a line, what became of it, and until when it is good."""

    id = models.BigAutoField(primary_key=True)
    # What it comes from, so that nothing is given twice: a period or a top-up.
    source = models.CharField(max_length=80, unique=True)
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="grants", db_index=False
    )
    kind = models.CharField(max_length=16)
    total = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    transferred = models.BigIntegerField(default=0)
    revoked = models.BigIntegerField(default=0)
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField()
    # The roaming zone it is good in; everywhere when empty.
    zone = models.CharField(max_length=20, blank=True, default="", db_default="")
    # Set once what was left is accounted for as expired or revoked.
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=rules.KINDS), name="grant_kind"),
            models.CheckConstraint(
                condition=Q(used__gte=0, expired__gte=0, transferred__gte=0, revoked__gte=0),
                name="grant_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total=rules.UNLIMITED, expired=0, transferred=0, revoked=0)
                | Q(total__gte=0)
                & Q(total__gte=F("used") + F("expired") + F("transferred") + F("revoked")),
                name="grant_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("valid_from")), name="grant_has_a_life"
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "expires_at", "id"], name="grant_in_order"),
            models.Index(fields=["expires_at"], name="grant_to_close", condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def left(self) -> int:
        """What can still be used; -1 when unlimited."""
        if self.total == rules.UNLIMITED:
            return rules.UNLIMITED
        return self.total - self.used - self.expired - self.transferred - self.revoked
