import pytest

from apps.crm.tests.factories import make_agent, make_case, make_ticket
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")
ZOE = {"agent_id": "AGT-900", "name": "Zoe Ong", "email": "zoe@bss.test"}


def test_a_colleague_joins_a_team():
    run("team.create", team_id="NIGHT", name="Night shift")

    added = run("agents.add", team_id="NIGHT", **ZOE)

    assert added == {
        "id": "AGT-900",
        "name": "Zoe Ong",
        "email": "zoe@bss.test",
        "role": "csr",
        "status": "active",
    }
    assert run("team.list") == [{"id": "NIGHT", "name": "Night shift", "agent_ids": ["AGT-900"]}]
    assert run("agents.list", team_id="NIGHT") == [added]


def test_nobody_joins_twice(refused):
    run("agents.add", **ZOE)
    with refused("agents.add.already_exists"):
        run("agents.add", **ZOE | {"email": "other@bss.test"})
    with refused("agents.add.already_exists"):
        run("agents.add", **ZOE | {"agent_id": "AGT-901"})


def test_a_team_is_created_once(refused):
    run("team.create", team_id="NIGHT", name="Night shift")
    with refused("team.create.already_exists"):
        run("team.create", team_id="NIGHT", name="Another")


def test_a_colleague_changes_role_and_team():
    run("agents.add", **ZOE)
    run("team.create", team_id="NIGHT", name="Night shift")

    changed = run("agents.update", agent_id="AGT-900", role="supervisor", team_id="NIGHT")

    assert changed["role"] == "supervisor"
    assert run("team.list")[0]["agent_ids"] == ["AGT-900"]


def test_nobody_leaves_with_work_in_hand(refused):
    agent_id, case_id, ticket_id = make_agent(), make_case(), make_ticket()
    run("case.assign", case_id=case_id, agent_id=agent_id)
    run("ticket.assign", ticket_id=ticket_id, agent_id=agent_id)
    with refused("agents.deactivate.has_work"):
        run("agents.deactivate", agent_id=agent_id)
    run("case.close", case_id=case_id, resolution_code="fixed")
    with refused("agents.deactivate.has_work"):
        run("agents.deactivate", agent_id=agent_id)
    run("ticket.cancel", ticket_id=ticket_id)

    assert run("agents.deactivate", agent_id=agent_id)["status"] == "terminated"
    assert run("agents.list", state="active") == []
