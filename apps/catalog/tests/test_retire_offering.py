import pytest

from apps.catalog import queries
from apps.catalog.tests.factories import make_offering
from bss.core import clock
from bss.core.errors import NotFound
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")


def test_it_is_no_longer_sold_and_keeps_its_price(frozen_clock):
    retired = run("catalog.retire_offering", offering_id="PLAN_S")

    assert (retired["lifecycleStatus"], retired["isSellable"]) == ("retired", False)
    assert retired["validFor"]["endDateTime"] == "2026-03-02T12:00:00+00:00"
    assert queries.sellable_offering("PLAN_S", clock.now()) is None
    assert queries.active_price("PLAN_S", clock.now()) is not None
    assert "PLAN_S" not in [row["id"] for row in run("catalog.list_active_offerings")]
    assert "PLAN_S" in [row["id"] for row in run("catalog.list_offerings")]
    event = StoredEvent.objects.get(name="catalog.offering_retired")
    assert event.before["lifecycleStatus"] == "active"
    assert event.after["lifecycleStatus"] == "retired"


def test_it_happens_once(refused):
    run("catalog.retire_offering", offering_id="PLAN_S")

    with refused("catalog.offering.already_retired"):
        run("catalog.retire_offering", offering_id="PLAN_S")


def test_one_that_has_not_begun_never_does(frozen_clock):
    offering_id = make_offering(valid_from="2026-06-01T00:00:00+00:00")

    retired = run("catalog.retire_offering", offering_id=offering_id)

    window = retired["validFor"]
    assert window["startDateTime"] == window["endDateTime"] == "2026-06-01T00:00:00+00:00"


def test_a_window_moves_the_sale(frozen_clock):
    windowed = run(
        "catalog.window_offering", offering_id="PLAN_S", valid_to="2026-04-01T00:00:00+00:00"
    )

    assert windowed["validFor"] == {
        "startDateTime": None,
        "endDateTime": "2026-04-01T00:00:00+00:00",
    }
    assert windowed["lifecycleStatus"] == "active"
    event = StoredEvent.objects.get(name="catalog.offering_windowed")
    assert event.before["validFor"] is None
    assert event.after["validFor"] == windowed["validFor"]


def test_a_window_that_has_ended_retires_for_good(frozen_clock):
    run("catalog.window_offering", offering_id="PLAN_S", valid_to="2026-03-02T12:00:00+00:00")
    opened = run("catalog.window_offering", offering_id="PLAN_S")

    assert (opened["validFor"], opened["lifecycleStatus"]) == (None, "retired")
    assert queries.sellable_offering("PLAN_S", clock.now()) is None


def test_a_backward_window_is_refused(refused):
    with refused("catalog.window.ends_before_start"):
        run(
            "catalog.window_offering",
            offering_id="PLAN_S",
            valid_from="2026-04-02T00:00:00",
            valid_to="2026-04-01T00:00:00",
        )


def test_unknown_ones_are_not_found():
    for operation, name in (
        ("catalog.retire_offering", "offering_id"),
        ("catalog.window_offering", "offering_id"),
        ("catalog.get_offering", "offering_id"),
        ("catalog.get_vas", "vas_offering_id"),
    ):
        with pytest.raises(NotFound):
            run(operation, **{name: "NONE"})
