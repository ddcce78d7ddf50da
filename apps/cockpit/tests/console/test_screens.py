"""Every screen opens, empty and full, and costs no more queries than it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.cockpit.console.screen import SCREENS, Screen, Verb
from apps.cockpit.console.screens import declare
from apps.crm.tests.factories import make_customer
from bss.core.registry import public

from .conftest import SignedIn

declare()
WITH_PAGE = [name for name, screen in SCREENS.items() if screen.page]
SEEN = [
    "customers",
    "orders",
    "lines",
    "numbers",
    "esims",
    "offerings",
    "payments",
    "cases",
    "tickets",
]


def verbs_of(screen: Screen) -> Iterator[Verb]:
    if screen.listing:
        yield from (*screen.listing.verbs, *screen.listing.row_verbs)
    if screen.page:
        yield from screen.page.verbs
        for section in screen.page.sections:
            yield from (*section.verbs, *section.row_verbs)


@pytest.mark.parametrize("name", SCREENS)
def test_a_list_opens_with_nothing_in_it(browser: Client, name: str) -> None:
    answer = browser.get(f"/cockpit/{name}/")

    assert answer.status_code == 200
    assert SCREENS[name].title in answer.content.decode()


@pytest.mark.parametrize("name", SCREENS)
def test_every_filter_and_search_narrows_without_failing(
    browser: Client, sold: dict[str, Any], name: str
) -> None:
    listing = SCREENS[name].listing
    assert listing
    for one in listing.filters:
        for value in [*(value for value, _ in one.choices())][:3] + ["nonsense", "x' OR 1=1"]:
            assert browser.get(f"/cockpit/{name}/", {one.name: value}).status_code == 200
    for words in ["ada", "9000", "CUST-000001", "CUST-5", "é", "' --", "9" * 40, "-", "%"]:
        assert browser.get(f"/cockpit/{name}/", {"q": words}).status_code == 200


@pytest.mark.parametrize("name", SCREENS)
def test_a_page_of_a_list_that_cannot_be_is_refused(browser: Client, name: str) -> None:
    assert browser.get(f"/cockpit/{name}/", {"after": "x"}).status_code in (200, 400)


@pytest.mark.parametrize("name", SEEN)
def test_a_page_and_its_sections_open(browser: Client, sold: dict[str, Any], name: str) -> None:
    page = browser.get(f"/cockpit/{name}/{sold[name]}")

    assert page.status_code == 200
    for section in SCREENS[name].page.sections:  # type: ignore[union-attr]
        answer = browser.get(f"/cockpit/{name}/{sold[name]}/{section.name}")
        assert answer.status_code == 200, section.name
        assert section.title in answer.content.decode()


@pytest.mark.parametrize("name", WITH_PAGE)
def test_what_does_not_exist_is_said_to_be_missing(browser: Client, name: str) -> None:
    answer = browser.get(f"/cockpit/{name}/NOPE-1")

    assert answer.status_code == 404
    assert "There is no" in answer.content.decode()


def test_one_broken_section_leaves_the_page_alone(
    browser: Client, sold: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> Any:
        raise RuntimeError("boom")

    monkeypatch.setattr(public("payment.list"), "function", lambda **_: broken(""))
    here = f"/cockpit/customers/{sold['customers']}"

    assert browser.get(here).status_code == 200
    assert browser.get(f"{here}/orders").status_code == 200
    failed = browser.get(f"{here}/payments")
    assert failed.status_code == 500
    assert "Something broke on our side" in failed.content.decode()
    assert "boom" not in failed.content.decode()


@pytest.mark.parametrize("name", SCREENS)
def test_verbs_name_operations_and_their_arguments(name: str) -> None:
    for verb in verbs_of(SCREENS[name]):
        fields = public(verb.operation).arguments.model_fields
        assert set(verb.args) | set(verb.fixed) <= set(fields), verb


def test_a_list_costs_the_same_queries_at_any_length(browser: Client, committed: None) -> None:
    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get("/cockpit/customers/").status_code == 200
        return len(queries)

    for number in range(3):
        make_customer(email=f"a{number}@x.example")
    browser.get("/cockpit/customers/")
    few = counted()
    for number in range(30):
        make_customer(email=f"b{number}@x.example")

    assert counted() == few
    assert few <= 13


def test_a_list_goes_on_where_it_ended(browser: Client, committed: None) -> None:
    made = [make_customer(email=f"a{number}@x.example") for number in range(51)]

    first = browser.get("/cockpit/customers/").content.decode()
    last = browser.get("/cockpit/customers/", {"after": int(made[1][5:])}).content.decode()

    assert made[-1] in first
    assert made[0] not in first
    assert "more follow" in first
    assert made[0] in last


def test_csv_is_the_whole_list_and_no_formula(browser: Client, committed: None) -> None:
    make_customer(given_name="=cmd()", family_name="X", name=None, email="a@x.example")

    answer = browser.get("/cockpit/customers.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]

    assert lines[0].startswith("Customer,Name,State")
    assert "'=cmd() X" in lines[1]


def test_what_strangers_wrote_is_only_text(browser: Client, committed: None) -> None:
    make_customer(name="<script>alert(1)</script> X", email="a@x.example")

    shown = browser.get("/cockpit/customers/").content.decode()

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_a_role_sees_only_what_it_may(signed_in: SignedIn, sold: dict[str, Any]) -> None:
    clerk = signed_in("catalog_manager")
    menu = clerk.get("/cockpit/").content.decode()

    assert "/cockpit/promotions/" in menu
    assert "/cockpit/calls/" not in menu
    assert clerk.get("/cockpit/calls/").status_code == 403
    assert clerk.get("/cockpit/calls.csv").status_code == 403


def test_buttons_are_those_the_role_and_the_state_allow(
    signed_in: SignedIn, sold: dict[str, Any]
) -> None:
    care, auditor = signed_in("care"), signed_in("auditor", "max")
    here = f"/cockpit/lines/{sold['lines']}"

    shown = care.get(here).content.decode()
    assert "/do/subscription.purchase_vas" in shown
    assert "/do/subscription.renew_now" not in shown
    assert "/do/" not in auditor.get(here).content.decode().replace("/do/clock.now", "")


def test_there_is_no_form_of_djangos_admin() -> None:
    assert admin.site._registry == {}
