import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import (
    UNDECIDED,
    create,
    line_of,
    make_buyer,
    place,
    state,
)
from bss.core import clock
from bss.core.models import ApiClient, StoredEvent

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
PRODUCTS = "/tmf-api/productInventory/v4/product"
OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
TOP_UPS = "/tmf-api/prepayBalanceManagement/v4/topupBalance"
USAGE = "/tmf-api/usageManagement/v4/usage"


class Caller:
    """A program that calls us with its token."""

    def __init__(self, *scopes, **client):
        token = ApiClient.new_token()
        ApiClient.objects.create(
            name=client.pop("name", "shop"), token_digest=ApiClient.digest(token),
            scopes=list(scopes), **client,
        )  # fmt: skip
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, body=None, **headers):
        sent = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(
            path, sent, content_type="application/json", headers=self.headers | headers
        )


@pytest.fixture
def shop(committed):
    return Caller("*")


def wish(customer, offering="PLAN_S", msisdn=None, **more):
    product = {"productCharacteristic": [{"name": "msisdn", "value": msisdn}]} if msisdn else {}
    item = {"id": "1", "action": "add", "productOffering": {"id": offering}, "product": product}
    buyer = {"id": customer, "role": "customer", "@referredType": "Customer"}
    return {"productOrderItem": [item], "relatedParty": [buyer], **more}


def test_an_order_is_placed_then_submitted(shop, ada, drain):
    placed = shop.post(ORDERS, wish(ada, msisdn="90000004", note=[{"text": "by phone"}]))
    order = placed.json()
    assert (placed.status_code, order["state"]) == (201, "acknowledged")
    assert placed["Location"] == order["href"]
    assert order["href"].endswith(f"{ORDERS}/{order['id']}")
    submitted = shop.post(f"{order['href']}/submit")
    assert (submitted.status_code, submitted.json()["state"]) == (201, "inProgress")
    drain()
    shown = shop.get(order["href"]).json()
    (item,) = shown["productOrderItem"]
    assert (shown["state"], item["state"], item["action"]) == ("completed", "completed", "add")
    assert item["itemPrice"][0]["price"]["taxIncludedAmount"] == {"unit": "SGD", "value": 10.0}
    assert (shown["note"], shown["relatedParty"][0]["id"]) == ([{"text": "by phone"}], ada)
    assert shown["completionDate"]
    assert line_of(order["id"]).msisdn == "90000004"


def test_an_order_is_placed_and_submitted_at_once(shop, ada, drain):
    made = shop.post(ORDERS, wish(ada, submit=True))
    drain()
    assert (made.status_code, state(made.json()["id"])) == (201, "completed")


def test_what_is_not_settled_yet_says_when_to_look_again(shop):
    made = shop.post(ORDERS, wish(make_buyer(UNDECIDED), submit=True))
    assert (made.status_code, made.json()["state"]) == (201, "inProgress")
    assert made["Retry-After"] == "1"


