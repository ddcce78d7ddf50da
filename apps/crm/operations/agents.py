from typing import Any, Literal

from apps.crm import queries
from apps.crm.models import Agent
from bss.core.operations import operation

COLLEAGUES = (
    ("AGT-001", "Alice Tan", "alice.tan@bss.local", Agent.Role.CSR),
    ("AGT-002", "Bob Lim", "bob.lim@bss.local", Agent.Role.CSR),
    ("AGT-003", "Carol Ng", "carol.ng@bss.local", Agent.Role.SUPERVISOR),
    ("AGT-004", "Dave Koh", "dave.koh@bss.local", Agent.Role.ENGINEER),
    ("AGT-SYS", "System", "system@bss.local", Agent.Role.SYSTEM),
)


@operation(
    "agents.list",
    effect="read",
    roles="care supervisor engineer finance catalog_manager",
)
def list_agents(
    *, state: Literal["active", "inactive", "terminated"] | None = None
) -> list[dict[str, Any]]:
    """List the colleagues customers deal with."""
    found = Agent.objects.order_by("id")
    if state == "active":
        found = found.filter(status=Agent.Status.ACTIVE)
    elif state:
        found = found.exclude(status=Agent.Status.ACTIVE)
    return queries.agent_shapes(found)


@operation("crm.seed", internal=True)
def seed() -> dict[str, int]:
    """Add the colleagues every installation starts with; existing ones stay as they are."""
    rows = [Agent(id=id, name=name, email=email, role=role) for id, name, email, role in COLLEAGUES]
    before = Agent.objects.count()
    Agent.objects.bulk_create(rows, ignore_conflicts=True)
    return {"agents": Agent.objects.count() - before}
