"""Patches, deletions, repeats, errors and listeners over the TM Forum APIs."""

from __future__ import annotations

from typing import Any

import pytest

import bss.api  # noqa: F401
from bss.core.models import ApiClient
from bss.tmf.resources import apis
from tests.tmf.conftest import ORGANIZATIONS, Partner, make

pytestmark = pytest.mark.usefixtures("committed")
RESOURCES = [(api, one) for api in apis.values() for one in api.resources]

# --- writing


def test_a_merge_patch(partner: Partner) -> None:
    period = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"}
    names = {"tradingName": "ACME", "name": "A", "otherName": [{"x": 1}, {"x": 2}]}
    body = {**names, "existsDuring": period}
    made = make(partner, ORGANIZATIONS, body)
    patch = {"name": None, "otherName": [{"x": 3}], "existsDuring": {"endDateTime": None}}
    answer = partner.patch(made["href"], patch, media="application/merge-patch+json")
    changed = answer.json()
    assert answer.status_code == 200
    assert "name" not in changed
    assert changed["otherName"] == [{"x": 3}]
    assert changed["existsDuring"] == {"startDateTime": "2026-01-01T00:00:00Z"}
    assert partner.get(made["href"]).json() == changed
    assert partner.patch(made["href"], {"otherName": []}).json()["otherName"] == []


FIXED = [{"id": "X"}, {"href": "http://x"}, {"@type": "X"}, {"fullName": "X"}]


@pytest.mark.parametrize("patch", FIXED)
def test_what_cannot_be_changed(partner: Partner, people: list[str], patch: Any) -> None:
    address = f"party/v4/individual/{people[0]}"
    before = partner.get(address).json()
    assert partner.patch(address, patch).status_code == 400
    assert partner.get(address).json() == before


def test_what_has_no_home_comes_back_unchanged(partner: Partner, people: list[str]) -> None:
    sent = {"title": "Dr", "relatedParty": [{"id": "P", "@referredType": "Organization", "x": [1]}]}
    address = f"party/v4/individual/{people[0]}"
    changed = partner.patch(address, sent | {"familyName": "Li"}).json()
    assert {name: changed[name] for name in sent} == sent
    assert partner.get(address).json()["familyName"] == "Li"
    assert "title" not in partner.patch(address, {"title": None}).json()
    assert partner.patch(address, {"title": 5}).status_code == 400


def test_a_version_that_was_not_seen_is_not_changed(partner: Partner, people: list[str]) -> None:
    address = f"party/v4/individual/{people[0]}"
    seen = partner.get(address)["ETag"]
    first = partner.patch(address, {"title": "Dr"}, **{"If-Match": seen})
    second = partner.patch(address, {"title": "Mr"}, **{"If-Match": seen})
    assert (first.status_code, second.status_code) == (200, 412)
    assert partner.delete(address, **{"If-Match": seen}).status_code == 412
    assert partner.delete(address, **{"If-Match": first["ETag"]}).status_code == 204


def test_what_is_deleted_is_not_there(partner: Partner, people: list[str]) -> None:
    address = f"party/v4/individual/{people[0]}"
    assert partner.delete(address).content == b""
    assert partner.get(address).status_code == 404
    assert partner.delete(address).status_code == 404
    assert len(partner.get("party/v4/individual").json()) == 3


def test_a_customer_deleted_over_one_api_is_closed(partner: Partner, town: dict[str, str]) -> None:
    address = f"customerManagement/v4/customer/{town['customer']}"
    refused = partner.delete(address)
    assert (refused.status_code, refused.json()["@type"]) == (422, "Error")
    assert partner.get(address).status_code == 200


def test_a_repeated_request_is_one(partner: Partner) -> None:
    body, key = {"tradingName": "ACME", "name": "A"}, {"Idempotency-Key": "k1"}
    first, again = (partner.post(ORGANIZATIONS, body, **key) for _ in range(2))
    assert first.json() == again.json()
    assert partner.get(ORGANIZATIONS)["X-Total-Count"] == "1"
    assert partner.post(ORGANIZATIONS, body | {"name": "B"}, **key).status_code == 409


