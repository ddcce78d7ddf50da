import pytest
from ninja.testing import TestClient

from apps.catalog.api import promotions, router
from apps.catalog.tests.factories import make_offering, make_promotion
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")


@pytest.fixture(scope="module")
def api():
    return TestClient(router)


def test_one_offering(api):
    assert api.get("/productOffering/PLAN_S").json()["name"] == "Lite"


def test_all_offerings_and_those_on_sale(api):
    run("catalog.retire_offering", offering_id=make_offering())

    assert len(api.get("/productOffering").json()) == 4
    on_sale = api.get("/productOffering?activeAt=2099-01-01T00:00:00Z").json()
    assert [row["id"] for row in on_sale] == ["PLAN_S", "PLAN_M", "PLAN_L"]


def test_promotions():
    promotion = make_promotion(valid_to="2099-01-01T00:00:00Z")
    client = TestClient(promotions)

    shown = client.get(f"/promotion/{promotion}").json()
    assert client.get("/promotion").json() == [shown]
    assert shown == {
        "id": promotion,
        "href": f"/tmf-api/promotionManagement/v4/promotion/{promotion}",
        "name": promotion,
        "lifecycleStatus": "active",
        "promotionType": "public",
        "validFor": {"startDateTime": None, "endDateTime": "2099-01-01T00:00:00+00:00"},
        "@type": "Promotion",
    }
