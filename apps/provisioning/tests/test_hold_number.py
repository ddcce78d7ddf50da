"""Numbers are held, taken over by orders, given back to the hold, and freed when holds run out."""

from datetime import timedelta

import pytest

from apps.crm.tests.factories import make_customer
from apps.provisioning.models import Number
from bss.core import clock
from bss.core.errors import NotFound, PolicyViolation
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .factories import LINE, internal, make_numbers

pytestmark = pytest.mark.usefixtures("committed", "stock")


@pytest.fixture
def stock(committed):
    make_numbers(10)


@pytest.fixture
def ada(committed):
    return make_customer()


def reserve(owner=LINE, **wishes):
    return internal("inventory.msisdn.reserve", owner=owner, **wishes)


def refused_rule(action):
    with pytest.raises(PolicyViolation) as refusal:
        action()
    return refusal.value.rule


def test_without_a_wish_the_lowest_free_number_is_taken():
    reserve("SUB-1", msisdn="90000000")

    assert reserve("SUB-2")["msisdn"] == "90000001"


def test_a_wish_means_exactly_that_number():
    taken = reserve(msisdn="90000007")

    assert (taken["msisdn"], taken["status"]) == ("90000007", "reserved")
    rule = refused_rule(lambda: reserve("SUB-2", msisdn="90000007"))
    assert rule == "msisdn.reserve.status_must_be_available"


def test_a_wish_for_an_unknown_number_is_not_found():
    with pytest.raises(NotFound):
        reserve(msisdn="12345678")


def test_an_owner_keeps_what_they_have():
    first = reserve()

    assert reserve()["msisdn"] == first["msisdn"]
    assert reserve(msisdn=first["msisdn"])["msisdn"] == first["msisdn"]
    assert Number.objects.filter(state="reserved").count() == 1


def test_an_empty_pool_refuses():
    Number.objects.all().delete()

    assert refused_rule(reserve) == "msisdn.reserve.no_available"


def test_held_numbers_are_never_picked():
    for number in range(9):
        run("inventory.msisdn.hold", msisdn=f"9000000{number}", customer_id=make_customer())

    assert reserve("SUB-1")["msisdn"] == "90000009"
    assert refused_rule(lambda: reserve("SUB-2")) == "msisdn.reserve.no_available"


def test_a_hold_lasts_for_hours_and_can_be_prolonged(ada, frozen_clock):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada, hours=1)
    frozen_clock.advance("30m")
    held = run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada, hours=1)

    assert held["reserved_until"] == (clock.now() + timedelta(hours=1)).isoformat()


def test_nobody_hoards_numbers(ada):
    for number in range(5):
        run("inventory.msisdn.hold", msisdn=f"9000000{number}", customer_id=ada)

    rule = refused_rule(lambda: run("inventory.msisdn.hold", msisdn="90000005", customer_id=ada))
    assert rule == "msisdn.hold.too_many"


def test_a_hold_can_be_let_go_by_its_owner_only(ada):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)

    rule = refused_rule(
        lambda: run("inventory.msisdn.release_hold", msisdn="90000003", customer_id=make_customer())
    )
    assert rule == "msisdn.release.only_if_reserved_or_assigned"
    freed = run("inventory.msisdn.release_hold", msisdn="90000003", customer_id=ada)
    assert freed["status"] == "available"


def test_a_hold_runs_out(ada, frozen_clock):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)
    reserve("SUB-1", msisdn="90000004")

    assert run_sweep("expired_holds") == 0
    frozen_clock.advance("25h")
    assert run_sweep("expired_holds") == 1

    assert run("inventory.msisdn.get", msisdn="90000003")["status"] == "available"
    assert run("inventory.msisdn.get", msisdn="90000004")["status"] == "reserved"


def test_a_hold_prolonged_meanwhile_is_not_swept(ada, frozen_clock):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)

    assert internal("inventory.msisdn.expire_holds", msisdns=["90000003"]) == []


def test_a_hold_that_ran_out_counts_as_free_before_the_sweep(ada, frozen_clock):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)
    frozen_clock.advance("25h")

    assert reserve(msisdn="90000003")["reserved_for"] == LINE


def test_an_order_takes_over_its_customers_hold_and_returns_to_it(ada, frozen_clock):
    held = run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)

    taken = reserve(msisdn="90000003", from_hold=ada)
    assert (taken["reserved_for"], taken["reserved_until"]) == (LINE, None)

    internal("inventory.msisdn.release", owner=LINE, reason="declined")
    back = run("inventory.msisdn.get", msisdn="90000003")
    assert back["reserved_for"] == ada
    assert back["reserved_until"] == held["reserved_until"]


def test_a_number_assigned_already_still_returns_to_the_hold(ada):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)
    reserve(msisdn="90000003", from_hold=ada)
    internal("inventory.msisdn.assign", owner=LINE, msisdn="90000003")

    released = internal("inventory.msisdn.release", owner=LINE, msisdn="90000003")

    assert released["reserved_for"] == ada


def test_a_hold_that_ran_out_meanwhile_does_not_come_back(ada, frozen_clock):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)
    reserve(msisdn="90000003", from_hold=ada)
    frozen_clock.advance("25h")
    assert run_sweep("expired_holds") == 0

    assert internal("inventory.msisdn.release", owner=LINE)["status"] == "available"


def test_a_strangers_hold_is_not_taken_over(ada):
    run("inventory.msisdn.hold", msisdn="90000003", customer_id=ada)

    rule = refused_rule(lambda: reserve(msisdn="90000003", from_hold="CUST-000002"))
    assert rule == "msisdn.reserve.status_must_be_available"


def test_a_hold_is_for_somebody():
    with pytest.raises(NotFound):
        run("inventory.msisdn.hold", msisdn="90000003", customer_id="CUST-999999")
