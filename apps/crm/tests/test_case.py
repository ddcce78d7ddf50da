from hashlib import sha256

import pytest

from apps.crm.models import Agent, Case
from apps.crm.tests.factories import make_agent, make_case, make_customer, make_ticket
from bss.core.lifecycle import lifecycles
from bss.core.models import StoredEvent, User
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")
TRANSCRIPT = "Ada: my data is gone\nbot: let me look"


def move(case_id, to_state, **args):
    return run("case.transition", case_id=case_id, to_state=to_state, **args)


def names():
    return list(StoredEvent.objects.order_by("id").values_list("name", flat=True))


def test_it_opens_with_everything_the_desk_shows():
    customer_id = make_customer()

    case = run(
        "case.open",
        customer_id=customer_id,
        subject=" No data ",
        category="technical",
        priority="high",
    )

    assert case["id"].startswith("CASE-")
    assert case["opened_at"] is not None
    assert case | {"id": "", "opened_at": "", "sla_due_at": ""} == {
        "id": "",
        "customer_id": customer_id,
        "subject": "No data",
        "description": None,
        "state": "open",
        "priority": "high",
        "category": "technical",
        "resolution_code": None,
        "opened_by_agent_id": None,
        "assigned_to_agent_id": None,
        "assigned_to_team_id": None,
        "opened_at": "",
        "closed_at": None,
        "sla_due_at": "",
        "sla_breached_at": None,
        "notes": [],
        "ticket_ids": [],
        "chat_transcript_hash": None,
    }


def test_it_goes_from_the_first_word_to_the_last(drain):
    case_id = make_case()
    for state in ("in_progress", "pending_customer", "in_progress", "resolved"):
        assert move(case_id, state)["state"] == state

    closed = move(case_id, "closed", resolution_code="fixed")

    assert (closed["state"], closed["resolution_code"]) == ("closed", "fixed")
    assert closed["closed_at"] is not None
    told = [name for name in names() if name.startswith("case.")]
    assert told == [
        "case.opened",
        "case.taken",
        "case.awaited_customer",
        "case.resumed",
        "case.resolved",
        "case.closed",
    ]
    drain()
    log = run("interaction.list", customer_id=closed["customer_id"])
    newest = next(one for one in log if one["relatedCaseId"] == case_id)
    assert newest["summary"] == "Case closed: No data"


@pytest.mark.parametrize("state", lifecycles["case"].states)
@pytest.mark.parametrize(
    "trigger", ["take", "await_customer", "resume", "resolve", "close", "cancel"]
)
def test_the_table_decides(state, trigger, refused):
    table = lifecycles["case"]
    if trigger in table.triggers(state):
        assert table.target("CASE-1", state, trigger) in table.states
    else:
        with refused("case.transition.valid_from_state"):
            table.target("CASE-1", state, trigger)


def test_a_step_the_table_lacks_is_refused(refused):
    with refused("case.transition.valid_from_state"):
        move(make_case(), "pending_customer")


def test_closing_by_one_word_resolves_first_and_needs_the_word(refused):
    case_id = make_case()
    with refused("case.close.requires_resolution_code"):
        run("case.close", case_id=case_id, resolution_code=" ")

    closed = run("case.close", case_id=case_id, resolution_code="explained")

    assert closed["state"] == "closed"


def test_open_tickets_hold_it_open(refused):
    case_id = make_case()
    ticket_id = make_ticket(case_id=case_id)
    with refused("case.close.requires_all_tickets_resolved"):
        move(case_id, "resolved")

    run("ticket.cancel", ticket_id=ticket_id)

    assert move(case_id, "resolved")["ticket_ids"] == [ticket_id]


def test_cancelling_takes_its_open_tickets_along():
    case_id = make_case()
    ticket_id = make_ticket(case_id=case_id)

    cancelled = run("case.cancel", case_id=case_id, reason="a prank")

    assert cancelled["state"] == "closed"
    assert run("ticket.get", ticket_id=ticket_id)["state"] == "cancelled"
    assert "ticket.cancelled" in names()


def test_a_closed_case_stays_as_it_is(refused):
    case_id = make_case()
    run("case.close", case_id=case_id, resolution_code="fixed")

    for verb, args in (
        ("case.reply", {"body": "late"}),
        ("case.update_priority", {"priority": "low"}),
        ("case.assign", {"agent_id": make_agent()}),
    ):
        with refused("case.update.case_is_closed"):
            run(verb, case_id=case_id, **args)
    with refused("case.add_note.case_is_closed"):
        run("case.add_note", case_id=case_id, body="late")


def test_notes_name_the_colleague_who_is_signed_in(as_role):
    make_agent("AGT-900", email="olga@bss.test")
    User.objects.create_user("olga", "olga@bss.test", "secret")
    case_id = make_case()

    with as_role("care", actor="olga"):
        note = run("case.add_note", case_id=case_id, body="Called back")

    assert (note["author_agent_id"], note["case_id"]) == ("AGT-900", case_id)
    assert run("case.get", case_id=case_id)["notes"] == [note]


