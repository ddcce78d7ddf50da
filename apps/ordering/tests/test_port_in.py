"""A number comes from another operator, whatever that one says and when."""

import pytest

from apps.crm.models import Notification
from apps.ordering.models import PortMessage
from apps.ordering.tests.factories import broken, create, events, line_of
from apps.ordering.tests.ports import (
    OURS,
    THEIRS,
    listen,
    make_line,
    make_port,
    settle,
    state,
    submit,
    the,
    wait_until_due,
)
from apps.provisioning.gateways import subscribers
from apps.provisioning.models import Number
from apps.subscription.models import NumberAssignment, Subscription
from bss.core.operations import run
from bss.core.previews import preview
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def line(ada):
    return make_line(ada)


def number_of(line):
    return Subscription.objects.get_by_id(line).msisdn


def letters():
    return list(Notification.objects.order_by("id").values_list("template", flat=True))


def on_its_line(line, port):
    """The number is on the line, and the one before rests."""
    return (
        state(port) == "completed"
        and number_of(line) == THEIRS
        and Number.objects.get(msisdn=THEIRS).owner == line
        and Number.objects.get(msisdn=OURS).state == "quarantine"
        and subscribers()[line]["msisdn"] == THEIRS
        and broken() == []
    )


def test_a_number_comes_on_its_day(line, frozen_clock):
    port = make_port(line)
    assert state(port) == "requested"
    submit(port)
    assert state(port) == "validated"
    assert run_sweep("due_ports") == 0

    frozen_clock.freeze("2026-03-05T01:00:00+00:00")
    wait_until_due()

    assert on_its_line(line, port)
    assert letters()[-2:] == ["port_in_agreed", "port_in_completed"]
    names = ["created", "submitted", "validated", "completed"]
    assert all(len(events(f"port_request.{name}")) == 1 for name in names)


def test_usage_before_the_cut_over_stays_with_the_old_number(line, frozen_clock):
    port = make_port(line)
    frozen_clock.advance("1h")
    run("port_request.approve", port_request_id=port)
    settle()
    event = {"event_type": "data", "quantity": 10, "unit": "mb"}

    for number, minute in ((OURS, "12:30"), (THEIRS, "13:00"), (OURS, "13:00")):
        at = f"2026-03-02T{minute}:00+00:00"
        one = {**event, "event_key": f"{number}/{minute}", "msisdn": number, "event_time": at}
        run("usage.record", events=[one])

    data = run("subscription.get_balance", subscription_id=line)[0]
    assert data["consumed"] == 20
    assert NumberAssignment.objects.filter(msisdn=THEIRS, valid__upper_inf=True).count() == 1


def test_a_wrong_pin_is_corrected_and_sent_again(line, frozen_clock):
    port = make_port(line, pin="0000")
    submit(port)
    assert (state(port), the(port).state_reason) == ("declined", "The PIN is wrong.")
    shown = run("port_request.get", port_request_id=port)
    assert (shown["rejectionReason"], "pin" in shown) == ("The PIN is wrong.", False)
    assert letters()[-1] == "port_declined"

    submit(port, pin="1234", requested_port_date="2026-03-02")
    wait_until_due()
    assert on_its_line(line, port)
    assert the(port).attempt == 2


def test_an_operator_that_is_late(line, frozen_clock):
    port = make_port(line, "Late Telecom", requested_port_date="2026-03-02")
    submit(port)
    assert state(port) == "submitted"
    listen(3)
    assert state(port) == "validated"
    wait_until_due()
    assert on_its_line(line, port)


def test_an_operator_that_says_everything_twice(line):
    port = make_port(line, "Twice Telecom", requested_port_date="2026-03-02")
    submit(port)
    wait_until_due()
    listen()
    assert on_its_line(line, port)
    assert PortMessage.objects.count() == 2


def test_an_operator_that_lets_go_before_it_agrees(line):
    port = make_port(line, "Jumbled Telecom")
    submit(port)
    listen(2)
    assert on_its_line(line, port)


def test_an_operator_that_never_answers(line, frozen_clock):
    port = make_port(line, "Silent Telecom")
    submit(port)
    frozen_clock.advance("47h")
    wait_until_due()
    assert events("port_request.stuck") == []
    frozen_clock.advance("1h")
    wait_until_due()
    wait_until_due()

    assert (state(port), len(events("port_request.stuck"))) == ("submitted", 1)
    assert number_of(line) == OURS
    submit(port, donor_carrier="Prompt Mobile", requested_port_date="2026-03-02")
    wait_until_due()
    assert on_its_line(line, port)


def test_an_operator_that_agrees_and_does_not_let_go(line, frozen_clock):
    port = make_port(line, "Partial Telecom", requested_port_date="2026-03-02")
    submit(port)
    wait_until_due()
    assert (state(port), number_of(line)) == ("validated", OURS)
    frozen_clock.advance("24h")
    wait_until_due()
    assert len(events("port_request.stuck")) == 1

    run("port_request.approve", port_request_id=port)
    settle()
    assert on_its_line(line, port)


