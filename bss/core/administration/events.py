"""What administrators do, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ClockSet(Event):
    """Business time was frozen, moved or let go."""

    name: ClassVar[str] = "clock.set"
    mode: str
    now: str


@dataclass(frozen=True, kw_only=True)
class WorkRetried(Event):
    """A parked delivery or call was given new attempts."""

    name: ClassVar[str] = "work.retried"
    kind: str
    id: int


@dataclass(frozen=True, kw_only=True)
class WorkDiscarded(Event):
    """A delivery or call was given up for good."""

    name: ClassVar[str] = "work.discarded"
    kind: str
    id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ClientCreated(Event):
    """An API client got a token."""

    name: ClassVar[str] = "client.created"
    client: str
    scopes: list[str]


@dataclass(frozen=True, kw_only=True)
class ClientRevoked(Event):
    """An API client lost its token."""

    name: ClassVar[str] = "client.revoked"
    client: str


@dataclass(frozen=True, kw_only=True)
class StaffCreated(Event):
    """A person may sign in to the cockpit."""

    name: ClassVar[str] = "staff.created"
    username: str
    role: str


@dataclass(frozen=True, kw_only=True)
class OperatorUpdated(Event):
    """What the operator's papers bear changed."""

    name: ClassVar[str] = "operator.updated"
    changed: list[str]


@dataclass(frozen=True, kw_only=True)
class ProposalCancelled(Event):
    """What somebody proposed will not be done."""

    name: ClassVar[str] = "proposal.cancelled"
    operation: str
    requester: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OperationalDataReset(Event):
    """A sandbox was emptied."""

    name: ClassVar[str] = "admin.operational_data_reset"
    apps: list[str]


@dataclass(frozen=True, kw_only=True)
class InstallationExported(Event):
    """Somebody took out everything."""

    name: ClassVar[str] = "installation.exported"
    tables: int


@dataclass(frozen=True, kw_only=True)
class InstallationRestored(Event):
    """Everything of an export was brought in."""

    name: ClassVar[str] = "installation.restored"
    tables: int
    rows: int
