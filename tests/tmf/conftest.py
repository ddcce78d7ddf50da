"""A small operator with something in every list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from apps.ordering.tests.factories import create, line_of, make_buyer
from bss.core.models import ApiClient
from bss.core.operations import run

ROOT = "/tmf-api"


class Partner:
    """A program that calls us with its token."""

    def __init__(self, *scopes: str, name: str = "partner") -> None:
        token = ApiClient.new_token()
        digest = ApiClient.digest(token)
        ApiClient.objects.create(name=name, token_digest=digest, scopes=list(scopes))
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a request; a body that is text is sent as it is."""
        media = headers.pop("media", "application/json")
        sent = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        address = path if "://" in path or path.startswith("/") else f"{ROOT}/{path}"
        given = self.headers | headers
        return self.client.generic(method, address, sent, content_type=media, headers=given)

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)


@pytest.fixture
def partner(committed: None) -> Partner:
    """A program that may do everything."""
    return Partner("*")


@pytest.fixture
def town(committed: None, drain: Any) -> dict[str, str]:
    """Two customers with lines, and everything that comes of it."""
    ada = make_buyer()
    order = create(ada)
    ben = make_buyer()
    other = create(ben, "PLAN_M")
    drain()
    line, second = line_of(order), line_of(other)
    run("subscription.purchase_vas", subscription_id=line.public_id, vas_offering_id="VAS_DATA_1GB")
    change = {"subscription_id": line.public_id, "kind": "data", "reason": "goodwill"}
    run("bucket.adjust", **change, quantity=10)
    run("bucket.reserve", **change, quantity=5)
    run("ticket.open", ticket_type="technical", subject="No data", customer_id=ada)
    run("usage.simulate", msisdn=line.msisdn, event_type="data", quantity=3, unit="mb")
    drain()
    return {
        "customer": ada,
        "other": ben,
        "order": order,
        "line": line.public_id,
        "second": second.public_id,
        "msisdn": line.msisdn,
    }


ORGANIZATIONS = "party/v4/organization"


def make(partner: Partner, path: str, body: Any) -> dict[str, Any]:
    """What was made, found again under its Location."""
    answer = partner.post(path, body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    assert answer["Location"] == made["href"]
    assert partner.get(made["href"]).json() == made
    return made


@pytest.fixture
def people(partner: Partner) -> list[str]:
    return [
        make(partner, "party/v4/individual", {"givenName": given, "familyName": family})["id"]
        for given, family in (("Ann", "Lee"), ("Bo", "Lee"), ("Cy", "Tan, Ltd"), ("Di", "Ng"))
    ]
