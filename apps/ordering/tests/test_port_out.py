"""A number goes to another operator: the line ends, nobody pays for it, and it never comes back."""

import pytest

from apps.crm.models import Notification
from apps.ordering.tests.factories import broken, events
from apps.ordering.tests.ports import (
    OURS,
    THEIRS,
    make_line,
    make_port,
    make_port_out,
    settle,
    state,
    submit,
    wait_until_due,
)
from apps.payments.models import Payment
from apps.provisioning.gateways import subscribers
from apps.provisioning.models import Number
from apps.subscription.models import Subscription
from bss.core.invariants import check
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def line(ada):
    return make_line(ada)


@pytest.fixture
def port(line):
    return make_port_out(line, OURS)


def line_state(line):
    return Subscription.objects.get_by_id(line).state


def test_a_number_goes_on_its_day_and_its_line_ends(line, port, frozen_clock):
    submit(port)
    assert (state(port), line_state(line)) == ("validated", "active")
    frozen_clock.freeze("2026-03-05T01:00:00+00:00")
    wait_until_due()

    assert (state(port), line_state(line)) == ("completed", "terminated")
    assert events("subscription.terminated")[0]["reason"] == "ported_out"
    assert (Number.objects.get(msisdn=OURS).state, subscribers()[line]["provisioned"]) == (
        "ported_out",
        False,
    )
    assert broken() == []


def test_its_owner_hears_of_it_before_and_pays_no_more(line, port, frozen_clock):
    submit(port)
    assert Notification.objects.order_by("-id").first().template == "port_out_agreed"
    run("port_request.approve", port_request_id=port)
    settle()
    paid = Payment.objects.count()
    frozen_clock.advance("40d")
    run_sweep("renewals")
    settle()

    assert Payment.objects.count() == paid
    run_sweep("quarantine")
    assert Number.objects.get(msisdn=OURS).state == "ported_out"


def test_a_number_must_be_on_the_line_named(line, refused):
    with refused("port_request.create.number_of_line"):
        make_port_out(line, "90000005")
    with refused("port_request.create.target_sub_required_for_port_out"):
        make_port(direction="port_out", donor_msisdn=OURS)


def test_a_locked_number_stays(line, port, refused):
    run("inventory.msisdn.lock", msisdn=OURS)
    for name in ("submit", "approve"):
        with refused("port_request.submit.number_locked"):
            run(f"port_request.{name}", port_request_id=port)
    run("inventory.msisdn.unlock", msisdn=OURS, reason="Ada asked")
    submit(port)
    assert state(port) == "validated"


def test_a_number_locked_before_its_day_is_not_let_go(line, port, frozen_clock):
    submit(port)
    run("inventory.msisdn.lock", msisdn=OURS)
    frozen_clock.freeze("2026-03-05T01:00:00+00:00")
    wait_until_due()
    assert (state(port), line_state(line)) == ("validated", "active")
    assert events("port_request.stuck")[0]["reason"] == f"{OURS} is locked."

    run("inventory.msisdn.unlock", msisdn=OURS, reason="Ada asked")
    frozen_clock.advance("1h")
    wait_until_due()
    assert state(port) == "completed"


def test_a_number_that_was_taken_has_gone_whatever_a_lock_says(line, port):
    submit(port)
    run("inventory.msisdn.lock", msisdn=OURS)
    run("port_request.receive", message_id="m1", port_request_id=port, kind="released")
    settle()
    assert (state(port), Number.objects.get(msisdn=OURS).state) == ("completed", "ported_out")
    assert broken() == []


def test_a_number_that_left_can_come_home(ada, line, port):
    run("port_request.approve", port_request_id=port)
    settle()
    second = make_line(ada)
    back = make_port(second, donor_msisdn=OURS)
    run("port_request.approve", port_request_id=back)
    settle()
    assert Subscription.objects.get_by_id(second).msisdn == OURS
    assert broken() == []


def test_what_is_open_is_not_asked_twice(line, port, refused):
    with refused("port_request.create.donor_msisdn_unique_among_pending"):
        make_port_out(line, OURS)


def test_what_cannot_come(line, refused):
    with refused("port_request.create.number_is_ours"):
        make_port(line, donor_msisdn=OURS)
    with refused("port_request.submit.pin_required"):
        run("port_request.submit", port_request_id=make_port(line, pin=""))
    run("subscription.terminate", subscription_id=line)
    with refused("port_request.create.target_in_use"):
        make_port(line, donor_msisdn="81234568")


def test_what_cannot_be_rejected(line, port, refused):
    with refused("port_request.reject.requires_reason"):
        run("port_request.reject", port_request_id=port, reason=" ")
    submit(port)
    run("inventory.msisdn.lock", msisdn=OURS)
    run("subscription.get", subscription_id=line)
    run("port_request.reject", port_request_id=port, reason="Ada stays")
    with refused("port_request.transition.valid"):
        run("port_request.reject", port_request_id=port, reason="Ada stays")


def test_a_number_that_was_released_is_not_rejected(ada, refused):
    from apps.ordering.tests.factories import create, line_of

    pending = str(line_of(create(ada, wait=0)).public_id)
    coming = make_port(pending, "Silent Telecom")
    submit(coming)
    Subscription.objects.filter(state="active").update(state="blocked", state_reason="exhausted")
    Subscription.objects.filter(state="blocked").update(state="pending", state_reason="")
    run("port_request.receive", message_id="m1", port_request_id=coming, kind="released")
    with refused("port_request.reject.already_released"):
        run("port_request.reject", port_request_id=coming, reason="Ada stays")
    with refused("port_request.approve.obstructed"):
        run("port_request.approve", port_request_id=coming)


def test_they_are_listed_newest_first(line, port):
    second = make_port(line)
    listed = run("port_request.list")
    assert [one["id"] for one in listed] == [second, port]
    assert run("port_request.list", direction="port_out") == [listed[1]]
    assert run("port_request.list", state="completed") == []
    assert run("port_request.list", limit=1, offset=1) == [listed[1]]
    assert listed[0]["donorMsisdn"] == THEIRS


def names_broken():
    return {verdict.name for verdict in check(full=True) if not verdict.holds}


def test_a_ported_out_number_on_a_line_is_noticed(line):
    Number.objects.filter(msisdn=OURS).update(state="ported_out", owner="")
    assert "ordering.ported_out_is_gone" in names_broken()


def test_a_forgotten_request_is_noticed(port, frozen_clock):
    frozen_clock.advance("31d")
    assert "ordering.ports_move" in names_broken()
