from datetime import timedelta

import pytest

from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import (
    broken,
    create,
    fault,
    line_of,
    payment_of,
    place,
    the,
)
from apps.payments.models import Payment
from apps.provisioning.models import EsimProfile, Number
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.invariants import check
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")

SERVED, KEPT, FORGOTTEN = (
    "ordering.completed_is_served",
    "ordering.ended_keeps_nothing",
    "ordering.nothing_forgotten",
)


@pytest.fixture
def completed(ada, drain):
    order = create(ada)
    drain()
    assert broken() == []
    return order


@pytest.fixture
def failed(ada, drain):
    fault("HLR_PROVISION", "fail_always")
    order = create(ada)
    drain()
    assert broken() == []
    return order


def test_a_completed_order_without_an_active_line(completed):
    Subscription.objects.update(activated_at=None)
    assert SERVED in broken()


def test_a_completed_order_paid_for_something_else(completed):
    Payment.objects.update(served_by="SUB-999999")
    assert SERVED in broken()


def test_a_completed_order_without_the_money(completed):
    Payment.objects.filter(pk=payment_of(completed).pk).update(
        state="voided", served_by="", served_at=None, captured_at=None
    )
    assert SERVED in broken()


@pytest.mark.parametrize(
    "row",
    [
        {"state": "authorised", "awaiting": "", "state_reason": ""},
        {"state": "captured", "captured_at": "2026-03-02T12:00:00Z"},
    ],
    ids=["reserved", "taken"],
)
def test_a_failed_order_that_keeps_money(failed, row):
    Payment.objects.filter(pk=payment_of(failed).pk).update(**row)
    assert KEPT in broken()


def test_a_failed_order_that_keeps_a_number(failed):
    Number.objects.filter(msisdn="90000009").update(
        state="reserved", owner=line_of(failed).public_id
    )
    assert KEPT in broken()


def test_a_failed_order_that_keeps_an_esim(failed):
    profile = EsimProfile.objects.order_by("-id").first()
    EsimProfile.objects.filter(pk=profile.pk).update(
        state="reserved", owner=line_of(failed).public_id
    )
    assert KEPT in broken()


def test_a_failed_order_that_keeps_its_line(failed):
    Subscription.objects.update(state="pending")
    assert KEPT in broken()


def test_a_cancelled_order_that_keeps_the_number_wished_for(ada):
    order = place(ada)
    run("order.cancel", order_id=order)
    Number.objects.filter(msisdn="90000009").update(state="reserved", owner=order)
    assert KEPT in broken()


def test_an_order_nobody_works_on(ada, drain):
    fault("HLR_PROVISION", "stuck")
    order = create(ada)
    drain()
    long_ago = clock.now() - timedelta(hours=1)
    ProductOrder.objects.update(state_changed_at=long_ago)
    assert FORGOTTEN in broken()
    ProductOrder.objects.filter(pk=the(order).pk).update(stuck_at=clock.now())
    assert FORGOTTEN not in broken()


def test_an_order_somebody_works_on(ada):
    create(ada, wait=0)
    ProductOrder.objects.update(state_changed_at=clock.now() - timedelta(hours=1))
    assert FORGOTTEN not in broken()


def test_only_what_changed_is_looked_at(completed):
    Payment.objects.update(served_by="SUB-999999")
    later = clock.now() + timedelta(minutes=5)
    found = {verdict.name for verdict in check(later, full=False) if not verdict.holds}
    assert SERVED not in found
