"""What the official kits do not test: filters, fields, paging, patches, errors."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import bss.api  # noqa: F401
from bss.tmf.resources import Api, Resource, apis
from tests.tmf.conftest import ORGANIZATIONS, Partner, make

pytestmark = pytest.mark.usefixtures("committed")
RESOURCES = [(api, one) for api in apis.values() for one in api.resources]


def named(number: int, name: str) -> tuple[Api, Resource]:
    api = apis[number]
    return api, next(one for one in api.resources if one.name == name)


def reached(document: Any, path: str) -> list[Any]:
    """Every value at a path of a document, through lists."""
    found = [document]
    for name in path.split("."):
        inner = [one.get(name) for one in found if isinstance(one, dict)]
        found = [
            x for one in inner if one is not None for x in (one if isinstance(one, list) else [one])
        ]
    return found


def word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def quoted(text: str) -> str:
    return quote(f'"{text}"', safe="")


# --- reading, over every list of every API


def check_filters(partner: Partner, api: Api, resource: Resource) -> None:
    """Each filter finds what it names and nothing else, counted right."""
    path = api.path(resource)
    everything = partner.get(f"{path}?limit=500").json()
    for name in ["id", "href", *resource.filters]:
        values = [value for row in everything for value in reached(row, name)]
        if not values:
            continue
        answer = partner.get(f"{path}?limit=500&{name}={quoted(word(values[0]))}")
        assert answer.status_code == 200, (resource.name, name, answer.content)
        if name.endswith("Characteristic.value"):
            continue
        rows = answer.json()
        expected = [row["id"] for row in everything if same(values[0], reached(row, name))]
        assert [row["id"] for row in rows] == expected, (resource.name, name)
        assert answer["X-Total-Count"] == answer["X-Result-Count"] == str(len(rows))


def same(value: Any, values: list[Any]) -> bool:
    return word(value).lower() in [word(one).lower() for one in values]


def check_unknown(partner: Partner, api: Api, resource: Resource) -> None:
    """An attribute nobody knows is refused rather than ignored."""
    for query in ("noSuchThing=1", "sort=noSuchThing", "limit=-1", "offset=x", "filter=$.a"):
        assert partner.get(f"{api.path(resource)}?{query}").status_code == 400, query


def check_fields(partner: Partner, api: Api, resource: Resource) -> None:
    """What is asked for and what identifies it, in lists and alone."""
    path = api.path(resource)
    for row in partner.get(f"{path}?limit=1").json():
        assert partner.get(f"{path}?limit=1&fields=none").json()[0].keys() == {
            "id",
            "href",
            "@type",
        }
        wished = sorted(set(row) - {"id", "href", "@type"})[:2]
        query = f"fields={','.join(wished)},noSuchThing"
        kept = {"id", "href", "@type", *wished}
        assert partner.get(f"{path}?limit=1&{query}").json()[0].keys() == kept
        alone = partner.get(f"{row['href']}?{query}").json()
        assert alone == {name: row[name] for name in kept}


def check_shapes(partner: Partner, api: Api, resource: Resource) -> None:
    """Addresses lead back, nothing is null."""
    for row in partner.get(f"{api.path(resource)}?limit=3").json():
        assert re.fullmatch(r"https?://.+", row["href"])
        assert isinstance(row["id"], str)
        assert not nulls(row)
        alone = partner.get(row["href"])
        assert alone.json() == row
        assert alone["ETag"]


def nulls(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(nulls(one) for one in inner)


def check_pages(partner: Partner, api: Api, resource: Resource) -> None:
    """Pages without gap or repeat, followed by their links, with right counts."""
    path = api.path(resource)
    everything = [row["id"] for row in partner.get(f"{path}?limit=500").json()]
    seen: list[str] = []
    address = f"{path}?limit=2"
    while address and len(seen) <= len(everything):
        page = partner.get(address)
        seen += [row["id"] for row in page.json()]
        assert page["X-Total-Count"] == str(len(everything))
        assert page["X-Result-Count"] == str(len(page.json()))
        following = re.search(r'<([^>]+)>; rel="next"', page["Link"])
        address = following[1] if following else ""
    assert seen == everything
    nothing = partner.get(f"{path}?limit=0")
    assert (nothing.json(), nothing["X-Total-Count"]) == ([], str(len(everything)))
    assert partner.get(f"{path}?offset=100000").json() == []


def check_methods(partner: Partner, api: Api, resource: Resource) -> None:
    """What is not possible is refused with what is."""
    answer = partner.send("PUT", api.path(resource), {})
    assert (answer.status_code, answer.json()["@type"]) == (405, "Error")
    assert "GET" in answer["Allow"]
    missing = partner.get(f"{api.path(resource)}/nobody-knows-me")
    assert (missing.status_code, missing.json()["status"]) == (404, "404")
    slashed = partner.get(f"{api.path(resource)}/?limit=1")
    assert slashed.status_code == 200


CHECKS = [check_filters, check_unknown, check_fields, check_shapes, check_pages, check_methods]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_list(partner: Partner, town: dict[str, str], check: Any) -> None:
    for api, resource in RESOURCES:
        check(partner, api, resource)


# --- the suite itself: a server that does not do it is noticed


def broken(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    from django.db.models import Q

    from bss.tmf import asking, reading, writing

    if what == "filters off":
        monkeypatch.setattr(asking.Asked, "where", lambda self, filters: Q())
    if what == "fields ignored":
        monkeypatch.setattr(reading, "selected", lambda document, fields: document)
    if what == "counts missing":
        monkeypatch.setattr(reading.JsonResponse, "__setitem__", lacking(reading.JsonResponse))
    if what == "Location missing":
        monkeypatch.setattr(writing.JsonResponse, "__setitem__", lacking(writing.JsonResponse))


def lacking(response: Any) -> Any:
    real = response.__setitem__

    def setting(self: Any, name: str, value: str) -> None:
        if name not in ("X-Total-Count", "Location"):
            real(self, name, value)

    return setting


@pytest.mark.parametrize(
    ("what", "check"),
    [
        ("filters off", check_filters),
        ("filters off", check_unknown),
        ("fields ignored", check_fields),
        ("counts missing", check_pages),
    ],
)
def test_a_server_that_does_not_do_it_is_noticed(
    partner: Partner, town: dict[str, str], monkeypatch: pytest.MonkeyPatch, what: str, check: Any
) -> None:
    broken(monkeypatch, what)
    for number, name in ((637, "product"), (632, "individual"), (654, "bucket")):
        with pytest.raises((AssertionError, KeyError)):
            check(partner, *named(number, name))


def test_a_server_without_locations_is_noticed(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, "Location missing")
    with pytest.raises((AssertionError, KeyError)):
        make(partner, "party/v4/organization", {"tradingName": "ACME"})


# --- conditions


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("givenName=Ann", "0"),
        ("givenName=Ann,Bo", "01"),
        ("givenName=Ann&givenName=Bo", "01"),
        ("givenName=Ann&familyName=Ng", ""),
        ("givenName=Ann;familyName=Ng", "03"),
        ("familyName=%22Tan,%20Ltd%22", "2"),
        ("familyName.ne=Lee", "23"),
        ("familyName!=Lee", "23"),
        ("givenName.gt=Bo", "23"),
        ("givenName%3E=Bo", "123"),
        ("givenName%3CBo", "0"),
        ("givenName.gte=Bo&givenName.lt=Di", "12"),
        ("sort=-givenName", "3210"),
        ("sort=familyName,-givenName", "1032"),
        ("sort=%2BfamilyName&sort=givenName", "0132"),
        ("fullName=ann lee", "0"),
        ("id=nonsense", ""),
        ("givenName=ann", ""),
    ],
)
def test_conditions(partner: Partner, people: list[str], query: str, found: str) -> None:
    answer = partner.get(f"party/v4/individual?{query}")
    assert [people.index(row["id"]) for row in answer.json()] == [int(one) for one in found]


def test_moments_are_instants(partner: Partner, people: list[str]) -> None:
    made = make(partner, "productCatalogManagement/v4/catalog", {"name": "One"})
    path = "productCatalogManagement/v4/catalog"
    moment = made["lastUpdate"]
    assert moment.endswith("+00:00")
    east = moment.replace("T", "T").replace("+00:00", "Z")
    for query in (f"lastUpdate=%22{east}%22", f"lastUpdate={moment}", f"lastUpdate.gte={east}"):
        assert partner.get(f"{path}?{query}")["X-Total-Count"] == "1", query
    assert partner.get(f"{path}?lastUpdate.gt={east}")["X-Total-Count"] == "0"
    assert partner.get(f"{path}?lastUpdate=yesterday").status_code == 400


def test_documents_are_searched_inside_lists(partner: Partner) -> None:
    party = [{"id": "P1", "@referredType": "Individual"}, {"id": "P2", "@referredType": "X"}]
    made = make(partner, ORGANIZATIONS, {"tradingName": "ACME", "relatedParty": party})
    make(partner, ORGANIZATIONS, {"tradingName": "Other"})
    for query in ("relatedParty.id=P2", "tradingName=ACME,Nobody", "tradingName.ne=Other"):
        (row,) = partner.get(f"{ORGANIZATIONS}?{query}").json()
        assert row == made


# --- what it costs


def test_a_list_costs_the_same_for_any_length(partner: Partner, town: dict[str, str]) -> None:
    for api, resource in RESOURCES:
        costs = set()
        for limit in (1, 2):
            with CaptureQueriesContext(connection) as sent:
                rows = partner.get(f"{api.path(resource)}?limit={limit}&offset=0").json()
            if len(rows) == limit:
                costs.add(len(sent))
        assert len(costs) <= 1, (resource.name, costs)
        assert max(costs, default=0) <= 8, (resource.name, costs)
