"""Two real connections at once; the loser waits, then sees what the winner did."""

from collections import Counter

import pytest

from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import (
    broken,
    create,
    events,
    internal,
    make_buyer,
    payment_of,
    place,
    service_order_of,
    state,
    submit,
)
from apps.payments.models import Payment
from apps.provisioning.tests.factories import DONE
from apps.subscription.models import Subscription
from apps.subscription.tests.racing import together
from bss.core import work
from bss.core.errors import PolicyViolation
from bss.core.operations import invoke, run

pytestmark = [pytest.mark.usefixtures("transactional_db", "outside"), pytest.mark.timeout(30)]


def drained():
    work.drain_everything(due_only=False)


def refusals(answers):
    return Counter(one.rule for one in answers if isinstance(one, PolicyViolation))


def test_two_submits_at_once_are_one():
    order = place(make_buyer())
    answers = together(*[lambda: submit(order)] * 3)
    assert refusals(answers) == {"order.transition.invalid": 2}
    drained()
    assert state(order) == "completed"
    assert (Payment.objects.count(), Subscription.objects.count()) == (1, 1)
    assert broken() == []


def test_a_double_click_is_one_order():
    ada = make_buyer()
    wanted = {"customer_id": ada, "offering_id": "PLAN_S"}
    answers = together(*[lambda: invoke("order.create", wanted, key="click")] * 3)
    assert len({answer.result["id"] for answer in answers}) == 1
    drained()
    assert [order.state for order in ProductOrder.objects.all()] == ["completed"]
    assert broken() == []


def test_a_submit_meets_a_cancellation():
    for _ in range(4):
        order = place(make_buyer())
        together(lambda: submit(order), lambda: run("order.cancel", order_id=order))  # noqa: B023
        drained()
        assert state(order) in ("completed", "cancelled")
    assert broken() == []


def test_a_cancellation_meets_the_authorisation():
    for _ in range(4):
        order = place(make_buyer())
        submit(order, wait=0)
        together(drained, lambda: run("order.cancel", order_id=order))  # noqa: B023
        drained()
        assert state(order) in ("completed", "cancelled")
    assert broken() == []


def provisioned(order):
    """What the network would say to each task of an order that was just authorised."""
    internal(
        "order.settle_activation", wait=0, payment_id=payment_of(order).public_id, outcome=DONE
    )
    found = service_order_of(order)
    return [
        {"service_order_id": found.public_id, "task_id": task.public_id, "attempt": 1}
        for task in found.tasks.all()
    ]


def test_tasks_that_end_together_complete_the_order():
    for _ in range(3):
        order = create(make_buyer(), wait=0)
        answers = provisioned(order)
        assert len(answers) == 4
        together(
            *[
                lambda told=told: internal("provisioning.finish_task", outcome=DONE, **told)
                for told in answers
            ]
        )
        assert service_order_of(order).state == "completed"
        drained()
        assert (state(order), payment_of(order).state) == ("completed", "captured")
    assert broken() == []


def test_workers_share_many_orders():
    ada = make_buyer()
    orders = [create(ada, wait=0) for _ in range(5)]
    together(*[drained] * 3)
    drained()
    assert {state(order) for order in orders} == {"completed"}
    assert len(events("subscription.activated")) == 5
    assert broken() == []


def test_a_stuck_order_is_told_once_by_two_sweeps():
    order = create(make_buyer(), wait=0)
    ProductOrder.objects.update(state_changed_at="2020-01-01T00:00:00Z")
    together(*[lambda: internal("order.flag_stuck", order_id=order)] * 3)
    assert len(events("order.stuck")) == 1


def test_a_closing_customer_meets_an_order():
    for _ in range(4):
        ada = make_buyer()
        answers = together(lambda: place(ada), lambda: run("customer.close", customer_id=ada))  # noqa: B023
        lost = refusals(answers)
        assert lost in (
            {"customer.close.no_open_orders": 1},
            {"order.create.customer_active": 1},
        )
