import pytest

from apps.catalog import queries
from apps.catalog.models import RoamingZone
from bss.core.errors import InvalidArguments, PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _seeded(committed):
    run_internal("catalog.seed", {})


def set_zone(zone="ASIA", countries=("TH", "JP", "TH")):
    return run("catalog.set_zone", zone_id=zone, name=zone.title(), countries=list(countries))


def cover(offering, zone):
    return run("catalog.set_coverage", offering_id=offering, zone_id=zone)


def test_a_zone_has_countries():
    assert set_zone()["countries"] == ["JP", "TH"]
    assert set_zone(countries=["MY"])["countries"] == ["MY"]
    assert run("catalog.list_zones") == [
        {"id": "ASIA", "name": "Asia", "countries": ["MY"], "@type": "RoamingZone"}
    ]
    last = StoredEvent.objects.filter(name="catalog.zone_set").latest("id")
    assert (last.before["countries"], last.after["countries"]) == (["JP", "TH"], ["MY"])


def test_a_country_lies_in_several():
    set_zone()
    set_zone("WORLD", ["JP", "US"])
    found = queries.zones_of(["JP", "TH", "FR"])
    assert found == {"JP": {"ASIA", "WORLD"}, "TH": {"ASIA"}, "FR": frozenset()}


@pytest.mark.parametrize("countries", [[], ["Japan"], ["jp"]])
def test_countries_have_two_letters(countries):
    with pytest.raises(InvalidArguments):
        set_zone(countries=countries)


def test_plans_and_top_ups_are_bounded_and_set_free_again():
    set_zone()
    cover("PLAN_M", "ASIA")
    cover("VAS_ROAMING_1GB", "ASIA")
    plan = run("catalog.get_offering", offering_id="PLAN_M")["bundleAllowance"]
    assert [row.get("zone") for row in plan] == [None, None, None, "ASIA"]
    assert run("catalog.get_vas", vas_offering_id="VAS_ROAMING_1GB")["zone"] == "ASIA"
    cover("VAS_ROAMING_1GB", None)
    assert "zone" not in run("catalog.get_vas", vas_offering_id="VAS_ROAMING_1GB")
    assert StoredEvent.objects.filter(name="catalog.coverage_set").count() == 3


def test_what_grants_no_roaming_has_no_coverage():
    set_zone()
    with pytest.raises(PolicyViolation) as refusal:
        cover("VAS_DATA_1GB", "ASIA")
    assert refusal.value.rule == "catalog.coverage.no_roaming"


def test_a_reset_forgets_zones():
    set_zone()
    cover("PLAN_M", "ASIA")
    run_internal("catalog.restore", {})
    assert RoamingZone.objects.count() == 0
