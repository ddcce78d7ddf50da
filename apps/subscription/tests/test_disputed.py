"""A line whose payment a bank takes back."""

import pytest

from apps.payments.models import Payment
from apps.subscription.models import Suspension
from apps.subscription.tests.factories import make_line, the, top_up
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def dispute(drain):
    """Have the bank take back a part of what was paid for a line; answers the dispute."""

    def opening(line, reference="dp_1"):
        payment = Payment.objects.filter(subject=line).latest("pk").public_id
        wanted = {"reference": reference, "reason": "fraudulent", "amount": "1.00"}
        opened = run("dispute.open", payment_id=payment, **wanted)
        drain()
        return opened["id"]

    return opening


@pytest.fixture
def close(drain):
    """Have the bank decide."""

    def closing(dispute, outcome):
        run("dispute.close", dispute_id=dispute, outcome=outcome, note="Letter of the bank")
        drain()

    return closing


@pytest.fixture
def line():
    """A line in service that somebody has paid a top-up for."""
    line = make_line()
    top_up(line)
    return line


def test_it_rests_until_the_bank_decides_for_us(line, dispute, close):
    opened = dispute(line)
    assert (the(line).state, the(line).state_reason) == ("suspended", "dispute")
    assert the(line).renewal_due_at is None
    close(opened, "won")
    assert the(line).state == "active"
    assert the(line).renewal_due_at == the(line).period_end


def test_when_it_is_lost_a_person_decides(line, dispute, close):
    close(dispute(line), "lost")
    assert the(line).state == "suspended"
    assert run("subscription.resume", subscription_id=line)["state"] == "active"


def test_what_else_suspends_it_goes_on(line, dispute, close):
    run("subscription.suspend", subscription_id=line, cause="stolen")

    opened = dispute(line)
    assert Suspension.objects.count() == 2
    close(opened, "won")
    assert (the(line).state, the(line).state_reason) == ("suspended", "stolen")


def test_two_disputes_are_one_suspension(line, dispute):
    dispute(line)
    dispute(line, "dp_2")
    assert Suspension.objects.get().cause == "dispute"


def test_a_line_that_is_gone_is_left_alone(line, dispute):
    run("subscription.terminate", subscription_id=line, reason="Moves abroad")
    dispute(line)
    assert the(line).state == "terminated"
