"""Working time, and clocks that keep to it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.crm import rules
from apps.crm.tests.factories import make_agent, make_case, make_ticket
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal
from bss.core.sweeps import run_sweep

OFFICE = {day: (time(9), time(18)) for day in range(5)}
SINGAPORE = ZoneInfo("Asia/Singapore")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def calendar(zone=SINGAPORE, holidays=()):
    return rules.WorkingCalendar(zone=zone, hours=OFFICE, holidays=frozenset(holidays))


def at(text, zone=SINGAPORE):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T10:00", 4, "2026-03-02T14:00"),  # within a Monday
        ("2026-03-02T10:00", 8, "2026-03-02T18:00"),  # to its last minute
        ("2026-03-02T16:00", 4, "2026-03-03T11:00"),  # over night
        ("2026-03-02T20:00", 1, "2026-03-03T10:00"),  # begun after hours
        ("2026-03-06T17:00", 2, "2026-03-09T10:00"),  # over the weekend
        ("2026-03-07T12:00", 1, "2026-03-09T10:00"),  # begun on a Saturday
    ],
)
def test_working_time_passes_only_while_we_work(start, hours, end):
    office = calendar()
    assert office.after(at(start), hours * HOUR) == at(end)
    assert office.between(at(start), at(end)) == hours * HOUR


def test_holidays_do_not_count():
    office = calendar(holidays=[date(2026, 3, 3)])

    assert office.after(at("2026-03-02T17:00"), 2 * HOUR) == at("2026-03-04T10:00")


def test_a_day_is_as_long_as_its_hours_when_the_clocks_change():
    always = rules.WorkingCalendar(
        zone=BERLIN,
        hours={day: (time(0), time(23)) for day in range(7)},
        holidays=frozenset(),
    )
    # The night of 29 March 2026 lacks the hour from two to three.
    end = always.after(at("2026-03-29T00:00", BERLIN), 3 * HOUR)

    assert end == datetime(2026, 3, 29, 2, tzinfo=UTC)


def test_without_hours_it_is_always_time_to_work():
    always = rules.WorkingCalendar(zone=SINGAPORE, hours={}, holidays=frozenset())

    assert always.after(at("2026-03-07T23:00"), 2 * HOUR) == at("2026-03-08T01:00")


def test_a_calendar_of_holidays_ends_somewhere():
    shut = rules.WorkingCalendar(
        zone=SINGAPORE, hours={6: (time(9), time(10))}, holidays=frozenset()
    )

    assert shut.after(at("2026-03-02T10:00"), timedelta(days=365)) < at("2027-06-01T00:00")
    assert shut.between(at("2026-03-02T10:00"), at("2026-03-03T10:00")) == timedelta()


@pytest.fixture
def office(committed, frozen_clock):
    """Office hours in Singapore, on Monday the second of March at ten in the morning there."""
    run_internal("crm.seed", {})
    frozen_clock.freeze("2026-03-02T02:00:00+00:00")
    return frozen_clock


def breaches(name):
    return StoredEvent.objects.filter(name=name).count()


def test_the_seed_gives_office_hours(office):
    shown = run("calendar.get")

    assert shown["zone"] == "Asia/Singapore"
    assert shown["hours"][0] == {"weekday": 0, "opens": "09:00", "closes": "18:00"}
    assert len(shown["hours"]) == 5


def test_a_case_of_high_priority_is_due_after_nine_working_hours(office):
    case = run("case.get", case_id=make_case(priority="high"))

    assert case["sla_due_at"] == "2026-03-03T02:00:00+00:00"


def test_a_broken_promise_is_told_once(office, drain):
    case_id = make_case(priority="high")
    ticket_id = make_ticket(case_id=case_id)
    assert run_sweep("case_sla") == 0
    office.freeze("2026-03-03T02:00:00+00:00")

    assert (run_sweep("case_sla"), run_sweep("ticket_sla")) == (1, 1)
    assert (run_sweep("case_sla"), run_sweep("ticket_sla")) == (0, 0)
    run_internal("case.breach", {"case_id": case_id})
    run_internal("ticket.breach", {"ticket_id": ticket_id})

    assert (breaches("case.sla_breached"), breaches("ticket.sla_breached")) == (1, 1)
    assert run("case.get", case_id=case_id)["sla_breached_at"] == "2026-03-03T02:00:00+00:00"
    assert run("ticket.get", ticket_id=ticket_id)["slaBreachedAt"] is not None
    drain()
    customer_id = run("case.get", case_id=case_id)["customer_id"]
    log = [one["summary"] for one in run("interaction.list", customer_id=customer_id)]
    assert "Case not settled in time: No data" in log


def test_the_clock_stands_still_while_the_customer_is_awaited(office):
    case_id = make_case(priority="high")
    run("case.transition", case_id=case_id, to_state="in_progress")
    office.advance("2h")
    waiting = run("case.transition", case_id=case_id, to_state="pending_customer")
    assert waiting["sla_due_at"] is None
    office.advance("14d")
    assert run_sweep("case_sla") == 0

    again = run("case.transition", case_id=case_id, to_state="in_progress")

    # Seven of nine hours are left at noon.
    assert again["sla_due_at"] == "2026-03-17T02:00:00+00:00"


def test_a_settled_case_breaks_no_promise(office):
    case_id = make_case(priority="high")
    run("case.transition", case_id=case_id, to_state="resolved")
    office.advance("30d")

    assert run_sweep("case_sla") == 0


def test_a_ticket_waits_and_goes_on(office):
    ticket_id = make_ticket(priority="medium")
    for state in ("acknowledged", "in_progress"):
        run("ticket.transition", ticket_id=ticket_id, to_state=state, agent_id=make_agent())
    run("ticket.transition", ticket_id=ticket_id, to_state="pending")
    office.advance("7d")

    going = run("ticket.transition", ticket_id=ticket_id, to_state="in_progress")

    assert going["slaDueAt"] == "2026-03-10T02:00:00+00:00"


def test_another_priority_is_another_promise_from_the_same_start(office):
    case_id = make_case(priority="high")
    office.advance("2h")

    case = run("case.update_priority", case_id=case_id, priority="critical")

    # Four working hours from ten o'clock.
    assert case["sla_due_at"] == "2026-03-02T06:00:00+00:00"


def test_a_priority_changed_while_waiting_counts_when_it_goes_on(office):
    case_id = make_case(priority="high")
    for state in ("in_progress", "pending_customer"):
        run("case.transition", case_id=case_id, to_state=state)
    assert run("case.update_priority", case_id=case_id, priority="critical")["sla_due_at"] is None

    again = run("case.transition", case_id=case_id, to_state="in_progress")

    assert again["sla_due_at"] == "2026-03-02T06:00:00+00:00"


def test_the_operator_sets_hours_days_off_and_promises(office, refused):
    run("calendar.set_hours", weekday=5, opens="10:00", closes="12:00")
    run("calendar.set_hours", weekday=0)
    run("calendar.add_holiday", day="2026-03-03", name="Founder's day")
    run("sla.set_target", noun="case", priority="high", minutes=60)

    case = run("case.get", case_id=make_case(priority="high"))

    assert case["sla_due_at"] == "2026-03-04T02:00:00+00:00"
    shown = run("calendar.get")
    assert [row["weekday"] for row in shown["hours"]] == [1, 2, 3, 4, 5]
    assert shown["holidays"] == [{"day": "2026-03-03", "name": "Founder's day"}]
    targets = run("sla.list_targets")
    assert {"noun": "case", "priority": "high", "minutes": 60} in targets
    assert run("calendar.remove_holiday", day="2026-03-03")["holidays"] == []
    with refused("calendar.remove_holiday.not_found"):
        run("calendar.remove_holiday", day="2026-03-03")


@pytest.mark.parametrize(
    "hours",
    [
        {"weekday": 7},
        {"weekday": 1, "opens": "09:00"},
        {"weekday": 1, "opens": "18:00", "closes": "09:00"},
    ],
)
def test_hours_that_make_no_sense_are_refused(committed, refused, hours):
    with refused("calendar.set_hours.invalid"):
        run("calendar.set_hours", **hours)


@pytest.mark.parametrize("minutes", [0, -5, 10**7])
def test_a_promise_nobody_can_keep_is_refused(committed, refused, minutes):
    with refused("sla.set_target.invalid"):
        run("sla.set_target", noun="case", priority="high", minutes=minutes)
