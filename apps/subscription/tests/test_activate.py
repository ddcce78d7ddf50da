import pytest

from apps.provisioning.models import EsimProfile, Number
from apps.subscription.models import Bucket, NumberAssignment, Subscription
from apps.subscription.tests.factories import (
    MB,
    events,
    grants,
    internal,
    make_customer,
    make_line,
    make_pending,
    make_stock,
    the,
)
from bss.core.errors import NotFound
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_a_prepared_line_owns_a_number_and_an_esim_and_is_not_listed():
    line = the(make_pending())
    assert Number.objects.get(msisdn=line.msisdn).owner == line.public_id
    assert EsimProfile.objects.get(iccid=line.iccid).owner == line.public_id
    assert line.state == "pending"
    assert run("subscription.list_for_customer", customer_id=line.owner) == []


def test_the_same_order_gets_the_same_line():
    line = the(make_pending())
    again = make_pending(customer_id=line.owner, order_id=line.order_id, card=None)
    assert again == line.public_id


def test_a_number_the_customer_holds_is_taken_over():
    make_stock()
    customer = make_customer()
    run("inventory.msisdn.hold", msisdn="90000007", customer_id=customer)
    assert the(make_pending(customer_id=customer, msisdn="90000007")).msisdn == "90000007"


def test_nobody_suspended_gets_a_line(refused):
    customer = make_customer()
    run("customer.close", customer_id=customer)
    with refused("subscription.create.requires_customer"):
        make_pending(customer_id=customer, card=None)


def test_activation_begins_the_first_period(frozen_clock):
    now = frozen_clock.freeze()
    line = the(make_line())
    assert (line.state, line.activated_at, line.anchor_at) == ("active", now, now)
    assert (line.period_end - line.period_start).days == 30
    assert line.renewal_due_at == line.period_end
    assert [grant.total for grant in grants(line.public_id)] == [5120 * MB]
    assert grants(line.public_id, "data_roaming") == []
    assert Bucket.objects.filter(subscription=line).count() == 4
    assert Number.objects.get(msisdn=line.msisdn).state == "assigned"
    assert EsimProfile.objects.get(iccid=line.iccid).msisdn == line.msisdn
    assert NumberAssignment.objects.get(subscription=line).valid.lower == now


def test_activation_is_told_and_happens_once():
    line = make_line()
    internal("subscription.activate", subscription_id=line, payment_id="PAY-000009")
    assert [told["amount_charged"] for told in events("subscription.activated")] == ["10.00"]
    assert len(grants(line)) == 1


def test_a_line_given_up_gives_everything_back():
    line = the(make_pending())
    internal("subscription.abandon", subscription_id=line.public_id, reason="declined")
    internal("subscription.abandon", subscription_id=line.public_id, reason="again")
    line.refresh_from_db()
    assert (line.state, line.state_reason) == ("abandoned", "declined")
    assert Number.objects.get(msisdn=line.msisdn).state == "available"
    assert EsimProfile.objects.get(iccid=line.iccid).state == "available"
    assert run("subscription.list_for_customer", customer_id=line.owner) == []
    # Number and eSIM may serve the next customer at once.
    assert the(make_pending()).msisdn == line.msisdn


def test_a_number_returns_to_the_hold_it_came_from():
    make_stock()
    customer = make_customer()
    run("inventory.msisdn.hold", msisdn="90000007", customer_id=customer)
    line = make_pending(customer_id=customer, msisdn="90000007")
    internal("subscription.abandon", subscription_id=line, reason="declined")
    assert Number.objects.get(msisdn="90000007").owner == customer


def test_an_active_line_cannot_be_given_up(refused):
    with refused("subscription.transition.invalid"):
        internal("subscription.abandon", subscription_id=make_line(), reason="late")


def test_a_line_that_is_not_there():
    with pytest.raises(NotFound):
        run("subscription.get", subscription_id="SUB-999999")


@pytest.mark.parametrize("state", Subscription.LIFECYCLE.states)
def test_every_state_and_trigger(state):
    table = Subscription.LIFECYCLE
    for trigger in ("activate", "abandon", "block", "unblock", "terminate"):
        assert (trigger in table.triggers(state)) == Subscription(state=state).can(trigger)
