import pytest
from django.test import Client

from apps.catalog.tests.factories import make_offering, make_promotion
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("catalog")

OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
PRICES = "/tmf-api/productCatalogManagement/v4/productOfferingPrice"
PROMOTIONS = "/tmf-api/promotionManagement/v4/promotion"


@pytest.fixture
def api():
    token = run("client.create", name="shop", scopes=["*"])["token"]
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(api, path, body, method="POST"):
    return api.generic(method, path, body, content_type="application/json")


def test_one_offering(api):
    assert api.get(f"{OFFERINGS}/PLAN_S").json()["name"] == "Lite"


def test_all_offerings_and_those_on_sale(api):
    run("catalog.retire_offering", offering_id=make_offering())

    assert len(api.get(OFFERINGS).json()) == 4
    on_sale = api.get(f"{OFFERINGS}?lifecycleStatus=active&sort=-name").json()
    assert [row["id"] for row in on_sale] == ["PLAN_M", "PLAN_L", "PLAN_S"]


def test_an_offering_is_added_with_its_price_and_retired(api):
    price = '{"price": {"taxIncludedAmount": {"unit": "SGD", "value": 12.5}}}'
    body = f'{{"name": "New", "description": "For all", "productOfferingPrice": [{price}]}}'
    made = send(api, OFFERINGS, body)
    offering = made.json()

    assert (made.status_code, offering["description"]) == (201, "For all")
    (shown,) = offering["productOfferingPrice"]
    assert shown["price"]["taxIncludedAmount"] == {"unit": "SGD", "value": 12.5}
    assert api.get(f"{PRICES}?price.value=12.5").json()[0]["id"] == shown["id"]
    retired = send(api, offering["href"], '{"lifecycleStatus": "retired"}', "PATCH").json()
    assert (retired["lifecycleStatus"], retired["isSellable"]) == ("retired", False)
    assert retired["lastUpdate"] > offering["lastUpdate"]
    assert send(api, OFFERINGS, '{"name": "Unpriced"}').status_code == 400


def test_a_repeated_offering_is_one(api):
    price = '{"price": {"taxIncludedAmount": {"value": 1}}}'
    body = f'{{"name": "New", "productOfferingPrice": [{price}]}}'
    headers = {"Idempotency-Key": "one"}
    first, again = (
        api.post(OFFERINGS, body, content_type="application/json", headers=headers)
        for _ in range(2)
    )
    assert first.json() == again.json()


def test_promotions(api):
    promotion = make_promotion(valid_to="2099-01-01T00:00:00Z")

    shown = api.get(f"{PROMOTIONS}/{promotion}").json()
    assert api.get(PROMOTIONS).json() == [shown]
    assert shown.pop("lastUpdate")
    assert shown.pop("href").endswith(f"{PROMOTIONS}/{promotion}")
    assert shown == {
        "id": promotion,
        "name": promotion,
        "lifecycleStatus": "active",
        "promotionType": "public",
        "validFor": {"endDateTime": "2099-01-01T00:00:00+00:00"},
        "@type": "Promotion",
    }
