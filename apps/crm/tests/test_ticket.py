import pytest

from apps.crm.models import Agent
from apps.crm.tests.factories import make_agent, make_case, make_customer, make_ticket
from bss.core.lifecycle import lifecycles
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")
TRIGGERS = ["acknowledge", "start", "wait", "resume", "resolve", "close", "reopen", "cancel"]


def move(ticket_id, to_state, **args):
    return run("ticket.transition", ticket_id=ticket_id, to_state=to_state, **args)


def make_started(**args):
    ticket_id = make_ticket(**args)
    move(ticket_id, "acknowledged", agent_id=make_agent())
    move(ticket_id, "in_progress")
    return ticket_id


def test_it_opens_with_everything_the_desk_shows():
    case_id = make_case(priority="high")

    ticket = run(
        "ticket.open",
        ticket_type="service_outage",
        subject="No data",
        case_id=case_id,
        subscription_id="SUB-000001",
    )

    assert ticket["href"] == f"/tmf-api/troubleTicket/v4/troubleTicket/{ticket['id']}"
    assert ticket["customerId"] == run("case.get", case_id=case_id)["customer_id"]
    left_out = dict.fromkeys(["id", "href", "openedAt", "slaDueAt", "customerId"])
    assert ticket | left_out == left_out | {
        "ticketType": "service_outage",
        "subject": "No data",
        "description": None,
        "state": "open",
        "priority": "high",
        "caseId": case_id,
        "assignedToAgentId": None,
        "assignedToTeamId": None,
        "relatedOrderId": None,
        "relatedSubscriptionId": "SUB-000001",
        "relatedServiceId": None,
        "resolutionNotes": None,
        "resolvedAt": None,
        "closedAt": None,
        "slaBreachedAt": None,
        "@type": "TroubleTicket",
    }


def test_it_goes_from_the_report_to_the_end(drain):
    ticket_id = make_ticket()
    run("ticket.assign", ticket_id=ticket_id, agent_id=make_agent())
    for state in ("acknowledged", "in_progress", "pending", "in_progress"):
        assert move(ticket_id, state)["state"] == state
    run("ticket.resolve", ticket_id=ticket_id, resolution_notes="Cell restarted")
    assert move(ticket_id, "in_progress")["resolvedAt"] is None
    assert move(ticket_id, "resolved", resolution_notes="Antenna changed")["resolvedAt"]

    closed = run("ticket.close", ticket_id=ticket_id)

    assert (closed["state"], closed["resolutionNotes"]) == ("closed", "Antenna changed")
    told = StoredEvent.objects.filter(aggregate=ticket_id).order_by("id")
    words = [name.removeprefix("ticket.") for name in told.values_list("name", flat=True)]
    assert words == [
        *("opened", "assigned", "acknowledged", "started", "waited", "resumed"),
        *("resolved", "reopened", "resolved", "closed"),
    ]
    drain()
    log = run("interaction.list", customer_id=closed["customerId"])
    newest = next(one for one in log if one["relatedTicketId"] == ticket_id)
    assert newest["summary"] == "Ticket closed: No data in Jurong"


@pytest.mark.parametrize("state", lifecycles["ticket"].states)
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_the_table_decides(state, trigger, refused):
    table = lifecycles["ticket"]
    if trigger in table.triggers(state):
        assert table.target("TKT-1", state, trigger) in table.states
    else:
        with refused("ticket.transition.valid_from_state"):
            table.target("TKT-1", state, trigger)


def test_a_step_the_table_lacks_is_refused(refused):
    with refused("ticket.transition.valid_from_state"):
        move(make_ticket(), "pending")
    with refused("ticket.transition.valid_from_state"):
        run("ticket.resolve", ticket_id=make_ticket(), resolution_notes="done")


def test_somebody_must_acknowledge_it(refused):
    with refused("ticket.ack.requires_agent"):
        move(make_ticket(), "acknowledged")


def test_it_is_resolved_with_words(refused):
    ticket_id = make_started()
    with refused("ticket.resolve.requires_resolution_notes"):
        run("ticket.resolve", ticket_id=ticket_id, resolution_notes=" ")
    with refused("ticket.resolve.requires_resolution_notes"):
        move(ticket_id, "resolved")


def test_what_is_settled_is_not_cancelled(refused):
    ticket_id = make_started()
    run("ticket.resolve", ticket_id=ticket_id, resolution_notes="done")

    with refused("ticket.cancel.not_if_resolved_or_closed"):
        run("ticket.cancel", ticket_id=ticket_id)
    with refused("ticket.cancel.not_if_resolved_or_closed"):
        move(ticket_id, "cancelled")


def test_a_transition_may_cancel():
    assert move(make_ticket(), "cancelled")["closedAt"] is not None


def test_it_is_for_somebody(refused):
    with refused("ticket.open.requires_customer"):
        run("ticket.open", ticket_type="other", subject="x")
    with refused("ticket.open.case_not_found"):
        run("ticket.open", ticket_type="other", subject="x", case_id="CASE-999999")
    with refused("ticket.open.case_not_found"):
        make_ticket(case_id=make_case(), customer_id=make_customer())


def test_a_closed_case_takes_none_and_reopens_none(refused):
    case_id = make_case()
    ticket_id = make_started(case_id=case_id)
    run("ticket.resolve", ticket_id=ticket_id, resolution_notes="done")
    run("case.close", case_id=case_id, resolution_code="fixed")

    with refused("ticket.open.case_is_closed"):
        make_ticket(case_id=case_id)
    with refused("ticket.reopen.case_is_closed"):
        move(ticket_id, "in_progress")


def test_only_working_colleagues_get_it(refused):
    ticket_id, agent_id = make_ticket(), make_agent()
    Agent.objects.update(status="terminated")

    with refused("ticket.assign.agent_must_be_active"):
        run("ticket.assign", ticket_id=ticket_id, agent_id=agent_id)


def test_it_can_be_changed_until_it_is_over(refused):
    ticket_id = make_ticket()
    changed = run("ticket.update", ticket_id=ticket_id, priority="critical", description="Urgent")
    assert (changed["priority"], changed["description"]) == ("critical", "Urgent")
    with refused("ticket.update.no_fields"):
        run("ticket.update", ticket_id=ticket_id)
    run("ticket.cancel", ticket_id=ticket_id)

    with refused("ticket.update.ticket_is_over"):
        run("ticket.update", ticket_id=ticket_id, priority="low")


def test_lists_find_it():
    case_id, agent_id = make_case(), make_agent()
    ticket_id, other = make_ticket(case_id=case_id), make_ticket()
    customer_id = run("ticket.get", ticket_id=ticket_id)["customerId"]
    run("ticket.assign", ticket_id=ticket_id, agent_id=agent_id)
    run("ticket.cancel", ticket_id=other)

    for wanted in (
        {"case_id": case_id},
        {"customer_id": customer_id},
        {"agent_id": agent_id},
        {"state": "open"},
    ):
        assert [one["id"] for one in run("ticket.list", **wanted)] == [ticket_id]