def test_a_reply_is_mailed_once_and_kept(drain, mailbox):
    case_id = make_case()

    note = run("case.reply", case_id=case_id, body="Please restart the phone.")
    drain()

    (letter,) = mailbox.glob("case_reply*.eml")
    assert "Please restart the phone." in letter.read_text()
    assert note["is_reply"] is True


def test_an_empty_note_is_refused(refused):
    with refused("case.open.requires_words"):
        run("case.add_note", case_id=make_case(), body="  ")


def test_it_is_given_to_whoever_still_works_here(refused):
    case_id, agent_id = make_case(), make_agent()
    assert (
        run("case.assign", case_id=case_id, agent_id=agent_id)["assigned_to_agent_id"] == agent_id
    )
    assert [one["id"] for one in run("case.list", agent_id=agent_id)] == [case_id]
    Agent.objects.update(status="terminated")

    with refused("ticket.assign.agent_must_be_active"):
        run("case.assign", case_id=case_id, agent_id=agent_id)


def test_a_team_may_have_it(refused):
    case_id, ticket_id = make_case(), make_ticket()
    run("team.create", team_id="NIGHT", name="Night shift")

    case = run("case.assign", case_id=case_id, team_id="NIGHT")
    ticket = run("ticket.assign", ticket_id=ticket_id, team_id="NIGHT", agent_id=make_agent())

    assert (case["assigned_to_team_id"], case["assigned_to_agent_id"]) == ("NIGHT", None)
    assert (ticket["assignedToTeamId"], ticket["assignedToAgentId"]) == ("NIGHT", "AGT-001")
    with refused("ticket.assign.requires_somebody"):
        run("case.assign", case_id=case_id)


def test_an_unknown_priority_is_refused(refused):
    customer_id = make_customer()
    with refused("case.update.invalid_priority"):
        run("case.open", customer_id=customer_id, subject="x", priority="now")
    with refused("case.update.invalid_priority"):
        run("case.update_priority", case_id=make_case(), priority="now")


def test_whoever_left_has_no_cases(refused):
    customer_id = make_customer()
    run("customer.close", customer_id=customer_id)

    with refused("case.open.customer_must_be_active"):
        run("case.open", customer_id=customer_id, subject="x")


def test_lists_and_the_whole_picture_show_it(django_assert_max_num_queries):
    customer_id = make_customer()
    first, second = (make_case(customer_id=customer_id) for _ in range(2))
    run("case.close", case_id=first, resolution_code="fixed")

    assert [one["id"] for one in run("case.list", customer_id=customer_id)] == [second, first]
    assert [one["id"] for one in run("case.list", state="closed")] == [first]
    with django_assert_max_num_queries(3):
        run("case.list", customer_id=customer_id)
    extras = run("customer.get", customer_id=customer_id)["_extras"]
    assert [one["id"] for one in extras["cases"]] == [second, first]


def test_a_chat_leads_to_a_case(refused):
    customer_id = make_customer()
    digest = sha256(TRANSCRIPT.encode()).hexdigest()
    for _ in range(2):
        kept = run("chat_transcript.store", customer_id=customer_id, body=TRANSCRIPT, hash=digest)
    assert kept["hash"] == digest
    assert run("chat_transcript.get", hash=digest)["body"] == TRANSCRIPT

    case = run(
        "case.open", customer_id=customer_id, subject="Data gone", chat_transcript_hash=digest
    )

    assert case["chat_transcript_hash"] == digest
    assert run("case.show_transcript_for", case_id=case["id"])["body"] == TRANSCRIPT
    assert run("case.show_transcript_for", case_id=make_case()) == {
        "transcript": None,
        "reason": "no_transcript_linked",
    }
    with refused("case.link_transcript.other_customer"):
        run("case.link_transcript", case_id=make_case(), chat_transcript_hash=digest)
    with refused("case.link_transcript.other_customer"):
        run("chat_transcript.store", customer_id=make_customer(), body=TRANSCRIPT)


def test_a_chat_may_be_attached_later():
    case_id = make_case()
    customer_id = run("case.get", case_id=case_id)["customer_id"]
    kept = run("chat_transcript.store", customer_id=customer_id, body="hello")

    case = run("case.link_transcript", case_id=case_id, chat_transcript_hash=kept["hash"])

    assert case["chat_transcript_hash"] == kept["hash"]


def test_a_hash_must_be_that_of_the_text(refused):
    with refused("chat_transcript.hash_mismatch"):
        run("chat_transcript.store", customer_id=make_customer(), body="hello", hash="0" * 64)


def test_a_reset_forgets_it():
    from bss.core.operations import run_internal

    make_ticket(case_id=make_case())

    run_internal("crm.reset", {})

    assert not Case.objects.exists()
