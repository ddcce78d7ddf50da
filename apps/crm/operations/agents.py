"""Colleagues and their teams."""

from __future__ import annotations

from datetime import time
from typing import Any, Literal

from apps.crm import policies, queries
from apps.crm.events import AgentAdded, AgentUpdated, TeamCreated
from apps.crm.models import Agent, Team, WorkingHours
from bss.core.events import publish
from bss.core.operations import operation

EVERYBODY = "care supervisor engineer finance catalog_manager"
COLLEAGUES = (
    ("AGT-001", "Alice Tan", "alice.tan@bss.local", Agent.Role.CSR),
    ("AGT-002", "Bob Lim", "bob.lim@bss.local", Agent.Role.CSR),
    ("AGT-003", "Carol Ng", "carol.ng@bss.local", Agent.Role.SUPERVISOR),
    ("AGT-004", "Dave Koh", "dave.koh@bss.local", Agent.Role.ENGINEER),
    ("AGT-SYS", "System", "system@bss.local", Agent.Role.SYSTEM),
)
OPENS, CLOSES = time(9), time(18)
WORKDAYS = range(5)


@operation("agents.list", effect="read", roles=EVERYBODY)
def list_agents(
    *,
    state: Literal["active", "inactive", "terminated"] | None = None,
    team_id: str | None = None,
) -> list[dict[str, Any]]:
    """List the colleagues customers deal with."""
    found = Agent.objects.order_by("id")
    if team_id:
        found = found.filter(team=team_id)
    if state == "active":
        found = found.filter(status=Agent.Status.ACTIVE)
    elif state:
        found = found.exclude(status=Agent.Status.ACTIVE)
    return queries.agent_shapes(found)


@operation("agents.add", effect="write", roles="supervisor", result=queries.agent_view)
def add_agent(
    *,
    agent_id: str,
    name: str,
    email: str,
    role: Literal["csr", "supervisor", "engineer"] = "csr",
    team_id: str | None = None,
) -> Agent:
    """Add a colleague; one with the address of a staff user is that user."""
    address = policies.usable_contact("email", email)
    agent = Agent(id=agent_id, name=name, email=address, role=role, team=_team(team_id))
    if Agent.objects.filter(pk=agent_id).exists() or Agent.objects.filter(email=address).exists():
        raise policies.AGENT_EXISTS()
    agent.save(force_insert=True)
    publish(AgentAdded(agent_id=agent_id), aggregate=agent_id, summary=f"Colleague added: {name}")
    return agent


@operation("agents.update", effect="write", roles="supervisor", result=queries.agent_view)
def update_agent(
    *,
    agent_id: str,
    role: Literal["csr", "supervisor", "engineer"] | None = None,
    team_id: str | None = None,
) -> Agent:
    """Change a colleague's role or team."""
    agent: Agent = Agent.objects.lock(agent_id)
    agent.role = role or agent.role
    agent.team = _team(team_id) or agent.team
    agent.save(update_fields=["role", "team"])
    _tell(agent, "role team")
    return agent


@operation("agents.deactivate", effect="write", roles="supervisor", result=queries.agent_view)
def deactivate_agent(*, agent_id: str) -> Agent:
    """Let a colleague go who has no work in hand."""
    agent: Agent = Agent.objects.lock(agent_id)
    policies.require_idle(agent)
    agent.status = Agent.Status.TERMINATED
    agent.save(update_fields=["status"])
    _tell(agent, "status")
    return agent


def _team(team_id: str | None) -> Team | None:
    return Team.objects.get_by_id(team_id) if team_id else None


def _tell(agent: Agent, fields: str) -> None:
    publish(
        AgentUpdated(agent_id=agent.pk, fields=fields),
        aggregate=agent.pk,
        summary=f"Colleague changed: {agent.name}",
        after={"role": agent.role, "status": agent.status, "team": agent.team_id},
    )


@operation("team.list", effect="read", roles=EVERYBODY)
def list_teams() -> list[dict[str, Any]]:
    """List teams and who is in them."""
    return queries.teams()


@operation("team.create", effect="write", roles="supervisor", result=queries.team_view)
def create_team(*, team_id: str, name: str) -> Team:
    """Create a team."""
    if Team.objects.filter(pk=team_id).exists() or Team.objects.filter(name=name).exists():
        raise policies.TEAM_EXISTS()
    team: Team = Team.objects.create(id=team_id, name=name)
    publish(TeamCreated(team_id=team_id), aggregate=team_id, summary=f"Team created: {name}")
    return team


@operation("crm.seed", internal=True)
def seed() -> dict[str, int]:
    """Add the colleagues and working hours every installation starts with, where there are none."""
    rows = [Agent(id=id, name=name, email=email, role=role) for id, name, email, role in COLLEAGUES]
    before = Agent.objects.count()
    Agent.objects.bulk_create(rows, ignore_conflicts=True)
    if not WorkingHours.objects.exists():
        WorkingHours.objects.bulk_create(
            WorkingHours(weekday=day, opens=OPENS, closes=CLOSES) for day in WORKDAYS
        )
    return {"agents": Agent.objects.count() - before}
