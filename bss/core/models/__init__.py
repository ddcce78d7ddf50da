"""The kernel's tables."""

from bss.core.models.base import (
    CodeQuerySet,
    LifecycleModel,
    PublicIdModel,
    PublicIdQuerySet,
    note_moves,
)
from bss.core.models.identity import (
    ApiClient,
    OperationPermission,
    OperatorProfile,
    PastProfile,
    User,
)
from bss.core.models.incoming import IncomingLine
from bss.core.models.work import (
    Call,
    ClockState,
    Delivery,
    Proposal,
    Request,
    Span,
    StateHistory,
    StoredEvent,
)

__all__ = [
    "ApiClient",
    "Call",
    "ClockState",
    "CodeQuerySet",
    "Delivery",
    "IncomingLine",
    "LifecycleModel",
    "OperationPermission",
    "OperatorProfile",
    "PastProfile",
    "Proposal",
    "PublicIdModel",
    "PublicIdQuerySet",
    "Request",
    "Span",
    "StateHistory",
    "StoredEvent",
    "User",
    "note_moves",
]
