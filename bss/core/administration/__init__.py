"""The kernel's own operations: clock, parked work, audit, clients, staff, resets, exports."""

from bss.core.administration import audit, clocks, installation, parked
from bss.core.administration.people import create_client, create_staff
from bss.core.administration.sandbox import require_sandbox

__all__ = [
    "audit",
    "clocks",
    "create_client",
    "create_staff",
    "installation",
    "parked",
    "require_sandbox",
]
