"""Whatever a client sends instead of what belongs there, the answer is a problem and no fault."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bss.core.models import ApiClient

pytestmark = pytest.mark.usefixtures("committed")

BASE = "/tmf-api"
WRONG = [None, True, 0, -1, 10**400, 1.5, "", "\x00", "\ud800", "x" * 5000, [], [[]], {}, {"a": {}}]
IN_PATHS = ["%00", "%ED%A0%80", "%F0%9F%98%80", "9" * 400, "SUB-" + "9" * 30, "..", "%5C", "null"]
IN_QUERIES = ["", "%00", "%ED%A0%80", "-1", "9" * 400, "1.5", "[]"]
BODIES: dict[str, Any] = {
    "/productOrderingManagement/v4/productOrder": {
        "productOrderItem": [
            {
                "id": "1",
                "action": "add",
                "productOffering": {"id": "PLAN_S"},
                "product": {"productCharacteristic": [{"name": "msisdn", "value": "90000001"}]},
            }
        ],
        "relatedParty": [{"id": "CUST-000001", "role": "customer"}],
        "note": [{"text": "call first"}],
        "submit": False,
    },
    "/prepayBalanceManagement/v4/topupBalance": {
        "product": [{"id": "SUB-000001"}],
        "productOffering": {"id": "VAS_DATA_1GB"},
    },
    "/usageManagement/v4/usage": {
        "id": "cdr-1",
        "usageType": "data",
        "usageDate": "2026-03-02T12:00:00Z",
        "source": "smsc",
        "rawCdrRef": "ref",
        "roamingIndicator": False,
        "usageCharacteristic": [
            {"name": "msisdn", "value": "90000001"},
            {"name": "quantity", "value": 5},
            {"name": "unit", "value": "mb"},
        ],
    },
}
PATHS = [
    "/productOrderingManagement/v4/productOrder/{}",
    "/productInventory/v4/product/{}",
    "/customerManagement/v4/customer/{}",
    "/productCatalogManagement/v4/productOffering/{}",
    "/usageManagement/v4/usage/{}",
]
QUERIES = [
    "/customerManagement/v4/customer?status={}",
    "/customerManagement/v4/customer?after={}",
    "/customerManagement/v4/customer?limit={}",
    "/productCatalogManagement/v4/productOffering?activeAt={}",
    "/usageManagement/v4/usage?subscriptionId={}",
    "/usageManagement/v4/usage?msisdn={}",
    "/usageManagement/v4/usage?usageType={}",
    "/usageManagement/v4/usage?limit={}",
]


@pytest.fixture
def send(client):
    """Send a request as a client that may do everything: `send("POST", path, body)`."""
    token = ApiClient.new_token()
    ApiClient.objects.create(name="fuzz", scopes=["*"], token_digest=ApiClient.digest(token))
    headers = {"Authorization": f"Bearer {token}"}

    def send(method: str, path: str, body: bytes = b"") -> Any:
        kind = "application/json"
        return client.generic(method, BASE + path, body, content_type=kind, headers=headers)

    return send


def with_wrong_parts(value: Any) -> Iterator[Any]:
    """The value with each of its parts, and itself, replaced by everything that is wrong."""
    yield from WRONG
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: wrong} for wrong in with_wrong_parts(inner))
    if isinstance(value, list):
        for wrong in with_wrong_parts(value[0]):
            yield [wrong, *value[1:]]


def must_be_a_problem_or_fine(answer: Any, sent: object) -> None:
    assert answer.status_code < 500, (answer.status_code, str(sent)[:300])
    assert answer.status_code not in (401, 403)
    if answer.status_code >= 400:
        assert answer.json()["@type"] == "Error", str(sent)[:300]


@pytest.mark.parametrize("path", BODIES)
def test_wrong_bodies(send, path) -> None:
    for body in with_wrong_parts(BODIES[path]):
        answer = send("POST", path, json.dumps(body).encode())
        must_be_a_problem_or_fine(answer, body)


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN", b"nul"])
def test_bodies_that_are_no_json(send, path, body) -> None:
    must_be_a_problem_or_fine(send("POST", path, body), body)


@pytest.mark.parametrize("path", PATHS)
def test_wrong_paths(send, path) -> None:
    for word in IN_PATHS:
        must_be_a_problem_or_fine(send("GET", path.format(word)), word)


@pytest.mark.parametrize("path", QUERIES)
def test_wrong_queries(send, path) -> None:
    for word in IN_QUERIES:
        must_be_a_problem_or_fine(send("GET", path.format(word)), word)


def test_a_list_of_wrong_events(send) -> None:
    for wrong in WRONG:
        answer = send("POST", "/usageManagement/v4/usage", json.dumps([wrong]).encode())
        must_be_a_problem_or_fine(answer, [wrong])


@pytest.mark.parametrize("word", ["submit"])
def test_wrong_orders_to_submit(send, word) -> None:
    for path in IN_PATHS:
        must_be_a_problem_or_fine(
            send("POST", f"/productOrderingManagement/v4/productOrder/{path}/{word}"), path
        )
