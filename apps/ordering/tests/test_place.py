from datetime import timedelta

import pytest

from apps.catalog.tests.factories import make_offering, make_price
from apps.crm.models import Customer
from apps.crm.tests.factories import attest, letters_to, make_customer
from apps.ordering.tests.factories import (
    VISA,
    broken,
    events,
    internal,
    line_of,
    make_buyer,
    payment_of,
    place,
    state,
    submit,
    the,
)
from apps.provisioning.models import Number
from bss.core import clock
from bss.core.errors import InvalidArguments, NotFound
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_an_order_holds_its_price_and_charges_nothing(ada):
    order = run("order.place", customer_id=ada, offering_id="PLAN_S", notes="  gift ")
    assert (order["state"], order["notes"], order["paymentId"]) == ("acknowledged", "gift", None)
    item = order["items"][0]
    assert (item["priceAmount"], item["priceOfferingPriceId"]) == ("10.00", "PRICE_PLAN_S")
    assert (item["id"][:3], item["targetSubscriptionId"]) == ("OI-", None)
    assert events("order.acknowledged")[0]["amount"] == "10.00"


def test_identity_must_be_proven(ada, refused):
    stranger = make_customer()
    run("payment.add_card", customer_id=stranger, card_number=VISA)
    with refused("order.create.requires_verified_customer"):
        place(stranger)
    attest(stranger)
    assert state(place(stranger)) == "acknowledged"


def test_a_proof_that_ran_out_proves_nothing(ada, frozen_clock, refused):
    Customer.objects.filter(pk=Customer.objects.get_by_id(ada).pk).update(
        kyc_expires_at=clock.now() + timedelta(hours=2)
    )
    order = place(ada)
    frozen_clock.advance("3h")
    with refused("order.create.requires_verified_customer"):
        place(ada)
    with refused("order.create.requires_verified_customer"):
        submit(order)


def test_only_active_customers_order(ada, refused):
    run("customer.suspend", customer_id=ada, reason="fraud check")
    with refused("order.create.customer_active"):
        place(ada)


def test_somebody_must_pay(committed, refused):
    poor = make_buyer(card=None)
    with refused("order.create.no_payment_method"):
        place(poor)
    with refused("order.create.no_payment_method"):
        run("order.create", customer_id=poor, offering_id="PLAN_S")


def test_what_costs_nothing_needs_no_card(committed, drain):
    poor = make_buyer(card=None)
    gift = make_offering(amount="0.00")
    order = place(poor, gift)
    submit(order)
    drain()
    assert (state(order), payment_of(order).state) == ("completed", "captured")
    assert (line_of(order).state, payment_of(order).amount) == ("active", 0)
    assert broken() == []


@pytest.mark.parametrize("how", ["retired", "not yet", "no price"])
def test_only_what_is_on_sale_is_sold(ada, refused, frozen_clock, how):
    plan = make_offering()
    if how == "retired":
        run("catalog.retire_offering", offering_id=plan)
    elif how == "not yet":
        run("catalog.window_offering", offering_id=plan, valid_from="2026-06-01T00:00:00Z")
    else:
        plan = make_offering()
        make_price(plan, valid_from="2026-04-01T00:00:00Z", retire_current=True)
        end_of_sale(plan)
    with refused("policy.offering.not_sellable_now"):
        place(ada, plan)


def end_of_sale(plan):
    from apps.catalog.models import ProductOfferingPrice

    ProductOfferingPrice.objects.filter(offering=plan).update(valid_from="2026-04-01T00:00:00Z")


def test_what_nobody_sells_is_not_there(ada):
    with pytest.raises(NotFound):
        place(ada, "PLAN_NONE")
    with pytest.raises(NotFound):
        place("CUST-999999")
    with pytest.raises(InvalidArguments):
        place(ada, msisdn_preference="not a number")


def test_the_price_of_the_order_holds_after_it_changed(ada, drain):
    plan = make_offering(amount="12.00")
    dear = place(ada, plan)
    make_price(plan, amount="7.00")
    cheap = place(ada, plan)
    for order in (dear, cheap):
        submit(order)
    drain()
    assert [payment_of(order).amount for order in (dear, cheap)] == [1200, 700]
    assert [line_of(order).amount for order in (dear, cheap)] == [1200, 700]


def test_the_number_wished_for_is_kept(ada, drain, refused):
    order = place(ada, msisdn_preference="90000007")
    assert Number.objects.get(msisdn="90000007").owner == order
    with refused("msisdn.reserve.status_must_be_available"):
        place(make_buyer(), msisdn_preference="90000007")
    submit(order)
    drain()
    assert line_of(order).msisdn == "90000007"
    assert broken() == []


def test_a_number_the_customer_holds_returns_to_that_hold(ada):
    run("inventory.msisdn.hold", msisdn="90000007", customer_id=ada)
    order = place(ada, msisdn_preference="90000007")
    run("order.cancel", order_id=order)
    assert Number.objects.get(msisdn="90000007").owner == ada


def test_an_order_not_submitted_in_time_is_called_off(ada, drain, frozen_clock, refused):
    from bss.core.sweeps import run_sweep

    order = place(ada, msisdn_preference="90000007")
    frozen_clock.advance("23h")
    assert run_sweep("lapsed_orders") == 0
    frozen_clock.advance("1h")
    with refused("order.submit.lapsed"):
        submit(order)
    assert run_sweep("lapsed_orders") == 1
    assert run_sweep("lapsed_orders") == 0
    drain()
    assert (state(order), the(order).state_reason) == ("cancelled", "It was not submitted in time.")
    assert Number.objects.get(msisdn="90000007").state == "available"
    assert events("order.cancelled")[0]["cause"] == "expiry"
    letters = letters_to(ada)
    assert [letter["template"] for letter in letters] == ["order_cancelled"]
    assert broken() == []


def test_an_order_submitted_in_the_last_moment_goes_on(ada, frozen_clock):
    order = place(ada)
    submit(order)
    frozen_clock.advance("2d")
    internal("order.expire", order_id=order)
    assert state(order) == "in_progress"


def test_a_customer_who_waits_for_a_line_is_not_closed(ada, refused):
    order = place(ada)
    with refused("customer.close.no_open_orders"):
        run("customer.close", customer_id=ada)
    run("order.cancel", order_id=order)
    run("customer.close", customer_id=ada)


def test_an_order_can_be_wished_done_by_a_moment(ada, frozen_clock, refused):
    wish = clock.now() + timedelta(minutes=5)
    asked = {"customer_id": ada, "offering_id": "PLAN_S"}

    order = run("order.place", **asked, requested_completion_date=wish)

    assert order["requestedCompletionDate"] == wish.isoformat()
    with refused("order.create.completion_date_past"):
        run("order.place", **asked, requested_completion_date=clock.now())
    with pytest.raises(InvalidArguments):
        run("order.place", **asked, requested_completion_date="2026-03-03T00:00:00")
