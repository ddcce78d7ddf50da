"""What card processors tell us by themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class HookState(models.TextChoices):
    WAITING = "waiting"
    APPLIED = "applied"
    IGNORED = "ignored"


class ProcessorEvent(models.Model):
    """One message of a card processor, once, without what identifies a person."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    facts = models.JSONField()
    state = models.CharField(max_length=10, default=HookState.WAITING)
    note = models.CharField(max_length=200, blank=True, default="")
    attempts = models.SmallIntegerField(default=0)
    received_at = models.DateTimeField(db_default=Now())
    run_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="processor_event_once"),
            models.CheckConstraint(
                condition=Q(state__in=HookState.values), name="processor_event_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_at"], name="processor_event_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["received_at"], name="processor_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
