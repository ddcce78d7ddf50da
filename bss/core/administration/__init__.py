"""The kernel's own operations: clock, operator, work, proposals, audit, people, resets, exports."""

from bss.core.administration import audit, clocks, installation, operator, parked, proposals
from bss.core.administration.people import create_client, create_staff
from bss.core.administration.sandbox import require_sandbox

__all__ = [
    "audit",
    "clocks",
    "create_client",
    "create_staff",
    "installation",
    "operator",
    "parked",
    "proposals",
    "require_sandbox",
]
