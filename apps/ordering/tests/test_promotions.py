from datetime import timedelta

import pytest

from apps.catalog.models import Promotion, Redemption
from apps.catalog.tests.factories import code_of, make_offering, make_promotion, make_targeted
from apps.ordering.models import ProductOrderItem
from apps.ordering.tests.factories import (
    DECLINING,
    NOT_CAPTURING,
    broken,
    create,
    events,
    fault,
    line_of,
    make_buyer,
    payment_of,
    place,
    state,
    submit,
)
from bss.core import clock
from bss.core.invariants import check
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")
FOLLOWS = "ordering.redemptions_follow_orders"


def redemption():
    return Redemption.objects.get()


def uses(promotion):
    return Promotion.objects.get(pk=promotion).uses


def receipt(order):
    return [(line.text, line.net) for line in payment_of(order).lines.order_by("position")]


def test_a_typed_code_makes_the_first_period_cheaper(ada, drain):
    promotion = make_promotion(code="SPRING")
    order = create(ada, "PLAN_M", discount_code=" spring ")
    assert redemption().state == "reserved"
    drain()

    item = run("order.get", order_id=order)["items"][0]
    assert (item["priceAmount"], item["effectiveAmount"]) == ("25.00", "22.50")
    shown = [item[f"discount{name}"] for name in ("Code", "Type", "Value", "PeriodsTotal")]
    assert shown == ["SPRING", "percent", "10.00", 3]
    line = line_of(order)
    text = f"Standard for {line.msisdn}"
    assert receipt(order) == [(text, 2500), ("Discount SPRING 10 %", -250)]
    assert payment_of(order).amount == 2250
    assert (line.amount, line.discount_periods, line.promotion_id) == (2500, 2, promotion)
    assert events("subscription.activated")[0]["amount_charged"] == "22.50"
    assert (redemption().state, uses(promotion)) == ("consumed", 1)
    assert broken() == []


def test_an_order_tells_what_it_holds(ada):
    create(ada, "PLAN_M", discount_code=code_of(make_promotion(discount_value="12.5")))

    for name in ("order.acknowledged", "order.in_progress"):
        assert (events(name)[0]["amount"], events(name)[0]["discount"]) == ("25.00", "3.12")
    assert events("promotion.reserved")[0]["discount"] == "3.12"


def test_a_code_that_cannot_be_used_refuses_the_order(ada, refused):
    used_up = code_of(make_promotion(max_uses=1))
    create(ada, discount_code=used_up)

    with refused("catalog.promotion.used_up"):
        create(ada, discount_code=used_up)
    with refused("catalog.promotion.unknown_code"):
        place(ada, discount_code="NONE")
    assert len(run("order.list", customer_id=ada)) == 1


def test_what_a_customer_was_chosen_for_applies_by_itself(ada, drain):
    promotion = make_targeted(ada, discount_value="20", duration_kind="single")
    order = create(ada, "PLAN_M")
    later = create(ada, "PLAN_M")
    drain()

    assert [payment_of(one).amount for one in (order, later)] == [2000, 2500]
    assert (line_of(order).promotion_id, line_of(order).discount_periods) == (promotion, 0)
    assert run("promo.list_for_customer", customer_id=ada) == []


def test_it_can_be_kept_for_later(ada, drain):
    make_targeted(ada)
    order = create(ada, skip_assigned_offer=True)
    drain()

    assert payment_of(order).amount == 1000
    assert len(run("promo.list_for_customer", customer_id=ada)) == 1


@pytest.mark.parametrize("value", [("percent", "100"), ("absolute", "10.00"), ("absolute", "99")])
def test_all_of_it_off_settles_without_the_bank(ada, drain, value):
    kind, much = value
    promotion = make_promotion(discount_type=kind, discount_value=much, duration_kind="single")
    order = create(ada, discount_code=code_of(promotion))
    drain()

    payment = payment_of(order)
    assert (state(order), payment.state, payment.amount) == ("completed", "captured", 0)
    assert payment.reference == ""
    assert broken() == []


def test_a_card_is_needed_for_what_comes_after(committed, refused):
    poor = make_buyer(card=None)
    code = code_of(make_promotion(discount_value="100", duration_kind="single"))

    with refused("order.create.no_payment_method"):
        create(poor, discount_code=code)


@pytest.mark.parametrize("card", [DECLINING, NOT_CAPTURING])
def test_a_card_that_fails_gives_the_use_back(committed, drain, card):
    promotion = make_promotion(max_uses=1)
    order = create(make_buyer(card), discount_code=code_of(promotion))
    drain()

    assert (state(order), redemption().state, uses(promotion)) == ("failed", "released", 0)
    assert events("promotion.released")[0]["order_id"] == order
    second = create(make_buyer(), discount_code=code_of(promotion))
    drain()
    assert state(second) == "completed"
    assert broken() == []


def test_a_network_that_fails_gives_the_use_back(ada, drain):
    promotion = make_promotion()
    fault("HLR_PROVISION", "fail_always")
    order = create(ada, discount_code=code_of(promotion))
    drain()

    assert (state(order), redemption().state, uses(promotion)) == ("failed", "released", 0)
    assert broken() == []


def test_a_placed_order_holds_its_use_for_a_day(ada, frozen_clock):
    promotion = make_promotion()
    order = place(ada, discount_code=code_of(promotion))
    assert (uses(promotion), broken()) == (1, [])

    frozen_clock.advance("24h")
    run_sweep("lapsed_orders")

    assert (state(order), redemption().state, uses(promotion)) == ("cancelled", "released", 0)
    assert broken() == []


def test_what_was_held_counts_after_the_promotion_ended(ada, drain):
    promotion = make_promotion()
    order = place(ada, discount_code=code_of(promotion))
    run("promo.exhaust", promotion_id=promotion)

    submit(order)
    drain()

    assert payment_of(order).amount == 900


def test_a_submitted_order_called_off_gives_the_use_back(ada, drain):
    promotion = make_promotion()
    order = create(ada, wait=0, discount_code=code_of(promotion))
    run("order.cancel", order_id=order)
    drain()

    assert (redemption().state, uses(promotion)) == ("released", 0)
    assert broken() == []


def test_nothing_off_a_free_plan(ada, drain):
    order = create(ada, make_offering(amount="0"), discount_code=code_of(make_promotion()))
    drain()

    assert (state(order), payment_of(order).amount) == ("completed", 0)
    assert broken() == []


@pytest.mark.parametrize(
    ("was", "state", "recent"),
    [
        ("completed", "reserved", True),
        ("completed", "released", False),
        ("placed", "consumed", False),
        ("placed", "released", True),
        ("cancelled", "reserved", True),
    ],
)
def test_a_use_that_is_not_where_its_order_is(ada, drain, was, state, recent):
    order = place(ada, discount_code=code_of(make_promotion()))
    if was == "completed":
        submit(order)
    elif was == "cancelled":
        run("order.cancel", order_id=order)
    drain()
    assert FOLLOWS not in broken()

    Redemption.objects.update(state=state)

    assert FOLLOWS in broken_since(timedelta(minutes=-1) if recent else None)


def test_a_use_of_an_order_that_does_not_know_of_it(ada):
    place(ada, discount_code=code_of(make_promotion()))
    ProductOrderItem.objects.update(promotion=None)

    assert FOLLOWS in broken_since(timedelta(minutes=-1))
    assert FOLLOWS not in broken_since(timedelta(minutes=1))


def broken_since(ago):
    since = clock.now() + ago if ago else None
    return [one.name for one in check(since, full=since is None) if not one.holds]
