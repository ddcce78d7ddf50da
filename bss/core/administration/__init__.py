"""The kernel's own operations: clock, parked work, proposals, audit, clients, staff, resets."""

from bss.core.administration import audit, clocks, parked, proposals
from bss.core.administration.people import create_client, create_staff
from bss.core.administration.sandbox import require_sandbox

__all__ = [
    "audit",
    "clocks",
    "create_client",
    "create_staff",
    "parked",
    "proposals",
    "require_sandbox",
]