def test_an_answer_to_an_earlier_sending_says_nothing(line):
    port = make_port(line, "Silent Telecom")
    submit(port)
    submit(port, pin="1234")
    late = {"port_request_id": port, "kind": "declined", "attempt": 1, "code": "wrong_pin"}
    run("port_request.receive", message_id="m1", **late)
    assert state(port) == "submitted"
    run("port_request.receive", message_id="m2", **{**late, "attempt": 2})
    assert state(port) == "declined"
    run("port_request.receive", message_id="m3", port_request_id=port, kind="accepted", attempt=2)
    assert state(port) == "declined"


def test_a_number_released_for_a_line_that_is_not_ready_waits_for_it(ada, frozen_clock):
    order = create(ada, wait=0)
    line = str(line_of(order).public_id)
    port = make_port(line, "Jumbled Telecom")
    run("port_request.submit", port_request_id=port)
    run("port_request.receive", message_id="m1", port_request_id=port, kind="released")
    assert (state(port), len(events("port_request.stuck"))) == ("submitted", 1)
    settle()
    frozen_clock.advance("1h")
    wait_until_due()
    assert on_its_line(line, port)


def test_without_a_line_the_number_joins_the_pool(ada):
    port = make_port()
    done = run("port_request.approve", port_request_id=port)
    assert (done["state"], done["targetSubscriptionId"]) == ("completed", None)
    assert run("inventory.msisdn.get", msisdn=THEIRS)["status"] == "available"
    assert events("inventory.msisdn.seeded_from_port_in") == [{"msisdn": THEIRS, "owner": ""}]


def test_a_dry_run_tells_and_changes_nothing(line):
    port = make_port(line)
    seen = preview("port_request.approve", {"port_request_id": port})
    assert seen.refusal is None
    assert seen.changes["number"]["created"] == 1
    assert (state(port), number_of(line)) == ("requested", OURS)


def test_a_draft_is_forgotten_after_a_month(line, frozen_clock):
    port = make_port(line)
    frozen_clock.advance("30d")
    wait_until_due()
    assert state(port) == "expired"
    assert make_port(line) != port


def test_a_number_released_in_vain_is_told(line):
    port = make_port(line, "Silent Telecom")
    submit(port)
    run("port_request.reject", port_request_id=port, reason="Ada stays where she is")
    settle()
    run("port_request.receive", message_id="m1", port_request_id=port, kind="released")
    assert (state(port), len(events("port_request.released_in_vain"))) == ("rejected", 1)


def test_a_line_that_ends_ends_its_ports(line):
    port = make_port(line, "Silent Telecom")
    submit(port)
    run("subscription.terminate", subscription_id=line)
    settle()
    assert (state(port), the(port).state_reason) == ("rejected", "The line ended.")


def test_a_message_about_nothing_we_know_is_passed_over(line):
    from apps.ordering.gateways import PortingSimulator

    about = {"reference": "PORT-999999", "attempt": 1, "carrier": "Prompt Mobile"}
    PortingSimulator().post(about, "released")
    port = make_port(line)
    submit(port)
    assert state(port) == "validated"
    assert PortMessage.objects.filter(port_request=None).count() == 1


def test_a_locked_number_in_between_is_not_taken_away(line, frozen_clock):
    port = make_port(line, requested_port_date="2026-03-02")
    run("inventory.msisdn.lock", msisdn=OURS)
    submit(port)
    wait_until_due()
    assert (state(port), number_of(line)) == ("validated", OURS)
    run("inventory.msisdn.unlock", msisdn=OURS, reason="Ada asked")
    frozen_clock.advance("1h")
    wait_until_due()
    assert on_its_line(line, port)


def test_one_message_that_cannot_be_acted_on_does_not_stop_the_next(line, ada):
    other = make_line(ada)
    first = make_port(line, requested_port_date="2026-03-02")
    second = make_port(other, donor_msisdn="81234568", requested_port_date="2026-03-02")
    for port in (first, second):
        run("port_request.submit", port_request_id=port)
    Subscription.objects.filter(pk=the(first).target_id).update(state="abandoned")
    settle()
    listen()
    wait_until_due()
    assert (state(first), state(second)) == ("validated", "completed")


@pytest.mark.parametrize("sent", [False, True])
def test_a_line_keeps_its_device_while_its_number_is_on_its_way(line, sent, refused):
    port = make_port(line)
    if sent:
        submit(port)
        with refused("subscription.change_device.port_under_way"):
            run("subscription.change_device", subscription_id=line)
        run("port_request.reject", port_request_id=port, reason="Another day")
        settle()
    assert run("subscription.change_device", subscription_id=line)["state"] == "preparing"
