"""Orders to the network and the tasks they consist of."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from apps.provisioning import rules
from bss.core import clock
from bss.core.errors import NotFound
from bss.core.ids import parse_id
from bss.core.lifecycle import Lifecycle
from bss.core.models import LifecycleModel, PublicIdQuerySet

from .services import Service


class OrderState(models.TextChoices):
    """Where a service order is in its life."""

    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (OrderState.ACKNOWLEDGED, OrderState.IN_PROGRESS)


class ServiceOrderQuerySet(PublicIdQuerySet):
    """Service orders by what they wait for."""

    def open(self) -> Self:
        """Orders that are not over."""
        return self.filter(state__in=OPEN)

    def of(self, owner: str) -> Self:
        """The orders of one owner, in the order in which they are carried out."""
        return self.filter(owner=owner).order_by("id")


class ServiceOrder(LifecycleModel):
    """One change to the service of one owner, asked of the network."""

    SECRETS = frozenset({"characteristics"})

    PREFIX = "SO"
    NOUN = "service order"
    State = OrderState
    LIFECYCLE = Lifecycle(
        "service_order",
        initial=OrderState.ACKNOWLEDGED,
        transitions={
            OrderState.ACKNOWLEDGED: {
                "start": OrderState.IN_PROGRESS,
                "cancel": OrderState.CANCELLED,
            },
            OrderState.IN_PROGRESS: {
                "complete": OrderState.COMPLETED,
                "fail": OrderState.FAILED,
                "cancel": OrderState.CANCELLED,
            },
            OrderState.FAILED: {"reopen": OrderState.IN_PROGRESS},
            OrderState.COMPLETED: {},
            OrderState.CANCELLED: {},
        },
    )

    class Action(models.TextChoices):
        """What is to become of the service."""

        ACTIVATE = "activate"
        CHANGE = "change"
        REPLACE = "replace"
        BLOCK = "block"
        UNBLOCK = "unblock"
        TERMINATE = "terminate"

    owner = models.CharField(max_length=40)
    order_id = models.CharField(max_length=40, blank=True, default="")
    action = models.CharField(max_length=12, choices=Action.choices)
    cfs = models.ForeignKey(Service, models.PROTECT, related_name="orders")
    characteristics = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ServiceOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OrderState.values),
                name="service_order_state_known",
            ),
            # Orders of one owner never overtake each other, because only one can be under way.
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(state="in_progress"),
                name="one_service_order_under_way",
            ),
            models.UniqueConstraint(
                fields=["order_id", "owner", "action"],
                condition=~Q(order_id=""),
                name="one_service_order_an_action",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "id"], name="service_order_owner"),
            models.Index(
                fields=["owner", "id"],
                name="service_order_open",
                condition=Q(state__in=OPEN),
            ),
        ]

    @property
    def about(self) -> str:
        """The party whose service it is, as far as the asker told."""
        return str(self.characteristics.get("customer_id", ""))

    def is_open(self) -> bool:
        """True until it is over."""
        return self.state in OPEN

    def named(self) -> dict[str, Any]:
        """What its events say about it."""
        return {
            "service_order_id": self.public_id,
            "owner": self.owner,
            "order_id": self.order_id,
            "action": self.action,
        }


class TaskQuerySet(PublicIdQuerySet):
    def lock_of(self, service_order_id: str) -> tuple[ServiceOrder, list[ProvisioningTask]]:
        """A service order with its tasks, all locked, the order first.

        One statement, because every task ends with it. Each row is read anew once its lock is
        there, and an order never gets another task.
        """
        key = parse_id(service_order_id, ServiceOrder.PREFIX, ServiceOrder.NOUN)
        rows = self.select_related("service_order").filter(service_order=key).order_by("id")
        tasks = list(rows.select_for_update(of=("service_order", "self"), no_key=True))
        if not tasks:
            raise NotFound(ServiceOrder.NOUN, service_order_id)
        order: ServiceOrder = tasks[0].service_order
        for task in tasks:
            task.service_order = order
        return order, tasks


class TaskState(models.TextChoices):
    """Where a task is in its life."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    STUCK = "stuck"
    CANCELLED = "cancelled"


class ProvisioningTask(LifecycleModel):
    """One thing that a service order asks of the network or the SM-DP+."""

    PREFIX = "PTK"
    NOUN = "provisioning task"
    State = TaskState
    LIFECYCLE = Lifecycle(
        "provisioning_task",
        initial=TaskState.PENDING,
        transitions={
            TaskState.PENDING: {
                "start": TaskState.IN_PROGRESS,
                "cancel": TaskState.CANCELLED,
            },
            TaskState.IN_PROGRESS: {
                "complete": TaskState.COMPLETED,
                "fail": TaskState.FAILED,
                "stall": TaskState.STUCK,
                "cancel": TaskState.CANCELLED,
            },
            # An answer that comes late after all still counts.
            TaskState.STUCK: {
                "rerun": TaskState.IN_PROGRESS,
                "complete": TaskState.COMPLETED,
                "cancel": TaskState.CANCELLED,
            },
            TaskState.FAILED: {"rerun": TaskState.IN_PROGRESS},
            TaskState.CANCELLED: {"rerun": TaskState.IN_PROGRESS},
            TaskState.COMPLETED: {},
        },
    )

    service_order = models.ForeignKey(ServiceOrder, models.PROTECT, related_name="tasks")
    service = models.ForeignKey(Service, models.PROTECT, related_name="tasks")
    task_type = models.CharField(max_length=40)
    # Counts on through reruns: every attempt is sent under a key of its own.
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=rules.MAX_ATTEMPTS)
    last_error = models.CharField(max_length=300, blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TaskState.values), name="task_state_known"
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=F("max_attempts")),
                name="task_attempts_bounded",
            ),
            models.UniqueConstraint(
                fields=["service_order", "task_type"], name="one_task_of_a_type"
            ),
        ]
        indexes = [
            models.Index(fields=["service", "id"], name="task_service"),
            models.Index(
                fields=["state", "id"],
                name="task_unfinished",
                condition=~Q(state__in=["completed", "cancelled"]),
            ),
        ]

    def awaits(self, attempt: int) -> bool:
        """True while the answer to that attempt still decides something."""
        return self.attempts == attempt and self.state in (
            TaskState.IN_PROGRESS,
            TaskState.STUCK,
        )
