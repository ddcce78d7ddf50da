"""What happens to numbers, eSIMs and service orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NumberRangeAdded(Event):
    """Numbers were added to the pool."""

    name: ClassVar[str] = "inventory.msisdn.range_added"
    prefix: str
    count: int
    inserted: int
    skipped: int
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class NumberPoolLow(Event):
    """Few numbers are left; said once until the pool is filled up again."""

    name: ClassVar[str] = "inventory.msisdn.pool_low"
    available: int
    threshold: int


@dataclass(frozen=True, kw_only=True)
class NumberReserved(Event):
    """A number is kept for an owner: a customer who thinks, an order, a line."""

    name: ClassVar[str] = "inventory.msisdn.reserved"
    msisdn: str
    owner: str
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class NumberReleased(Event):
    """A number is kept for its owner no more: free again, or back with the hold it came from."""

    name: ClassVar[str] = "inventory.msisdn.released"
    msisdn: str
    owner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NumberPortedOut(Event):
    """A number left for another operator, for good."""

    name: ClassVar[str] = "inventory.msisdn.ported_out"
    msisdn: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class NumberPortedIn(Event):
    """A number came from another operator."""

    name: ClassVar[str] = "inventory.msisdn.seeded_from_port_in"
    msisdn: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class NumberLocked(Event):
    """A number may not leave its line until it is unlocked."""

    name: ClassVar[str] = "inventory.msisdn.locked"
    msisdn: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class NumberUnlocked(Event):
    """A number may leave its line again."""

    name: ClassVar[str] = "inventory.msisdn.unlocked"
    msisdn: str
    owner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NumbersImported(Event):
    """Numbers of a file were added to the pool."""

    name: ClassVar[str] = "inventory.msisdn.imported"
    inserted: int
    skipped: int
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class EsimsImported(Event):
    """Profiles were added to the pool."""

    name: ClassVar[str] = "inventory.esim.imported"
    inserted: int
    skipped: int
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class EsimPoolLow(Event):
    """Few profiles are left; said once until the pool is filled up again."""

    name: ClassVar[str] = "inventory.esim.pool_low"
    available: int
    threshold: int


@dataclass(frozen=True, kw_only=True)
class EsimProgressed(Event):
    """A device downloaded, installed, enabled, disabled or deleted its profile."""

    name: ClassVar[str] = "inventory.esim.progressed"
    iccid: str
    owner: str
    state: str


@dataclass(frozen=True, kw_only=True)
class EsimNotPrepared(Event):
    """The SM-DP+ would not offer a profile for download."""

    name: ClassVar[str] = "inventory.esim.not_prepared"
    iccid: str
    owner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EsimReplaced(Event):
    """The network serves a line by another profile than before."""

    name: ClassVar[str] = "inventory.esim.replaced"
    iccid: str
    replaced: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class ServiceOrderEvent(Event):
    """What every event of a service order tells."""

    name: ClassVar[str] = ""
    service_order_id: str
    owner: str
    order_id: str
    action: str


@dataclass(frozen=True, kw_only=True)
class ServiceOrderStarted(ServiceOrderEvent):
    """The network is being asked."""

    name: ClassVar[str] = "service_order.in_progress"


@dataclass(frozen=True, kw_only=True)
class ServiceOrderCompleted(ServiceOrderEvent):
    """The network did everything that was asked."""

    name: ClassVar[str] = "service_order.completed"


@dataclass(frozen=True, kw_only=True)
class ServiceOrderFailed(ServiceOrderEvent):
    """A task failed for good and nothing of the order is under way any more."""

    name: ClassVar[str] = "service_order.failed"
    reason: str


@dataclass(frozen=True, kw_only=True)
class ServiceOrderCancelled(ServiceOrderEvent):
    """The order will not be carried out because a later one made it pointless."""

    name: ClassVar[str] = "service_order.cancelled"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """What every event of a task tells."""

    name: ClassVar[str] = ""
    task_id: str
    service_order_id: str
    service_id: str
    owner: str
    task_type: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(TaskEvent):
    """One thing that the network was asked for is done."""

    name: ClassVar[str] = "provisioning.task.completed"


@dataclass(frozen=True, kw_only=True)
class TaskFailed(TaskEvent):
    """An attempt failed; `permanent` when it was the last."""

    name: ClassVar[str] = "provisioning.task.failed"
    permanent: bool
    last_error: str


@dataclass(frozen=True, kw_only=True)
class TaskStuck(TaskEvent):
    """The network did not answer in time; a person must look."""

    name: ClassVar[str] = "provisioning.task.stuck"
    last_error: str


@dataclass(frozen=True, kw_only=True)
class TaskResolved(TaskEvent):
    """A person had a stuck task run again."""

    name: ClassVar[str] = "provisioning.task.resolved"
    note: str


@dataclass(frozen=True, kw_only=True)
class TaskRetried(TaskEvent):
    """A person had a failed task run again."""

    name: ClassVar[str] = "provisioning.task.retried"


@dataclass(frozen=True, kw_only=True)
class FaultInjectionChanged(Event):
    """The simulated network was told to misbehave, or to stop it."""

    name: ClassVar[str] = "provisioning.fault_injection.changed"
    fault_id: str
    task_type: str
    fault_type: str
    probability: float
    enabled: bool
