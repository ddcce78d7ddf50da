import pytest

from apps.catalog import queries
from apps.catalog.tests.factories import make_offering
from bss.core.errors import InvalidArguments, NotFound, PermissionDenied
from bss.core.models import StoredEvent
from bss.core.operations import invoke, run

pytestmark = pytest.mark.usefixtures("catalog")

ROAM = {
    "offering_id": "PLAN_TEST_ROAM_1f",
    "name": "Roamer",
    "amount": "20.00",
    "currency": "SGD",
    "data_mb": 10240,
    "voice_minutes": -1,
    "data_roaming_mb": 2048,
}


def add(**overrides):
    return invoke("catalog.add_offering", ROAM | overrides).result


def test_it_is_there_to_be_sold():
    offering = add()

    assert offering["productOfferingPrice"][0]["id"] == "PRICE_PLAN_TEST_ROAM_1f"
    assert offering["productOfferingPrice"][0]["price"]["taxIncludedAmount"]["value"] == 20.0
    assert {row["allowanceType"]: row["quantity"] for row in offering["bundleAllowance"]} == {
        "data": 10240,
        "voice": -1,
        "data_roaming": 2048,
    }
    assert run("catalog.get_offering", offering_id=ROAM["offering_id"]) == offering
    assert ROAM["offering_id"] in [row["id"] for row in run("catalog.list_active_offerings")]
    assert queries.service_mapping(ROAM["offering_id"]) is not None


def test_it_is_written_to_the_audit_log():
    add()

    event = StoredEvent.objects.get(name="catalog.offering_added")
    assert event.aggregate == ROAM["offering_id"]
    assert event.before is None
    assert event.after["price"]["price"]["taxIncludedAmount"]["value"] == 20.0
    assert event.after["allowances"]["data"] == 10240


def test_an_id_is_used_once(refused):
    add()

    with refused("catalog.offering.already_exists"):
        add()


def test_the_id_of_its_price_is_used_once(refused):
    invoke(
        "catalog.add_price",
        {"offering_id": "PLAN_S", "price_id": "PRICE_PLAN_X", "amount": "9.00"},
    )

    with refused("catalog.price.already_exists"):
        add(offering_id="PLAN_X")


def test_another_currency_is_refused(refused):
    with refused("catalog.price.other_currency"):
        add(currency="EUR")


def test_a_window_that_closes_before_it_opens_is_refused(refused):
    with refused("catalog.window.ends_before_start"):
        add(valid_from="2026-04-02T00:00:00Z", valid_to="2026-04-01T00:00:00Z")


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"}, {"amount": "1.234"}, {"data_mb": -2}, {"offering_id": "a b"}, {"name": " "}],
)
def test_nonsense_is_refused(wrong):
    with pytest.raises(InvalidArguments):
        add(**wrong)


def test_it_needs_a_known_specification():
    with pytest.raises(NotFound):
        add(specification_id="SPEC_NONE")


def test_care_may_not(as_role):
    with as_role("care"), pytest.raises(PermissionDenied):
        add()
    with as_role("catalog_manager"):
        assert add()["name"] == "Roamer"


def test_it_opens_and_closes_at_its_moments(frozen_clock):
    offering_id = make_offering(valid_from="2026-03-03T00:00:00", valid_to="2026-03-04T00:00:00")

    def on_sale(at):
        return offering_id in [row["id"] for row in run("catalog.list_active_offerings", at=at)]

    assert [
        on_sale(f"2026-03-0{day}T{time}+00:00")
        for day, time in ((2, "23:59:59"), (3, "00:00:00"), (3, "23:59:59"), (4, "00:00:00"))
    ] == [False, True, True, False]
    assert queries.sellable_offering(offering_id, frozen_clock.advance("1d")) is not None
    assert queries.sellable_offering(offering_id, frozen_clock.advance("2d")) is None


def test_a_free_plan_is_a_plan():
    assert add(amount="0")["productOfferingPrice"][0]["price"]["taxIncludedAmount"]["value"] == 0.0
