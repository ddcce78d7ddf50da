import pytest

from apps.catalog.models import Promotion
from apps.catalog.tests.factories import code_of, make_promotion, make_targeted
from apps.crm.tests.factories import make_customer
from bss.core.errors import InvalidArguments, NotFound, PermissionDenied
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("catalog")


def show(promotion):
    return run("promo.show", promotion_id=promotion)


def test_it_has_the_whole_shape(frozen_clock):
    promotion = make_promotion(
        promotion_id="PROMO_SPRING",
        code=" spring ",
        display_name="Spring",
        applicable_offering_ids=["PLAN_S", "PLAN_M", "PLAN_S"],
        valid_from="2026-03-01T00:00:00",
        max_uses=5,
    )

    assert show(promotion) == {
        "id": "PROMO_SPRING",
        "code": "SPRING",
        "name": "Spring",
        "audience": "public",
        "offerDefinitionId": None,
        "discountType": "percent",
        "discountValue": "10.00",
        "currency": "SGD",
        "applicableOfferingIds": ["PLAN_S", "PLAN_M"],
        "durationKind": "multi",
        "periodsTotal": 3,
        "validFrom": "2026-03-01T00:00:00+00:00",
        "validTo": None,
        "state": "active",
        "stateReason": None,
        "promoCodeKind": "multi_use",
        "maxUses": 5,
        "uses": 0,
        "@type": "Promotion",
    }
    assert [row["id"] for row in run("promo.list", state="active")] == ["PROMO_SPRING"]


@pytest.mark.parametrize(
    ("kind", "total", "periods"), [("single", None, 1), ("multi", 4, 4), ("perpetual", None, -1)]
)
def test_it_lasts_one_some_or_all_periods(kind, total, periods):
    promotion = make_promotion(duration_kind=kind, periods_total=total)

    assert Promotion.objects.get(pk=promotion).periods == periods
    assert (show(promotion)["durationKind"], show(promotion)["periodsTotal"]) == (kind, total)


def test_a_targeted_one_needs_no_code_of_its_own():
    promotion = make_promotion(audience="targeted", code=None, promotion_id="PROMO_vip")

    assert show(promotion)["code"] == "PROMO_VIP"
    assert show(promotion)["promoCodeKind"] == "single_use_unique_per_customer"


def test_a_shared_code_is_used_once(refused):
    shared = {"promo_code_kind": "single_use_shared"}

    assert show(make_promotion(**shared))["maxUses"] == 1
    with refused("catalog.promotion.invalid_max_uses"):
        make_promotion(**shared, max_uses=2)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("requires_code", {"code": None}),
        ("invalid_discount_value", {"discount_value": "0"}),
        ("invalid_discount_value", {"discount_value": "100.01"}),
        ("invalid_discount_value", {"discount_type": "absolute", "discount_value": "-1"}),
        ("invalid_periods_total", {"periods_total": 1}),
        ("invalid_periods_total", {"duration_kind": "single", "periods_total": 2}),
    ],
)
def test_terms_that_make_no_sense(refused, rule, wrong):
    with refused(f"catalog.promotion.{rule}"):
        make_promotion(**wrong)


def test_an_id_and_a_code_are_used_once(refused):
    promotion = make_promotion(promotion_id="PROMO_A", code="TAKEN")

    with refused("catalog.promotion.already_exists"):
        make_promotion(promotion_id=promotion)
    with refused("catalog.promotion.code_in_use"):
        make_promotion(code="taken")


def test_it_is_for_plans_that_there_are_in_our_currency(refused):
    with pytest.raises(NotFound):
        make_promotion(applicable_offering_ids=["PLAN_NONE"])
    with refused("catalog.price.other_currency"):
        make_promotion(currency="EUR")
    with refused("catalog.window.ends_before_start"):
        make_promotion(valid_from="2026-04-02T00:00:00Z", valid_to="2026-04-01T00:00:00Z")
    with pytest.raises(InvalidArguments):
        make_promotion(audience="everybody")


def test_every_write_tells_before_and_after():
    ada = make_customer()
    promotion = make_targeted(ada)
    run("promo.unassign", promotion_id=promotion, customer_ids=[ada])
    run("promo.exhaust", promotion_id=promotion)

    told = StoredEvent.objects.filter(aggregate=promotion).order_by("id")
    assert [(event.name, event.about) for event in told] == [
        ("promotion.created", ""),
        ("promotion.opened", ""),
        ("promotion.assigned", ada),
        ("promotion.unassigned", ada),
        ("promotion.exhausted", ""),
    ]
    assert told[0].after["discountValue"] == "10.00"
    assert [(event.before, event.after) for event in told[2:]] == [
        ({"assigned": False}, {"assigned": True}),
        ({"assigned": True}, {"assigned": False}),
        ({"state": "active"}, {"state": "exhausted"}),
    ]


def test_customers_are_chosen_once():
    ada, ben = make_customer(), make_customer()
    promotion = make_targeted(ada)

    assert run("promo.assign", promotion_id=promotion, customer_ids=[ben, ada, ben]) == {
        "promotionId": promotion,
        "code": code_of(promotion),
        "eligible": [ben],
        "already": [ada],
    }
    assert [one["id"] for one in run("promo.list_for_customer", customer_id=ada)] == [promotion]
    gone = run("promo.unassign", promotion_id=promotion, customer_ids=[ada])
    assert gone["removed"] == [ada]
    assert run("promo.list_for_customer", customer_id=ada) == []


def test_only_what_is_for_chosen_customers_is_given_to_them(refused):
    ada = make_customer()
    ended = make_promotion(audience="targeted")
    run("promo.exhaust", promotion_id=ended)

    for promotion in (make_promotion(), ended):
        with refused("catalog.promotion.not_targeted"):
            run("promo.assign", promotion_id=promotion, customer_ids=[ada])
    with pytest.raises(NotFound):
        make_targeted("CUST-999999")


def test_it_ends_once(refused):
    promotion = make_promotion()
    run("promo.exhaust", promotion_id=promotion)

    with refused("catalog.promotion.exhaust.not_active"):
        run("promo.exhaust", promotion_id=promotion)


def test_care_may_look_and_not_make(as_role):
    promotion = make_promotion()
    with as_role("care"):
        assert show(promotion)["id"] == promotion
        with pytest.raises(PermissionDenied):
            make_promotion()
    with as_role("catalog_manager"):
        make_promotion()


def test_a_sandbox_forgets_them():
    make_targeted(make_customer())

    run_internal("catalog.reset", {})

    assert run("promo.list") == []


def test_what_is_written_down_says_what_it_is():
    promotion = Promotion.objects.get(pk=make_targeted(make_customer()))

    assert str(promotion) == promotion.public_id
    assert str(promotion.assignments.get()).startswith(f"{promotion} for ")
