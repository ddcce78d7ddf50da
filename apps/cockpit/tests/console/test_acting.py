"""Buttons run operations; grave ones only after somebody has seen what they would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.crm.models import Case
from apps.payments.models import Payment, Purpose
from apps.subscription.models import Subscription
from bss.core import clock
from bss.core.models import Proposal, StoredEvent
from bss.core.registry import find, registry
from bss.core.roles import defaults_of

from .conftest import SignedIn

TOP_UP = "/cockpit/do/subscription.purchase_vas"


@pytest.fixture
def ask(browser: Client, sold: dict[str, Any]) -> Callable[..., Any]:
    """Ask for a top-up of the line that was sold."""

    def post(client: Client = browser, **more: str) -> Any:
        asked = {"subscription_id": sold["lines"], "vas_offering_id": "VAS_DATA_1GB"}
        return client.post(TOP_UP, {**asked, "reason": "they asked", **more})

    return post


def top_ups() -> int:
    return Payment.objects.filter(purpose=Purpose.TOPUP).count()


def confirm(client: Client, proposal: Proposal, **changes: str) -> Any:
    body = {"digest": proposal.digest, **changes}
    return client.post(f"/cockpit/confirm/{proposal.public_id}", body)


def test_a_write_runs_at_once_and_says_so(browser: Client, sold: dict[str, Any]) -> None:
    body = {"customer_id": sold["customers"], "subject": "Fresh concern", "once": "one"}
    answer = browser.post("/cockpit/do/case.open", body)

    made = Case.objects.get(subject="Fresh concern")
    assert answer["Location"] == f"/cockpit/cases/{made.public_id}"
    event = StoredEvent.objects.filter(aggregate=made.public_id).first()
    assert event
    assert (event.actor, event.channel) == ("olga", "portal-csr")


def test_the_same_form_sent_twice_does_it_once(browser: Client, sold: dict[str, Any]) -> None:
    body = {"customer_id": sold["customers"], "subject": "Fresh concern", "once": "one"}
    for _ in range(2):
        browser.post("/cockpit/do/case.open", body)

    assert Case.objects.filter(subject="Fresh concern").count() == 1


def test_without_the_confirmation_nothing_happens(ask: Callable[..., Any]) -> None:
    answer = ask()

    shown = answer.content.decode()
    assert "SGD 3.00" in shown
    assert "Confirm" in shown
    assert top_ups() == 0


def test_a_confirmed_top_up_is_charged_once(
    ask: Callable[..., Any], browser: Client, sold: dict[str, Any], drain: Callable[..., int]
) -> None:
    ask()
    proposal = Proposal.objects.get()

    assert confirm(browser, proposal).status_code == 302
    again = confirm(browser, proposal)
    drain()

    assert again.status_code in (200, 302, 422)
    assert [p.amount for p in Payment.objects.filter(purpose=Purpose.TOPUP)] == [300]
    assert Proposal.objects.get().reason == "they asked"


def test_confirming_what_was_not_shown_is_refused(ask: Callable[..., Any], browser: Client) -> None:
    ask()

    assert confirm(browser, Proposal.objects.get(), digest="").status_code == 409
    assert top_ups() == 0


def test_an_expired_preview_is_refused(ask: Callable[..., Any], browser: Client) -> None:
    ask()
    Proposal.objects.update(expires_at=clock.real())

    assert confirm(browser, Proposal.objects.get()).status_code == 422
    assert top_ups() == 0


def test_nobody_else_confirms_for_me(ask: Callable[..., Any], signed_in: SignedIn) -> None:
    ask()

    assert confirm(signed_in("care", "max"), Proposal.objects.get()).status_code == 403
    assert top_ups() == 0


def test_a_reason_is_required(ask: Callable[..., Any]) -> None:
    answer = ask(reason=" ")

    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_a_refusal_keeps_what_was_typed(browser: Client, sold: dict[str, Any]) -> None:
    body = {"subscription_id": sold["lines"], "vas_offering_id": "VAS_NOPE", "reason": "because"}
    answer = browser.post(TOP_UP, body)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="because"' in shown
    assert "VAS_NOPE" in shown


def test_a_link_cannot_lead_away(browser: Client, sold: dict[str, Any]) -> None:
    body = {"customer_id": sold["customers"], "summary": "called", "back": "https://evil.example/"}

    assert browser.post("/cockpit/do/interaction.log", body)["Location"] == "/cockpit/"


def second_person(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(find(name), "second_person", True)


def test_what_needs_two_waits_for_the_other(
    signed_in: SignedIn, sold: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    second_person(monkeypatch, "subscription.suspend")
    olga, max_ = signed_in("care"), signed_in("care", "max")
    body = {"subscription_id": sold["lines"], "cause": "lost", "reason": "they say so"}
    told = olga.post("/cockpit/do/subscription.suspend", body).content.decode()
    proposal = Proposal.objects.get()

    assert "Somebody else must confirm this" in told
    assert confirm(olga, proposal).status_code == 403
    assert proposal.public_id in max_.get("/cockpit/approvals/").content.decode()
    seen = max_.get("/cockpit/do/proposal.get", {"proposal_id": proposal.public_id})
    assert "Confirm" in seen.content.decode()
    assert confirm(max_, proposal).status_code == 302
    assert Subscription.objects.get().state == "suspended"


@pytest.mark.parametrize("role", ["care", "engineer", "finance", "catalog_manager", "auditor"])
def test_every_operation_a_role_lacks_is_refused(signed_in: SignedIn, role: str) -> None:
    client, held = signed_in(role), defaults_of(role)
    lacking = [name for name, one in registry().items() if name not in held]

    for name in lacking:
        wanted = 404 if find(name).internal else 403
        assert client.post(f"/cockpit/do/{name}", {}).status_code == wanted, name


@pytest.mark.parametrize("name", sorted(defaults_of("admin")))
def test_every_operation_has_a_form(browser: Client, name: str) -> None:
    answer = browser.get(f"/cockpit/do/{name}")

    assert answer.status_code == 200
    assert name in answer.content.decode()
