"""Who gets in, and with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.test import Client

from apps.cockpit.console.signing_in import vault
from bss.core.models import User

from .conftest import PASSWORD, SignedIn

LOGIN = "/cockpit/access/login/"


def sign_in(client: Client, name: str = "olga", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": name, "password": password, "next": "/cockpit/"})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def demanding(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation where care needs a second factor."""
    wanted = replace(settings.BSS, second_factor_roles=frozenset({"care"}))
    monkeypatch.setattr(settings, "BSS", wanted)


def test_a_stranger_is_led_to_the_door(committed: None) -> None:
    answer = Client().get("/cockpit/customers/?q=ada")

    assert answer.status_code == 302
    assert answer["Location"] == f"{LOGIN}?next=/cockpit/customers/%3Fq%3Dada"


def test_staff_sign_in_with_a_password(staff: Callable[..., User]) -> None:
    staff("care")
    client = Client()

    assert sign_in(client)["Location"] == "/cockpit/"
    assert client.get("/cockpit/").status_code == 200


def test_a_customer_who_signed_in_is_not_let_in(committed: None) -> None:
    User.objects.create_user("ada", "ada@x.example", PASSWORD)
    client = Client()
    sign_in(client, "ada")

    assert client.get("/cockpit/").status_code == 403


def test_nobody_signs_up(committed: None) -> None:
    email = {"email": "eve@x.example", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/cockpit/access/signup/", email)

    assert not User.objects.filter(email="eve@x.example").exists()


def test_wrong_passwords_lock_the_name(staff: Callable[..., User]) -> None:
    staff("care")
    for _ in range(6):
        sign_in(Client(), password="wrong")

    sign_in(client := Client())

    assert client.get("/cockpit/").status_code == 302


def test_a_role_that_needs_two_factors_sets_up_the_second_first(
    demanding: None, staff: Callable[..., User]
) -> None:
    staff("care")
    sign_in(client := Client())

    assert client.get("/cockpit/")["Location"] == "/cockpit/access/2fa/totp/activate/"
    assert client.get("/cockpit/customers/")["Location"].endswith("/totp/activate/")


def test_a_role_that_needs_none_goes_on(demanding: None, signed_in: SignedIn) -> None:
    assert signed_in("engineer").get("/cockpit/").status_code == 200


def test_the_second_factor_is_asked_for_and_then_lets_in(
    demanding: None, staff: Callable[..., User]
) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(staff("care"), secret)
    client = Client()

    assert sign_in(client)["Location"].startswith("/cockpit/access/2fa/authenticate/")
    assert client.get("/cockpit/").status_code == 302
    client.post("/cockpit/access/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/cockpit/").status_code == 200


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database(
    staff: Callable[..., User],
) -> None:
    TOTP.activate(staff("care"), "JBSWY3DPEHPK3PXP")
    stored = Authenticator.objects.get().data["secret"]

    assert "JBSWY3DP" not in stored
    assert vault().decrypt(stored.encode()) == b"JBSWY3DPEHPK3PXP"


def test_pages_run_no_script_but_our_files(browser: Client) -> None:
    answer = browser.get("/cockpit/")

    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert b"onclick" not in answer.content
    assert b"<script>" not in answer.content
    assert b" style=" not in answer.content


@pytest.mark.parametrize(
    "page", ["login/", "2fa/", "sessions/", "password/change/", "2fa/totp/activate/"]
)
def test_every_page_of_the_gate_opens(browser: Client, page: str) -> None:
    browser.post("/cockpit/access/reauthenticate/", {"password": PASSWORD})

    assert browser.get(f"/cockpit/access/{page}", follow=True).status_code == 200
