"""One box finds things by whatever somebody has of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from .conftest import SignedIn


@pytest.mark.parametrize("what", ["customers", "orders", "lines", "payments", "cases"])
def test_a_thing_is_found_by_its_id(browser: Client, sold: dict[str, Any], what: str) -> None:
    shown = browser.get("/cockpit/find", {"q": sold[what].lower()}).content.decode()

    assert f"/cockpit/{what}/{sold[what]}" in shown


def test_a_line_is_found_by_the_tail_of_its_number(browser: Client, sold: dict[str, Any]) -> None:
    shown = browser.get("/cockpit/find", {"q": sold["numbers"][-4:]}).content.decode()

    assert f"/cockpit/lines/{sold['lines']}" in shown


def test_an_esim_is_found_by_its_iccid(browser: Client, sold: dict[str, Any]) -> None:
    shown = browser.get("/cockpit/find", {"q": sold["esims"]}).content.decode()

    assert f"/cockpit/esims/{sold['esims']}" in shown


@pytest.mark.parametrize("words", ["Ada", "ada@"])
def test_people_are_found_by_name_and_mail(
    browser: Client, sold: dict[str, Any], words: str
) -> None:
    from apps.crm.queries import customer_view

    mail = customer_view(sold["customers"])["contactMedium"][0]["value"]
    asked = mail if words.endswith("@") else words
    shown = browser.get("/cockpit/find", {"q": asked}).content.decode()

    assert sold["customers"] in shown


def test_screens_and_operations_are_found_by_name(browser: Client) -> None:
    assert "/cockpit/numbers/" in browser.get("/cockpit/find", {"q": "msisdn"}).content.decode()
    assert "/do/payment.refund" in browser.get("/cockpit/find", {"q": "refund"}).content.decode()


def test_a_role_finds_only_what_it_may_do(signed_in: SignedIn, sold: dict[str, Any]) -> None:
    auditor = signed_in("auditor")

    assert "/do/payment.refund" not in auditor.get("/cockpit/find?q=refund").content.decode()


@pytest.mark.parametrize("words", ["", "x" * 500, "%_", "'", "\x00", "SUB-999999999999", "CUST-5"])
def test_nonsense_finds_nothing_and_breaks_nothing(browser: Client, words: str) -> None:
    assert browser.get("/cockpit/find", {"q": words}).status_code == 200
