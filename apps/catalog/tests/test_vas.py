import pytest

from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")

WEEK = {
    "vas_offering_id": "VAS_WEEK",
    "name": "Week of data",
    "amount": "6.00",
    "allowance_type": "data",
    "allowance_quantity": 2048,
    "expiry_hours": 168,
}


def add(**overrides):
    return run("catalog.add_vas", **(WEEK | overrides))


def on_sale():
    return [row["id"] for row in run("catalog.list_vas")]


def test_it_is_sold_as_it_was_added():
    assert add() == {
        "id": "VAS_WEEK",
        "name": "Week of data",
        "priceAmount": "6.00",
        "currency": "SGD",
        "allowanceType": "data",
        "allowanceQuantity": 2048,
        "allowanceUnit": "mb",
        "expiryHours": 168,
    }
    assert "VAS_WEEK" in on_sale()
    event = StoredEvent.objects.get(name="catalog.vas_added")
    assert (event.before, event.after["priceAmount"]) == (None, "6.00")


def test_it_is_sold_in_its_window(frozen_clock):
    add(valid_from="2026-03-03T00:00:00", valid_to="2026-03-04T00:00:00")

    assert "VAS_WEEK" not in on_sale()
    frozen_clock.advance("12h")
    assert "VAS_WEEK" in on_sale()
    run("catalog.window_vas", vas_offering_id="VAS_WEEK", valid_to="2026-03-03T00:00:00Z")
    assert "VAS_WEEK" not in on_sale()
    event = StoredEvent.objects.get(name="catalog.vas_windowed")
    assert event.before["validFor"]["endDateTime"] == "2026-03-04T00:00:00+00:00"
    assert event.after["validFor"]["startDateTime"] is None


def test_what_makes_no_sense_is_refused(refused):
    add()

    with refused("catalog.vas.already_exists"):
        add()
    with refused("catalog.vas.grants_nothing"):
        add(vas_offering_id="VAS_NONE", allowance_quantity=0)
    with refused("catalog.price.other_currency"):
        add(vas_offering_id="VAS_NONE", currency="EUR")
    for operation, wrong in (("add_vas", WEEK | {"vas_offering_id": "VAS_X"}), ("window_vas", {})):
        window = {"valid_from": "2026-04-02T00:00:00Z", "valid_to": "2026-04-01T00:00:00Z"}
        with refused("catalog.window.ends_before_start"):
            run(f"catalog.{operation}", **{"vas_offering_id": "VAS_WEEK"} | wrong | window)
