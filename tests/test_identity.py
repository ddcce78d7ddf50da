"""Who somebody is follows from what they hold, never from what they say about themselves."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from apps.ordering.tests.factories import make_buyer
from bss.core.models import ApiClient, StoredEvent, User

pytestmark = pytest.mark.usefixtures("committed")

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
CLAIMS = {
    "X-BSS-Actor": "admin",
    "X-BSS-Channel": "cli",
    "X-BSS-Tenant": "OTHER",
    "X-BSS-Service-Identity": "operator_cockpit",
    "X-BSS-Permissions": "*",
    "X-Forwarded-User": "admin",
    "Remote-User": "admin",
}
OURS = "k" * 40


def holder(*scopes):
    """The headers of a client with these scopes."""
    token = ApiClient.new_token()
    digest = ApiClient.digest(token)
    ApiClient.objects.create(name="shop", token_digest=digest, scopes=list(scopes))
    return {"Authorization": f"Bearer {token}"}


def order_by(headers):
    """What ordering a line for a customer answers."""
    buyer = {"id": make_buyer(), "role": "customer", "@referredType": "Customer"}
    item = {"id": "1", "action": "add", "productOffering": {"id": "PLAN_S"}}
    sent = json.dumps({"productOrderItem": [item], "relatedParty": [buyer]})
    return Client().post(ORDERS, sent, content_type="application/json", headers=headers)


@pytest.fixture
def with_secrets(monkeypatch):
    """An installation that holds secrets for speaking to others."""
    speaking = replace(
        settings.BSS,
        loyalty={**settings.BSS.loyalty, "token": OURS},
        stripe={name: OURS for name in settings.BSS.stripe},
        didit={name: OURS for name in settings.BSS.didit},
    )
    monkeypatch.setattr(settings, "BSS", speaking)
    for name in ("BSS_LOYALTY_API_TOKEN", "BSS_API_TOKEN", "BSS_PARTNER_API_TOKEN"):
        monkeypatch.setenv(name, OURS)


def test_what_we_identify_ourselves_with_identifies_nobody_to_us(with_secrets):
    for secret in (OURS, settings.SECRET_KEY):
        for headers in ({"Authorization": f"Bearer {secret}"}, {"X-BSS-API-Token": secret}):
            refused = Client().get(CUSTOMERS, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (401, "auth.required"), headers


def test_a_digest_found_in_the_database_is_no_token():
    holder("*")
    digest = ApiClient.objects.get().token_digest
    headers = {"Authorization": f"Bearer {digest}"}
    assert Client().get(CUSTOMERS, headers=headers).status_code == 401


def test_claims_in_headers_open_nothing():
    assert Client().get(CUSTOMERS, headers=CLAIMS).status_code == 401
    refused = order_by(holder("effect:read") | CLAIMS)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.forbidden")


def test_claims_in_headers_are_not_written_down():
    assert order_by(holder("*") | CLAIMS).status_code == 201
    written = StoredEvent.objects.get(name="order.acknowledged")
    who = written.actor, written.channel, written.service_identity, written.on_behalf_of
    assert who == ("client:shop", "api", "shop", "")


def addresses():
    """Every page of the cockpit that needs no more than its name."""
    cockpit = next(one for one in get_resolver().url_patterns if str(one.pattern) == "cockpit/")
    for name in {str(one.name) for one in cockpit.url_patterns if getattr(one, "name", None)}:
        try:
            yield reverse(f"admin:{name}")
        except NoReverseMatch:
            continue


@pytest.mark.parametrize("person", ["nobody", "somebody without a desk"])
def test_the_cockpit_opens_to_staff_only(person):
    browser = Client(headers=CLAIMS)
    if person != "nobody":
        browser.force_login(User.objects.create_user("eve", password="x" * 12))
    found = list(addresses())
    assert reverse("admin:index") in found
    for address in [*found, "/cockpit/core/storedevent/", "/cockpit/nothing/"]:
        if address in (reverse("admin:login"), reverse("admin:logout")):
            continue
        answer = browser.get(address)
        assert answer.status_code in (302, 403), address
        assert answer.status_code == 403 or "login" in answer["Location"], address
