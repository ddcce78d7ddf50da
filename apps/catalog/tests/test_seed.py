import pytest

from apps.catalog import queries
from apps.catalog.models import ProductOffering, ProductOfferingPrice, VasOffering
from apps.catalog.tests.factories import make_offering, make_price, seed_catalog
from bss.core import clock
from bss.core.models import StoredEvent
from bss.core.operations import invoke, run, run_internal

pytestmark = pytest.mark.usefixtures("catalog")

PLAN_M = {
    "id": "PLAN_M",
    "href": "/tmf-api/productCatalogManagement/v4/productOffering/PLAN_M",
    "name": "Standard",
    "isBundle": True,
    "isSellable": True,
    "lifecycleStatus": "active",
    "validFor": None,
    "productSpecification": {
        "id": "SPEC_MOBILE_PREPAID",
        "href": "/tmf-api/productCatalogManagement/v4/productSpecification/SPEC_MOBILE_PREPAID",
        "name": "Mobile Prepaid Bundle",
        "@type": "ProductSpecificationRef",
    },
    "productOfferingPrice": [
        {
            "id": "PRICE_PLAN_M",
            "priceType": "recurring",
            "recurringChargePeriodLength": 30,
            "recurringChargePeriodType": "day",
            "price": {"taxIncludedAmount": {"value": 25.0, "unit": "SGD"}},
            "validFor": None,
            "@type": "ProductOfferingPrice",
        }
    ],
    "bundleAllowance": [
        {"allowanceType": "data", "quantity": 30720, "unit": "mb"},
        {"allowanceType": "voice", "quantity": -1, "unit": "minutes"},
        {"allowanceType": "sms", "quantity": -1, "unit": "count"},
        {"allowanceType": "data_roaming", "quantity": 500, "unit": "mb"},
    ],
    "@type": "ProductOffering",
}


def snapshot():
    shown = invoke("catalog.list_offerings").result, invoke("catalog.list_vas").result
    return *shown, queries.service_mapping("PLAN_S")


def test_a_plan_has_the_whole_shape():
    assert run("catalog.get_offering", offering_id="PLAN_M") == PLAN_M


def test_plans_are_listed_cheapest_first():
    plans = run("catalog.list_active_offerings")

    assert [plan["id"] for plan in plans] == ["PLAN_S", "PLAN_M", "PLAN_L"]
    assert [
        plan["productOfferingPrice"][0]["price"]["taxIncludedAmount"]["value"] for plan in plans
    ] == [10.0, 25.0, 45.0]


def test_topups_have_their_shape():
    assert run("catalog.get_vas", vas_offering_id="VAS_UNLIMITED_DAY") == {
        "id": "VAS_UNLIMITED_DAY",
        "name": "Unlimited Data Day Pass",
        "priceAmount": "5.00",
        "currency": "SGD",
        "allowanceType": "data",
        "allowanceQuantity": -1,
        "allowanceUnit": "mb",
        "expiryHours": 24,
    }
    assert [vas["id"] for vas in run("catalog.list_vas")] == [
        "VAS_DATA_1GB",
        "VAS_UNLIMITED_DAY",
        "VAS_ROAMING_1GB",
        "VAS_DATA_5GB",
    ]


def test_every_plan_says_what_it_means_for_the_network():
    mapping = queries.service_mapping("PLAN_L")

    assert mapping is not None
    assert mapping.cfs_spec_id == "SSPEC_CFS_MOBILE_BROADBAND"
    assert mapping.rfs_spec_ids == ("SSPEC_RFS_DATA_BEARER", "SSPEC_RFS_VOICE_BEARER")
    assert mapping.tasks["activate"] == [
        "HLR_PROVISION",
        "PCRF_POLICY_PUSH",
        "OCS_BALANCE_INIT",
        "ESIM_PROFILE_PREPARE",
    ]
    actions = {"activate", "terminate", "block", "unblock", "change", "replace"}
    assert set(mapping.tasks) == actions
    assert queries.service_mapping("PLAN_UNKNOWN") is None


def test_seeding_again_adds_nothing_and_keeps_what_was_changed():
    ProductOffering.objects.filter(pk="PLAN_S").update(name="Tiny")

    seed_catalog()

    assert run("catalog.get_offering", offering_id="PLAN_S")["name"] == "Tiny"
    assert StoredEvent.objects.filter(name="catalog.seeded").count() == 1


def test_restoring_undoes_everything():
    fresh = snapshot()
    make_offering()
    make_price("PLAN_L", amount="50.00", retire_current=True)
    run("catalog.retire_offering", offering_id="PLAN_S")
    VasOffering.objects.filter(pk="VAS_DATA_1GB").update(amount=1, is_sellable=False)

    restored = run_internal("catalog.restore", {}).result

    assert snapshot() == fresh
    assert len(restored["removed"]) == 3
    assert StoredEvent.objects.filter(name="catalog.restored").count() == 1


def test_what_lower_apps_are_asked_for_tells_minor_units_and_bytes():
    now = clock.now()

    assert queries.sellable_offering("PLAN_S", now) == ProductOffering(id="PLAN_S")
    assert queries.active_price("PLAN_S", now) == ProductOfferingPrice(id="PRICE_PLAN_S")
    assert [(row.kind, row.amount) for row in queries.allowances("PLAN_S")] == [
        ("data", 5 * 1024**3),
        ("voice", 6000),
        ("sms", 100),
        ("data_roaming", 0),
    ]


def test_rows_say_what_they_are():
    rows = [*ProductOffering.objects.all(), *VasOffering.objects.all()]
    rows += [*queries.allowances("PLAN_S"), queries.active_price("PLAN_S", clock.now())]
    specification = rows[0].specification
    mapping = specification.service_mapping

    words = [str(row) for row in (*rows, specification, mapping, mapping.cfs)]

    assert "Lite" in words
    assert "SPEC_MOBILE_PREPAID → SSPEC_CFS_MOBILE_BROADBAND" in words
