import pytest

from apps.catalog import queries
from apps.catalog.models import ProductOfferingPrice
from apps.catalog.tests.factories import make_offering, make_price
from bss.core import clock
from bss.core.errors import NotFound
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")


def value(price):
    return price["price"]["taxIncludedAmount"]["value"]


def active(offering_id, at=None):
    return value(run("catalog.get_active_price", offering_id=offering_id, at=at))


def test_a_cheaper_window_wins_while_it_is_open(frozen_clock):
    price = make_price(
        "PLAN_M",
        amount="20.00",
        valid_from="2026-04-01T00:00:00+00:00",
        valid_to="2026-05-01T00:00:00+00:00",
    )

    assert price["validFor"] == {
        "startDateTime": "2026-04-01T00:00:00+00:00",
        "endDateTime": "2026-05-01T00:00:00+00:00",
    }
    assert active("PLAN_M") == 25.0
    assert active("PLAN_M", "2026-04-01T00:00:00+00:00") == 20.0
    assert active("PLAN_M", "2026-04-30T23:59:59+00:00") == 20.0
    assert active("PLAN_M", "2026-05-01T00:00:00+00:00") == 25.0


def test_a_cheaper_window_moves_the_plan_up_the_list():
    make_price("PLAN_L", amount="5.00")

    assert run("catalog.list_active_offerings")[0]["id"] == "PLAN_L"


def test_retiring_the_current_one_hands_over_without_a_gap(frozen_clock):
    price = make_price(
        "PLAN_L", amount="50.00", valid_from="2026-04-01T00:00:00+00:00", retire_current=True
    )

    assert active("PLAN_L", "2026-03-31T23:59:59+00:00") == 45.0
    assert active("PLAN_L", "2026-04-01T00:00:00+00:00") == 50.0
    event = StoredEvent.objects.get(name="catalog.price_added")
    assert event.payload["retired_price_ids"] == "PRICE_PLAN_L"
    assert event.before == {"ended": {"PRICE_PLAN_L": None}}
    assert event.after["ended"] == {"PRICE_PLAN_L": "2026-04-01T00:00:00Z"}
    assert event.after["price"] | {"warnings": []} == price


def test_retiring_now_ends_now(frozen_clock):
    make_price("PLAN_L", amount="50.00", retire_current=True)

    assert active("PLAN_L") == 50.0
    assert ProductOfferingPrice.objects.get(pk="PRICE_PLAN_L").valid_to == clock.now()


def test_retiring_a_price_that_has_not_begun_leaves_it_no_time(frozen_clock):
    later = make_price("PLAN_L", amount="40.00", valid_from="2026-06-01T00:00:00+00:00")

    make_price(
        "PLAN_L", amount="50.00", valid_from="2026-04-01T00:00:00+00:00", retire_current=True
    )

    row = ProductOfferingPrice.objects.get(pk=later["id"])
    assert row.valid_from == row.valid_to
    assert active("PLAN_L", "2026-07-01T00:00:00+00:00") == 50.0


def test_a_tie_goes_to_the_first_id():
    make_price("PLAN_S", price_id="PRICE_A", amount="10.00")

    assert run("catalog.get_active_price", offering_id="PLAN_S")["id"] == "PRICE_A"


def test_it_renews_as_the_plan_does():
    offering_id = make_offering(period_length=1, period_type="month")

    price = make_price(offering_id)

    assert price["recurringChargePeriodType"] == "month"
    assert price["recurringChargePeriodLength"] == 1


def test_a_plan_without_prices_gets_the_usual_period():
    offering_id = make_offering()
    ProductOfferingPrice.objects.filter(offering=offering_id).delete()

    assert make_price(offering_id)["recurringChargePeriodLength"] == 30


def test_without_a_price_that_holds_there_is_none(refused, frozen_clock):
    offering_id = make_offering()
    ProductOfferingPrice.objects.filter(offering=offering_id).update(valid_to=clock.now())

    with refused("catalog.price.no_active_row"):
        run("catalog.get_active_price", offering_id=offering_id)
    assert offering_id not in [row["id"] for row in run("catalog.list_active_offerings")]
    assert queries.active_price(offering_id, clock.now()) is None


def test_a_price_is_found_for_ever(frozen_clock):
    make_price("PLAN_L", amount="50.00", retire_current=True)
    frozen_clock.advance("365d")

    assert value(queries.price_view("PRICE_PLAN_L")) == 45.0


def test_an_id_is_used_once(refused):
    with refused("catalog.price.already_exists"):
        make_price("PLAN_S", price_id="PRICE_PLAN_M")


def test_an_unknown_plan_has_no_prices():
    with pytest.raises(NotFound):
        make_price("PLAN_NONE")
    with pytest.raises(NotFound):
        run("catalog.get_active_price", offering_id="PLAN_NONE")


def test_another_currency_and_a_backward_window_are_refused(refused):
    with refused("catalog.price.other_currency"):
        make_price("PLAN_S", currency="USD")
    with refused("catalog.window.ends_before_start"):
        make_price("PLAN_S", valid_from="2026-04-01T00:00:00Z", valid_to="2026-04-01T00:00:00Z")


def test_prices_that_hold_at_the_same_time_are_pointed_out(frozen_clock):
    later = {"valid_from": "2026-06-01T00:00:00Z"}
    price = make_price("PLAN_L", amount="30.00", **later)

    assert price["warnings"] == [
        "PRICE_PLAN_L (SGD 45.00) holds at the same time for a while; the lowest price counts."
    ]
    event = StoredEvent.objects.get(name="catalog.price_added")
    assert "for a time PRICE_PLAN_L holds too" in event.summary
    assert make_price("PLAN_M", amount="30.00", retire_current=True, **later)["warnings"] == []
