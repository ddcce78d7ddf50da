"""Recipes for looking after customers."""

from __future__ import annotations

from django.conf import settings

from apps.crm.gateways import kyc_provider
from apps.crm.models import EmailChange, Notification
from apps.crm.rules import code_of
from apps.crm.tests.factories import make_agent, make_case, make_customer, make_ticket
from bss.core.operations import run
from tests.previews.recipes import Args, plain, recipe, served_line, settle, word


def given(ticket_id: str, *states: str) -> str:
    """The ticket, moved through states by a colleague."""
    run("ticket.assign", ticket_id=ticket_id, agent_id=make_agent())
    for state in states:
        run("ticket.transition", ticket_id=ticket_id, to_state=state)
    return ticket_id


# Addresses and identities


@recipe("customer.request_email_change")
def customer_request_email_change() -> Args:
    return {"customer_id": make_customer(), "email": f"{word().lower()}@mail.test"}


@recipe("customer.confirm_email_change")
def customer_confirm_email_change() -> Args:
    wanted = customer_request_email_change()
    run("customer.request_email_change", **wanted)
    seed = EmailChange.objects.latest("id").seed
    return {"customer_id": wanted["customer_id"], "code": code_of(settings.SECRET_KEY, seed)}


@recipe("kyc_session.start")
def kyc_session_start() -> Args:
    return {"customer_id": make_customer()}


@recipe("kyc_session.record_decision")
def kyc_session_record_decision() -> Args:
    customer = make_customer()
    session = run("kyc_session.start", customer_id=customer)
    return {
        "provider": kyc_provider().provider,
        "reference": session["reference"],
        "customer_id": customer,
        "verdict": "approved",
        "document_type": "passport",
        "document_number": word(),
        "document_country": "SG",
    }


# Cases and tickets


@recipe("case.open")
def case_open() -> Args:
    return {"customer_id": make_customer(), "subject": "No data", "category": "technical"}


@recipe("case.assign")
def case_assign() -> Args:
    return {"case_id": make_case(), "agent_id": make_agent()}


@recipe("case.update_priority")
def case_update_priority() -> Args:
    return {"case_id": make_case(), "priority": "high"}


@recipe("case.link_transcript")
def case_link_transcript() -> Args:
    customer = make_customer()
    kept = run("chat_transcript.store", customer_id=customer, body=word())
    return {"case_id": make_case(customer_id=customer), "chat_transcript_hash": kept["hash"]}


@recipe("case.add_note", "case.reply")
def case_add_note() -> Args:
    return {"case_id": make_case(), "body": "Please restart the phone"}


@recipe("case.transition")
def case_transition() -> Args:
    return {"case_id": make_case(), "to_state": "in_progress"}


@recipe("case.close")
def case_close() -> Args:
    return {"case_id": make_case(), "resolution_code": "fixed"}


@recipe("case.cancel")
def case_cancel() -> Args:
    case = make_case()
    make_ticket(case_id=case)
    return {"case_id": case, "reason": "A prank"}


@recipe("chat_transcript.store")
def chat_transcript_store() -> Args:
    return {"customer_id": make_customer(), "body": f"Ada: {word()}"}


@recipe("ticket.open")
def ticket_open() -> Args:
    return {"ticket_type": "service_outage", "subject": "No data", "case_id": make_case()}


@recipe("ticket.assign")
def ticket_assign() -> Args:
    return {"ticket_id": make_ticket(), "agent_id": make_agent()}


@recipe("ticket.update")
def ticket_update() -> Args:
    return {"ticket_id": make_ticket(), "priority": "high"}


@recipe("ticket.transition")
def ticket_transition() -> Args:
    return {"ticket_id": given(make_ticket()), "to_state": "acknowledged"}


@recipe("ticket.resolve")
def ticket_resolve() -> Args:
    ticket = given(make_ticket(), "acknowledged", "in_progress")
    return {"ticket_id": ticket, "resolution_notes": "Cell restarted"}


@recipe("ticket.close")
def ticket_close() -> Args:
    wanted = ticket_resolve()
    run("ticket.resolve", **wanted)
    return {"ticket_id": wanted["ticket_id"]}


@recipe("ticket.cancel")
def ticket_cancel() -> Args:
    return {"ticket_id": make_ticket(), "reason": "Gone by itself"}


# Colleagues and promises


@recipe("agents.add")
def agents_add() -> Args:
    name = word()
    return {"agent_id": name, "name": "Zoe Ong", "email": f"{name.lower()}@bss.test"}


@recipe("agents.update")
def agents_update() -> Args:
    return {"agent_id": make_agent(word()), "role": "supervisor"}


@recipe("agents.deactivate")
def agents_deactivate() -> Args:
    return {"agent_id": make_agent(word())}


@recipe("team.create")
def team_create() -> Args:
    name = word()
    return {"team_id": name, "name": f"Team {name}"}


plain("calendar.set_hours", weekday=6, opens="10:00", closes="12:00")
plain("calendar.add_holiday", day="2026-12-25", name="Christmas")
plain("sla.set_target", noun="case", priority="high", minutes=60)


@recipe("calendar.remove_holiday")
def calendar_remove_holiday() -> Args:
    run("calendar.add_holiday", day="2026-12-26", name="Boxing day")
    return {"day": "2026-12-26"}


# Letters

plain("notification.report_bounce", address="eve@mail.test", reason="550 unknown user")


@recipe("notification.set_preferences")
def notification_set_preferences() -> Args:
    return {"customer_id": make_customer(), "locale": "de", "muted": ["usage"]}


@recipe("notification.mark_read")
def notification_mark_read() -> Args:
    run("customer.close", customer_id=make_customer(), reason="Moves abroad")
    settle()
    return {"notification_id": Notification.objects.latest("id").public_id}


# Notices

plain("notice.open", kind="outage", title="No data in Jurong", body="We are on it.")


def open_notice() -> str:
    """An outage that somebody with a line is to hear of."""
    served_line()
    return str(run("notice.open", kind="outage", title="No data", body="We are on it.")["id"])


@recipe("notice.update", "notice.close")
def notice_update() -> Args:
    return {"notice_id": open_notice(), "body": "It will be over by noon."}
