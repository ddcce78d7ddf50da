import pytest

from apps.catalog.models import ProductServiceMapping
from apps.crm.tests.factories import letters_to
from apps.ordering.tests.factories import (
    DECLINING,
    LOST_ANSWER,
    NOT_CAPTURING,
    NOT_VOIDING,
    UNDECIDED,
    broken,
    create,
    events,
    fault,
    internal,
    line_of,
    make_buyer,
    nothing_is_kept,
    payment_of,
    service_order_of,
    state,
    the,
)
from apps.payments.gateways.mock import MockCards
from apps.provisioning.models import EsimProfile, Number, ServiceOrder
from bss.core.calls import Outcome
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def letters(customer):
    return [one["template"] for one in letters_to(customer)]


def test_a_declined_card_ends_the_order(committed, drain):
    ben = make_buyer(DECLINING)
    order = create(ben)
    assert (state(order), the(order).state_reason) == ("failed", "card_declined_by_issuer")
    assert nothing_is_kept(order)
    assert not ServiceOrder.objects.exists()
    drain()
    assert letters(ben) == ["order_failed"]
    assert events("order.failed")[0]["cause"] == "payment"
    assert broken() == []


def test_after_a_decline_the_number_is_held_as_before(committed, drain):
    ben = make_buyer(DECLINING)
    run("inventory.msisdn.hold", msisdn="90000007", customer_id=ben)
    order = create(ben, msisdn_preference="90000007")
    assert state(order) == "failed"
    number = Number.objects.get(msisdn="90000007")
    assert (number.owner, number.state) == (ben, "reserved")
    assert broken() == []


def test_a_lost_answer_is_looked_up(committed, drain):
    order = create(make_buyer(LOST_ANSWER))
    assert (state(order), payment_of(order).state) == ("in_progress", "unknown")
    drain()
    assert (state(order), payment_of(order).state) == ("completed", "captured")
    assert broken() == []


def test_a_task_that_fails_for_good_undoes_everything(ada, drain):
    fault("OCS_BALANCE_INIT", "fail_always")
    order = create(ada)
    drain()
    assert (state(order), payment_of(order).state) == ("failed", "voided")
    assert nothing_is_kept(order)
    undone = ServiceOrder.objects.get(owner=line_of(order).public_id, action="terminate")
    assert undone.state == "completed"
    assert letters(ada) == ["order_failed"]
    assert events("order.failed")[0]["cause"] == "network"
    assert broken() == []


def test_a_task_that_fails_once_does_no_harm(ada, drain):
    fault("HLR_PROVISION", "fail_first_attempt")
    order = create(ada)
    drain()
    assert state(order) == "completed"


def test_a_refused_capture_takes_the_line_off_the_network(committed, drain):
    order = create(make_buyer(NOT_CAPTURING))
    drain()
    assert (state(order), payment_of(order).state) == ("failed", "declined")
    assert nothing_is_kept(order)
    assert ServiceOrder.objects.filter(action="terminate", state="completed").count() == 1
    assert broken() == []


def test_a_void_that_the_bank_refuses_is_not_asked_again(committed, drain):
    fault("HLR_PROVISION", "fail_always")
    order = create(make_buyer(NOT_VOIDING))
    drain()
    assert (state(order), payment_of(order).state) == ("failed", "authorised")
    assert payment_of(order).awaiting == ""
    assert broken() == []


def test_a_plan_the_network_does_not_know_fails(ada, drain):
    ProductServiceMapping.objects.update(tasks={})
    order = create(ada)
    drain()
    assert (state(order), payment_of(order).state) == ("failed", "voided")
    assert broken() == []


def test_a_failure_that_is_retried_meanwhile_is_no_failure(ada, drain):
    fault("HLR_PROVISION", "fail_always")
    order = create(ada)
    fault("HLR_PROVISION", "fail_always", enabled=False)
    failed = service_order_of(order)
    assert failed.state == "failed"
    run("provisioning.retry_failed", task_id=failed.tasks.get(state="failed").public_id)
    drain()
    assert state(order) == "completed"
    assert broken() == []


def test_an_authorisation_that_comes_after_the_end_is_given_back(committed, drain):
    order = create(make_buyer(UNDECIDED))
    assert payment_of(order).state == "unknown"
    run("order.cancel", order_id=order)
    key = f"activation/{order}/1"
    MockCards().decide(key, Outcome("succeeded", {"reference": "late"}))
    drain()
    assert (state(order), payment_of(order).state) == ("cancelled", "voided")
    assert nothing_is_kept(order)
    assert broken() == []


def test_money_that_comes_after_the_end_is_refunded(ada, drain):
    order = create(ada)
    internal("order.capture_activation", wait=0, order_id=order)
    stuck(order)
    run("order.give_up", order_id=order, reason="The bank does not answer.")
    drain()
    payment = payment_of(order)
    assert (state(order), payment.state, payment.refunded) == ("failed", "captured", 1000)
    assert broken() == []


def stuck(order):
    from apps.ordering.models import ProductOrder
    from bss.core import clock

    ProductOrder.objects.filter(pk=the(order).pk).update(stuck_at=clock.now())


def test_an_esim_that_was_ordered_comes_back_to_the_pool(ada, drain):
    fault("HLR_PROVISION", "fail_always")
    order = create(ada)
    iccid = line_of(order).iccid
    drain()
    assert EsimProfile.objects.get(iccid=iccid).state == "available"
