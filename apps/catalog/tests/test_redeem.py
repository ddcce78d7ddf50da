from datetime import timedelta

import pytest

from apps.catalog.models import Promotion, Redemption
from apps.catalog.tests.factories import code_of, make_promotion, make_targeted
from apps.crm.tests.factories import make_customer
from bss.core import clock
from bss.core.invariants import check
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("catalog", "frozen_clock")
CAP = "catalog.promotions_within_their_cap"


@pytest.fixture
def ada():
    return make_customer()


def reserve(customer, owner="ORD-000001", **wishes):
    wanted = {"offering_id": "PLAN_M", "amount": 2500, "customer_id": customer, "owner": owner}
    return run_internal("promo.reserve", wanted | wishes).result


def uses(promotion):
    return Promotion.objects.get(pk=promotion).uses


def quote(**wishes):
    return run("promo.preview", offering_id="PLAN_M", **wishes)


def test_a_code_is_held_used_or_given_back(ada):
    promotion = make_promotion(max_uses=2)
    for owner in ("ORD-000001", "ORD-000002"):
        assert reserve(ada, owner, code=code_of(promotion)).off(2500) == 250
    assert uses(promotion) == 2

    run_internal("promo.consume", {"owner": "ORD-000001"})
    run_internal("promo.release", {"owner": "ORD-000002", "reason": "Declined"})

    assert uses(promotion) == 1
    states = Redemption.objects.order_by("owner").values_list("state", flat=True)
    assert list(states) == ["consumed", "released"]
    told = StoredEvent.objects.filter(name__startswith="promotion.", about=ada).order_by("id")
    assert [(one.before, one.after) for one in told] == [
        (None, {"state": "reserved"}),
        (None, {"state": "reserved"}),
        ({"state": "reserved"}, {"state": "consumed"}),
        ({"state": "reserved"}, {"state": "released"}),
    ]


@pytest.mark.parametrize(
    ("rule", "made", "spoiled"),
    [
        ("expired", {"valid_to": "2026-03-02T12:00:00Z"}, {}),
        ("not_yet_valid", {"valid_from": "2026-03-02T12:00:01Z"}, {}),
        ("not_applicable_to_offering", {"applicable_offering_ids": ["PLAN_S"]}, {}),
        ("used_up", {"max_uses": 1}, {"uses": 1}),
        ("no_active_promotion", {}, {"state": "exhausted"}),
        ("not_eligible", {"audience": "targeted"}, {}),
    ],
)
def test_a_code_that_cannot_be_used_is_refused(ada, refused, rule, made, spoiled):
    promotion = make_promotion(**made)
    if spoiled:
        Promotion.objects.filter(pk=promotion).update(**spoiled)

    with refused(f"catalog.promotion.{rule}"):
        reserve(ada, code=code_of(promotion))
    told = quote(code=code_of(promotion), customer_id=ada)
    assert (told["refusedBy"], told["effectiveAmount"]) == (f"catalog.promotion.{rule}", "25.00")


def test_a_code_nobody_made_is_refused(ada, refused):
    with refused("catalog.promotion.unknown_code"):
        reserve(ada, code="NONE")


def test_a_code_for_each_customer_once(ada, refused):
    promotion = make_promotion(promo_code_kind="single_use_unique_per_customer")
    code = code_of(promotion)
    reserve(ada, "ORD-000001", code=code)

    with refused("catalog.promotion.already_used"):
        reserve(ada, "ORD-000002", code=code)
    reserve(make_customer(), "ORD-000003", code=code)
    run_internal("promo.release", {"owner": "ORD-000001", "reason": "Declined"})
    reserve(ada, "ORD-000004", code=code)
    assert uses(promotion) == 2


def test_of_what_a_customer_was_chosen_for_the_best_counts(ada):
    make_targeted(ada, discount_value="5")
    best = make_targeted(ada, discount_type="absolute", discount_value="4.00")
    make_targeted(ada, discount_value="90", applicable_offering_ids=["PLAN_L"])
    make_targeted(ada, discount_value="90", valid_from=clock.now() + timedelta(hours=1))
    make_targeted(make_customer(), discount_value="90")

    assert quote(customer_id=ada)["promotionId"] == best
    assert reserve(ada, "ORD-000001").promotion_id == best
    assert reserve(ada, "ORD-000002").off(2500) == 125
    assert reserve(ada, "ORD-000003") is None


def test_what_was_used_up_gives_way_to_the_next(ada):
    gone = make_targeted(ada, discount_value="50", max_uses=1)
    make_targeted(ada, discount_value="5")
    Promotion.objects.filter(pk=gone).update(uses=1)

    assert reserve(ada).off(2500) == 125


def test_who_wants_no_gift_gets_none(ada):
    make_targeted(ada)

    assert reserve(ada, skip_assigned=True) is None


def test_a_typed_code_wins_over_what_was_assigned(ada):
    make_targeted(ada, discount_value="90")
    typed = make_promotion(discount_value="1")

    assert reserve(ada, code=code_of(typed)).promotion_id == typed


def test_a_quote_shows_both_prices(ada):
    promotion = make_promotion(discount_type="absolute", discount_value="30.00")

    told = quote(code=f" {code_of(promotion).lower()} ")

    amounts = ("priceAmount", "discountAmount", "effectiveAmount")
    assert [told[name] for name in amounts] == ["25.00", "25.00", "0.00"]
    assert (told["discountPeriodsTotal"], told["refusedBy"]) == (3, None)
    assert quote()["effectiveAmount"] == "25.00"


@pytest.mark.parametrize("since", [None, "recently"])
def test_uses_that_nobody_counted(ada, since):
    promotion = make_promotion(max_uses=1)
    reserve(ada, code=code_of(promotion))
    moment = clock.now() - timedelta(minutes=1) if since else None
    assert CAP not in broken(moment)

    Redemption.objects.create(
        promotion_id=promotion,
        customer=Redemption.objects.get().customer,
        owner="ORD-000009",
        only_one=False,
    )

    assert CAP in broken(moment)


def test_a_counter_that_runs_ahead(ada):
    promotion = make_promotion()
    Promotion.objects.filter(pk=promotion).update(uses=1)

    assert CAP in broken(None)


def broken(since):
    return [one.name for one in check(since, full=since is None) if not one.holds]
