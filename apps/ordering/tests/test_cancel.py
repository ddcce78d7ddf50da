import pytest

from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import (
    UNDECIDED,
    broken,
    create,
    events,
    make_buyer,
    nothing_is_kept,
    payment_of,
    place,
    state,
    submit,
)
from apps.provisioning.models import Number
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_an_order_that_waits_is_called_off(ada, drain):
    order = place(ada, msisdn_preference="90000003")
    shown = run("order.cancel", order_id=order, reason="Changed my mind")
    assert (shown["state"], shown["stateReason"]) == ("cancelled", "Changed my mind")
    assert Number.objects.get(msisdn="90000003").state == "available"
    drain()
    assert events("order.cancelled")[0]["cause"] == "person"
    assert broken() == []


def test_an_order_whose_payment_is_awaited_is_called_off(committed, drain):
    order = create(make_buyer(UNDECIDED))
    run("order.cancel", order_id=order)
    assert state(order) == "cancelled"
    assert nothing_is_kept(order)
    assert broken() == []


def test_a_cancelled_order_is_not_provisioned(ada, drain):
    order = place(ada)
    submit(order, wait=0)
    run("order.cancel", order_id=order)
    drain()
    assert (state(order), payment_of(order).state) == ("cancelled", "voided")
    assert events("service_order.in_progress") == []
    assert broken() == []


def test_the_network_is_not_interrupted(ada, refused):
    order = create(ada)
    with refused("order.cancel.forbidden_after_som_started"):
        run("order.cancel", order_id=order)


def test_what_is_over_is_not_called_off(ada, drain, refused):
    order = create(ada)
    drain()
    with refused("order.transition.invalid"):
        run("order.cancel", order_id=order)


@pytest.mark.parametrize("before", ProductOrder.LIFECYCLE.states)
def test_every_state_and_trigger(before):
    table = ProductOrder.LIFECYCLE
    for trigger in ("submit", "complete", "fail", "cancel"):
        assert (trigger in table.triggers(before)) == ProductOrder(state=before).can(trigger)