def test_a_request_fails_as_a_whole(partner: Partner, people: list[str]) -> None:
    customer = {"name": "Ann Lee", "engagedParty": {"id": people[0], "@referredType": "Individual"}}
    reached = {"mediumType": "email", "characteristic": {"emailAddress": "no address"}}
    answer = partner.post("customerManagement/v4/customer", customer | {"contactMedium": [reached]})
    assert answer.status_code == 422
    assert partner.get("customerManagement/v4/customer").json() == []


def test_who_may_read_changes_nothing(partner: Partner, people: list[str]) -> None:
    reader = Partner("effect:read", name="reader")
    address = f"party/v4/individual/{people[0]}"
    for patch in ({"title": "Dr"}, {"givenName": "Eve"}, {"title": "Dr", "givenName": "Eve"}):
        assert reader.patch(address, patch).status_code == 403, patch
    assert reader.delete(address).status_code == 403
    assert reader.post(ORGANIZATIONS, {"tradingName": "ACME"}).status_code == 403
    corrector = Partner("individual.update", name="corrector")
    assert corrector.patch(address, {"title": "Dr"}).status_code == 403
    keeper = Partner("individual.update", "customer.get", name="keeper")
    assert keeper.patch(address, {"title": "Dr"}).json()["title"] == "Dr"


# --- errors


@pytest.mark.parametrize(
    ("method", "path", "body", "media", "status"),
    [
        ("POST", ORGANIZATIONS, "{", "application/json", 400),
        ("POST", ORGANIZATIONS, "[]", "application/json", 400),
        ("POST", ORGANIZATIONS, '{"tradingName": NaN}', "application/json", 400),
        ("POST", ORGANIZATIONS, "[" * 5000, "application/json", 400),
        ("POST", ORGANIZATIONS, '{"name": "x"}', "application/json", 400),
        ("POST", ORGANIZATIONS, '{"tradingName": "\\u0000"}', "application/json", 400),
        ("POST", ORGANIZATIONS, "<a/>", "application/xml", 415),
        ("POST", ORGANIZATIONS, '{"tradingName": "A"}', "application/merge-patch+json", 415),
        ("DELETE", ORGANIZATIONS, "", "application/json", 405),
        ("GET", "party/v4/nothing", "", "application/json", 404),
        ("GET", f"{ORGANIZATIONS}/DOC-000009", "", "application/json", 404),
        ("GET", f"{ORGANIZATIONS}?tradingName=%00", "", "application/json", 400),
    ],
)
def test_errors(
    partner: Partner, method: str, path: str, body: str, media: str, status: int
) -> None:
    answer = partner.send(method, path, body, media=media)
    assert answer.status_code == status, answer.content
    shown = answer.json()
    assert shown["status"] == str(status)
    assert all(isinstance(shown[name], str) for name in ("code", "reason", "message", "@type"))


def test_who_may_not_read_gets_nothing(town: dict[str, str]) -> None:
    seller = Partner("order.place", name="seller")
    for api, resource in RESOURCES:
        answer = seller.get(api.path(resource))
        assert (answer.status_code, answer.json()["@type"]) == (403, "Error"), resource.name
    ApiClient.objects.update(revoked_at="2020-01-01T00:00:00Z")
    assert seller.get("party/v4/individual").status_code == 401


# --- hubs


def test_a_hub_is_registered_and_ended(partner: Partner) -> None:
    body = {"callback": "https://listener.example.org/told", "query": "eventType=X"}
    answer = partner.post("customerManagement/v4/hub", body)
    hub = answer.json()
    assert (answer.status_code, {**hub, "id": ""}) == (201, {**body, "id": ""})
    assert answer["Location"].endswith(f"/hub/{hub['id']}")
    assert partner.post("customerManagement/v4/hub", body).status_code == 409
    assert partner.delete(f"party/v4/hub/{hub['id']}").status_code == 404
    stranger = Partner("*", name="stranger")
    assert stranger.delete(f"customerManagement/v4/hub/{hub['id']}").status_code == 404
    assert partner.delete(f"customerManagement/v4/hub/{hub['id']}").status_code == 204
    assert partner.delete(f"customerManagement/v4/hub/{hub['id']}").status_code == 404