def test_a_repeated_request_is_one_order(shop, ada):
    key = {"Idempotency-Key": "order-1"}
    first, again = (shop.post(ORDERS, wish(ada, submit=True), **key) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert ProductOrder.objects.count() == 1
    other = shop.post(ORDERS, wish(ada, offering="PLAN_M", submit=True), **key)
    assert (other.status_code, other.json()["code"]) == (409, "request.key_reused")
    other = shop.post(ORDERS, wish(ada), **key)
    assert (other.status_code, other.json()["code"]) == (409, "request.key_reused")
    # Keys of two clients are two keys.
    stranger = Caller("*", name="other")
    assert stranger.post(ORDERS, wish(ada), **key).json()["id"] != first.json()["id"]


def test_events_tell_which_client_it_was(shop, ada):
    shop.post(ORDERS, wish(ada))
    event = StoredEvent.objects.get(name="order.acknowledged")
    assert (event.actor, event.channel) == ("client:shop", "api")
    assert event.service_identity == "shop"


def refusal(response):
    body = response.json()
    assert body.keys() == {"code", "reason", "message", "status", "context", "@type"}
    assert (body["@type"], body["status"]) == ("Error", str(response.status_code))
    return response.status_code, body["code"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer no"}, {"Authorization": "no"}])
def test_nobody_gets_in_without_a_token(shop, headers):
    shop.headers = headers
    for path in (f"{ORDERS}/ORD-000001", OFFERINGS, f"{CUSTOMERS}/CUST-000001"):
        answer = shop.get(path)
        assert refusal(answer) == (401, "auth.required")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_tokens_end(committed):
    expired = Caller("*", expires_at=clock.real() - timedelta(minutes=1))
    revoked = Caller("*", name="gone", revoked_at=clock.real())
    assert refusal(expired.get(OFFERINGS)) == (401, "auth.required")
    assert refusal(revoked.get(OFFERINGS)) == (401, "auth.required")


def test_a_client_may_do_what_its_scopes_say(ada):
    reader = Caller("effect:read", name="reader")
    assert refusal(reader.post(ORDERS, wish(ada))) == (403, "auth.forbidden")
    order = place(ada)
    assert reader.get(f"{ORDERS}/{order}").status_code == 200
    seller = Caller("order.place", name="seller")
    assert seller.post(ORDERS, wish(ada)).status_code == 201
    assert refusal(seller.post(ORDERS, wish(ada, submit=True)))[0] == 403
    assert refusal(seller.get(f"{ORDERS}/{order}"))[0] == 403


def test_what_is_not_there(shop, ada):
    assert refusal(shop.get(f"{ORDERS}/ORD-999999")) == (404, "order.not_found")
    assert refusal(shop.get(f"{ORDERS}/nonsense")) == (404, "order.not_found")
    assert refusal(shop.post(ORDERS, wish("CUST-999999"))) == (400, "customer.not_found")
    assert refusal(shop.get("/tmf-api/nowhere")) == (404, "http.not_found")


def test_other_methods_are_refused_in_our_words(shop):
    answer = shop.client.delete(ORDERS, headers=shop.headers)
    assert refusal(answer) == (405, "http.method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize(
    "body",
    ["{", {}, {"productOrderItem": []}, wish("CUST-000001") | {"relatedParty": []}],
    ids=["no json", "empty", "no item", "no customer"],
)
def test_what_cannot_be_read(shop, body):
    assert refusal(shop.post(ORDERS, body))[0] == 400


def test_only_new_lines_are_ordered(shop, ada):
    body = wish(ada)
    body["productOrderItem"][0]["action"] = "delete"
    assert refusal(shop.post(ORDERS, body)) == (400, "arguments.invalid")


def test_a_rule_that_says_no(shop, ada):
    order = create(ada)
    answer = shop.post(f"{ORDERS}/{order}/submit")
    assert refusal(answer) == (422, "order.transition.invalid")
    assert answer.json()["reason"] == "order.transition.invalid"


def test_a_bug_is_no_page(shop, ada, monkeypatch):
    monkeypatch.setattr("apps.ordering.api.parties", None)
    assert refusal(shop.get(f"{ORDERS}/{place(ada)}")) == (500, "internal")


def test_somebody_in_the_way(shop, ada):
    order = place(ada)
    key = {"Idempotency-Key": "busy"}
    shop.post(f"{ORDERS}/{order}/submit", **key)
    from bss.core.models import Request

    Request.objects.update(state="running")
    answer = shop.post(f"{ORDERS}/{order}/submit", **key)
    assert refusal(answer) == (409, "request.in_progress")
    assert answer["Retry-After"] == "1"


def test_the_other_resources(shop, ada, drain):
    order = create(ada)
    drain()
    line = line_of(order)
    assert shop.get(f"{CUSTOMERS}/{ada}").json()["id"] == ada
    assert len(shop.get(OFFERINGS).json()) == 3
    assert shop.get(f"{OFFERINGS}/PLAN_S").json()["name"] == "Lite"
    product = shop.get(f"{PRODUCTS}/{line.public_id}").json()
    assert (product["status"], product["productOffering"]["id"]) == ("active", "PLAN_S")
    assert {"name": "msisdn", "value": line.msisdn} in product["productCharacteristic"]
    assert product["relatedParty"][0]["id"] == ada


def test_a_top_up_is_bought(shop, ada, drain):
    order = create(ada)
    drain()
    line = line_of(order).public_id
    body = {"product": [{"id": line}], "productOffering": {"id": "VAS_DATA_1GB"}}
    key = {"Idempotency-Key": "topup-1"}
    first, again = (shop.post(TOP_UPS, body, **key) for _ in range(2))
    made = first.json()
    assert (first.status_code, made["status"], made["product"]["id"]) == (201, "completed", line)
    assert made["id"].startswith("TOP-")
    assert again.json()["id"] == made["id"]
    balances = shop.get(f"{PRODUCTS}/{line}").json()["balances"]
    data = next(row for row in balances if row["allowanceType"] == "data")
    assert data["total"] == 5120 + 1024


def test_usage_is_posted(shop, ada, drain):
    order = create(ada)
    drain()
    event = {
        "msisdn": line_of(order).msisdn, "event_type": "data", "quantity": 100, "unit": "mb",
        "event_time": clock.now().isoformat(),
    }  # fmt: skip
    assert shop.post(USAGE, event).status_code == 201
    assert shop.post(USAGE, [event, event]).status_code == 200


def test_reads_are_cheap(shop, ada, drain):
    order = create(ada)
    drain()
    paths = (
        f"{ORDERS}/{order}", f"{CUSTOMERS}/{ada}", f"{PRODUCTS}/{line_of(order).public_id}",
        f"{OFFERINGS}/PLAN_S", OFFERINGS,
    )  # fmt: skip
    for path in paths:
        with CaptureQueriesContext(connection) as sent:
            assert shop.get(path).status_code == 200
        assert len(sent) <= 5, (path, len(sent))
