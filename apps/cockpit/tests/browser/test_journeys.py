"""What operators do all day, by keyboard in a real browser; each asserts what was stored."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.crm.models import Case
from apps.payments.models import Payment, PaymentState, Purpose
from apps.subscription.models import Subscription
from bss.core.models import Proposal

from .conftest import Operator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def find(operator: Operator, words: str, sought: str) -> None:
    """Open the palette, type, and open what stands first."""
    operator.press("Control+k")
    operator.type(words)
    first = operator.page.locator("#found [aria-selected=true]")
    expect(first).to_contain_text(sought)
    operator.press("Enter")


def test_from_the_tail_of_a_number_to_a_confirmed_top_up(operator: Operator, shop: str) -> None:
    find(operator, shop[-6:], "9000 0000")
    operator.page.wait_for_url("**/lines/SUB-*")
    operator.page.locator(".head .acts a:focus").wait_for()

    operator.page.keyboard.press("Enter")
    operator.page.select_option("[name=vas_offering_id]", "VAS_DATA_1GB")
    operator.page.fill("[name=reason]", "asked by telephone")
    operator.press("Enter")
    expect(operator.page.locator(".preview .cost")).to_contain_text("SGD 3.00")
    assert not Payment.objects.filter(purpose=Purpose.TOPUP).exists()
    operator.press("Enter")
    expect(operator.page.locator(".flash.success")).to_be_visible()

    paid = Payment.objects.get(purpose=Purpose.TOPUP)
    assert (paid.amount, paid.state) == (300, PaymentState.CAPTURED)
    assert operator.actions <= 6


def test_opening_a_case_for_somebody_on_the_telephone(operator: Operator) -> None:
    find(operator, "Ada", "Ada")
    operator.page.wait_for_url("**/customers/CUST-*")

    operator.page.click(".head a:has-text('Open a case')")
    operator.page.fill("[name=subject]", "No data since noon")
    operator.press("Enter")
    operator.page.wait_for_url("**/cases/CASE-*")

    case = Case.objects.get()
    assert (case.subject, case.state) == ("No data since noon", "open")
    operator.page.click(".head a:has-text('Take')")
    operator.page.click(".act .go")
    expect(operator.page.locator("h1 .state")).to_have_text("in progress")
    case.refresh_from_db()
    assert case.state == "in_progress"


def test_looking_at_what_would_happen_and_leaving_it(operator: Operator) -> None:
    line = Subscription.objects.get()
    operator.page.goto(f"{operator.address}/cockpit/lines/{line.public_id}")
    operator.page.click("details.more > summary")
    operator.page.click(".menu a:has-text('Terminate now')")
    operator.page.fill("[name=reason]", "they are leaving")
    operator.page.click(".act .go")
    expect(operator.page.locator(".foreseen")).to_contain_text("cannot be taken back")
    operator.page.click("[data-close]")

    line.refresh_from_db()
    assert line.state == "active"
    assert Proposal.objects.get().used_at is None


def test_a_list_narrows_while_somebody_types(operator: Operator) -> None:
    operator.page.goto(f"{operator.address}/cockpit/customers/")
    operator.page.fill("[name=q]", "nobody is called so")
    expect(operator.page.locator("#rows")).to_contain_text("No customer fits")
    operator.page.fill("[name=q]", "Ada")
    expect(operator.page.locator("#rows tbody tr")).to_have_count(1)
    assert "q=Ada" in operator.page.url
