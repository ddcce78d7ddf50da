"""The rows behind the kernel's ideas: events, deliveries, calls, requests, proposals."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from bss.core import clock
from bss.core.models.base import PublicIdModel


class StoredEvent(models.Model):
    """One thing that happened: audit log and source of deliveries; never changed."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    aggregate = models.CharField(max_length=64)
    version = models.IntegerField()
    about = models.CharField(max_length=64, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    payload = models.JSONField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.CharField(max_length=120)
    on_behalf_of = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=40)
    service_identity = models.CharField(max_length=60)
    trace_id = models.CharField(max_length=32)
    at = models.DateTimeField(default=clock.now)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "core_event"
        constraints = [
            models.UniqueConstraint(fields=["aggregate", "version"], name="event_version"),
        ]
        indexes = [
            models.Index("about", F("id").desc(), name="event_about", condition=~Q(about="")),
            models.Index(fields=["name", "id"], name="event_name"),
            models.Index(fields=["trace_id"], name="event_trace"),
            models.Index(fields=["service_identity", "id"], name="event_identity"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.aggregate} v{self.version}"


class Work(models.Model):
    """What deliveries and calls share: attempts, a lease, and a place where trouble shows."""

    id = models.BigAutoField(primary_key=True)
    queue = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="open")
    attempts = models.SmallIntegerField(default=0)
    run_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    error = models.TextField(blank=True, default="", db_default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Delivery(Work):
    """One event on its way to one handler."""

    event = models.ForeignKey(
        StoredEvent, models.DO_NOTHING, db_constraint=False, related_name="deliveries"
    )
    handler = models.CharField(max_length=120)
    lane = models.CharField(max_length=64)

    class Meta:
        db_table = "core_delivery"
        indexes = [
            models.Index(
                fields=["queue", "handler", "lane", "id"],
                name="delivery_lane",
                condition=~Q(state="done"),
            ),
            models.Index(fields=["id"], name="delivery_parked", condition=Q(state="parked")),
            models.Index(fields=["event"], name="delivery_event"),
        ]


class Call(Work):
    """One thing asked of the outside world, and what came of it."""

    SECRETS = frozenset({"args", "then_args", "outcome"})

    gateway = models.CharField(max_length=40)
    method = models.CharField(max_length=40)
    args = models.JSONField()
    key = models.CharField(max_length=160)
    then = models.CharField(max_length=80)
    then_args = models.JSONField()
    about = models.CharField(max_length=64, blank=True, db_default="")
    shown = models.JSONField(db_default={})
    outcome = models.JSONField(null=True)
    # Attempts of `then` alone, once the outcome is known.
    then_attempts = models.SmallIntegerField(default=0, db_default=0)
    context = models.JSONField()
    request_id = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "core_call"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "key"], name="call_key"),
        ]
        indexes = [
            models.Index(
                fields=["queue", "run_at"],
                name="call_due",
                condition=Q(state__in=["open", "answered"]),
            ),
            models.Index(fields=["id"], name="call_parked", condition=Q(state="parked")),
            models.Index(fields=["about", "id"], name="call_about"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}.{self.method} {self.key}"


class Request(models.Model):
    """A client's idempotency key and the answer it stands for."""

    SECRETS = frozenset({"answer"})

    id = models.BigAutoField(primary_key=True)
    client = models.CharField(max_length=160)
    operation = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    invocation = models.UUIDField()
    state = models.CharField(max_length=10, db_default="running")
    open_calls = models.IntegerField(db_default=0)
    subject = models.CharField(max_length=64, null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "core_request"
        constraints = [
            models.UniqueConstraint(fields=["client", "operation", "key"], name="request_key"),
        ]
        indexes = [models.Index(fields=["created_at"], name="request_created")]


class Proposal(PublicIdModel):
    """A previewed operation waiting for a person; bound to exactly what was shown."""

    SECRETS = frozenset({"args", "agreed", "shown"})

    PREFIX = "P"

    operation = models.CharField(max_length=80)
    args = models.JSONField()
    requester = models.CharField(max_length=120)
    # Whoever may confirm: the requester, or (second person) anybody else with the permission.
    second_person = models.BooleanField(default=False)
    shown = models.JSONField()
    agreed = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.real)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=120, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        db_table = "core_proposal"
        indexes = [
            models.Index(fields=["requester"], name="proposal_open", condition=Q(used_at=None)),
        ]

    @property
    def state(self) -> str:
        """Whether it still waits for somebody, and what else became of it."""
        if self.used_at:
            return "confirmed"
        if self.cancelled_at:
            return "cancelled"
        return "open" if self.expires_at > clock.real() else "expired"


class StateHistory(models.Model):
    """Every transition of every lifecycle."""

    id = models.BigAutoField(primary_key=True)
    aggregate = models.CharField(max_length=64)
    trigger = models.CharField(max_length=40)
    was = models.CharField(max_length=32)
    became = models.CharField(max_length=32)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "core_statehistory"
        indexes = [models.Index(fields=["aggregate", "id"], name="history_aggregate")]


class Span(models.Model):
    """One timed step of a trace; the table is capped."""

    id = models.BigAutoField(primary_key=True)
    trace_id = models.CharField(max_length=32)
    span_id = models.CharField(max_length=16)
    parent_id = models.CharField(max_length=16, blank=True)
    service = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    micros = models.IntegerField()
    error = models.CharField(max_length=200, blank=True)
    attributes = models.JSONField()

    class Meta:
        db_table = "core_span"
        indexes = [models.Index(fields=["trace_id"], name="span_trace")]


class ClockState(models.Model):
    """The business clock's setting, one row for all processes."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    frozen_at = models.DateTimeField(null=True)
    moved_by = models.DurationField()

    class Meta:
        db_table = "core_clockstate"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_clock")]
