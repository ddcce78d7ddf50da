import pytest

from apps.crm.models import Agent, Interaction
from apps.crm.tests.factories import attest, make_customer
from bss.core import context
from bss.core.context import Context
from bss.core.errors import NotFound
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("committed")


def lines(customer_id, **args):
    return run("interaction.list", customer_id=customer_id, **args)


def test_what_happens_to_a_customer_is_logged_by_itself(drain, frozen_clock):
    with context.acting(Context(actor="olga", channel="portal-csr")):
        customer_id = make_customer()
    frozen_clock.advance("1h")
    attest(customer_id)
    drain()
    drain()

    newest, first = (one for one in lines(customer_id) if one["channel"] != "email")
    assert first == {
        "id": first["id"],
        "customerId": customer_id,
        "channel": "portal-csr",
        "direction": "inbound",
        "summary": "Became a customer",
        "body": None,
        "agentId": None,
        "relatedCaseId": None,
        "relatedTicketId": None,
        "occurredAt": "2026-03-02T12:00:00+00:00",
        "@type": "PartyInteraction",
    }
    assert (newest["direction"], newest["channel"]) == ("outbound", "system")
    assert newest["summary"] == "Identity verified by prebaked"


def test_an_event_becomes_one_line_however_often_it_is_delivered(frozen_clock):
    customer_id = make_customer()
    event = {
        "event_id": 7,
        "customer_id": customer_id,
        "channel": "cli",
        "summary": "Something happened",
        "at": "2026-03-02T12:00:00+00:00",
    }

    for _ in range(2):
        run_internal("interaction.record_events", {"events": [event]})

    assert Interaction.objects.filter(event_id=7).count() == 1


def test_a_colleague_writes_a_line(drain):
    customer_id = make_customer()
    run_internal("crm.seed", {})
    with context.acting(Context(actor="olga", channel="cli")):
        line = run(
            "interaction.log",
            customer_id=customer_id,
            summary="Asked about roaming",
            body="Travels to Japan",
            agent_id="AGT-001",
        )
    drain()

    assert (line["summary"], line["body"], line["agentId"], line["channel"]) == (
        "Asked about roaming",
        "Travels to Japan",
        "AGT-001",
        "cli",
    )
    assert [found["summary"] for found in lines(customer_id)].count("Asked about roaming") == 1


def test_it_continues_before_the_last_one_seen(frozen_clock):
    customer_id = make_customer()
    for number in range(5):
        run("interaction.log", customer_id=customer_id, summary=f"Call {number}")
        if number == 2:
            frozen_clock.advance("1h")

    first = lines(customer_id, limit=2)
    rest = lines(customer_id, limit=9, before=first[-1]["id"])

    assert [line["summary"] for line in first + rest] == [f"Call {n}" for n in (4, 3, 2, 1, 0)]


def test_nobody_has_no_log():
    with pytest.raises(NotFound):
        lines("CUST-999999")
    with pytest.raises(NotFound):
        run("interaction.log", customer_id="CUST-999999", summary="x")


def test_agents_are_seeded_once_and_listed():
    assert run_internal("crm.seed", {}).result == {"agents": 5}
    assert run_internal("crm.seed", {}).result == {"agents": 0}
    Agent.objects.filter(pk="AGT-002").update(status="terminated")

    assert run("agents.list")[0] == {
        "id": "AGT-001",
        "name": "Alice Tan",
        "email": "alice.tan@bss.local",
        "role": "csr",
        "status": "active",
    }
    assert "AGT-002" not in [agent["id"] for agent in run("agents.list", state="active")]
    assert [agent["id"] for agent in run("agents.list", state="inactive")] == ["AGT-002"]
    assert str(Agent.objects.get(pk="AGT-003")) == "Carol Ng"
