import pytest
from ninja.testing import TestClient

from apps.crm.api import router
from apps.crm.tests.factories import make_customer
from bss.core.errors import NotFound

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(scope="module")
def api():
    return TestClient(router)


def test_one_customer_without_what_other_apps_know(api):
    customer_id = make_customer()

    body = api.get(f"/customer/{customer_id}").json()

    assert (body["id"], body["status"]) == (customer_id, "active")
    assert "_extras" not in body


def test_customers_page_by_page(api):
    people = [make_customer() for _ in range(3)]

    first = api.get("/customer?status=active&limit=2").json()
    rest = api.get(f"/customer?after={first[-1]['id']}").json()

    assert [customer["id"] for customer in first + rest] == people


def test_nobody(api):
    with pytest.raises(NotFound):
        api.get("/customer/CUST-999999")
