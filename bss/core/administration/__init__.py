"""The kernel's own operations: clock, parked work, audit, clients, staff, sandbox resets."""

from bss.core.administration import approvals, audit, clocks, parked
from bss.core.administration.people import create_client, create_staff
from bss.core.administration.sandbox import require_sandbox

__all__ = [
    "approvals",
    "audit",
    "clocks",
    "create_client",
    "create_staff",
    "parked",
    "require_sandbox",
]
