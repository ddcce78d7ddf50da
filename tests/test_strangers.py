"""What a customer may run reaches their own things only: every operation, with another's ids."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apps.crm.models import Notification
from apps.crm.tests.factories import make_case, make_customer
from bss.core import context, registry, roles
from bss.core.context import Context
from bss.core.errors import NotFound, PermissionDenied
from bss.core.operations import invoke, run
from bss.core.previews import preview
from tests.previews.conftest import shop as shop
from tests.previews.mine import CONCERN
from tests.previews.recipes import card_of, served_line, settle

# What is there for everybody and tells of nobody.
OF_NOBODY = {
    "catalog.get_active_price",
    "catalog.get_offering",
    "catalog.get_vas",
    "catalog.list_active_offerings",
    "catalog.list_offerings",
    "catalog.list_vas",
    "catalog.list_zones",
}
# Each with the kind of id it is aimed with, and what else it must be told.
AIMED: dict[str, tuple[str, dict[str, Any]]] = {
    "credit_note.download": ("credit_note_id", {}),
    "credit_note.get": ("credit_note_id", {}),
    "customer.confirm_email_change": ("customer_id", {"code": "123456"}),
    "customer.request_email_change": ("customer_id", {"email": "new@mail.test"}),
    "kyc_session.get": ("session_id", {}),
    "kyc_session.start": ("customer_id", {}),
    "notification.get_preferences": ("customer_id", {}),
    "notification.mark_read": ("notification_id", {}),
    "notification.set_preferences": ("customer_id", {"locale": "en"}),
    "payment.add_card": ("customer_id", {"card_number": "4242424242424242"}),
    "payment.get": ("payment_id", {}),
    "payment.link_card": ("customer_id", {"token": "tok_1"}),
    "payment.list": ("customer_id", {}),
    "payment.list_attempts": ("customer_id", {}),
    "payment.list_methods": ("customer_id", {}),
    "payment.remove_method": ("method_id", {}),
    "payment.set_default": ("method_id", {}),
    "payment.statement": ("customer_id", {}),
    "promo.preview": ("customer_id", {"offering_id": "PLAN_S"}),
    "receipt.download": ("receipt_id", {}),
    "receipt.get": ("receipt_id", {}),
    "receipt.list": ("customer_id", {}),
    "receipt.send": ("receipt_id", {}),
    "subscription.cancel_pending_plan_change_mine": ("subscription_id", {}),
    "subscription.get_balance_mine": ("subscription_id", {}),
    "subscription.get_lpa_mine": ("subscription_id", {}),
    "subscription.get_mine": ("subscription_id", {}),
    "subscription.schedule_plan_change_mine": ("subscription_id", {"new_offering_id": "PLAN_L"}),
    "subscription.terminate_mine": ("subscription_id", {}),
    "usage.history_mine": ("subscription_id", {}),
    "vas.purchase_for_me": ("subscription_id", {"vas_offering_id": "VAS_DATA_1GB"}),
}
# Those that can be run without any id: nothing of others may be among what they tell.
UNAIMED: dict[str, dict[str, Any]] = {
    "case.list_for_me": {},
    "case.open_for_me": CONCERN,
    "customer.get_mine": {},
    "payment.charge_history_mine": {},
    "payment.list": {},
    "payment.list_attempts": {},
    "payment.method_list_mine": {},
    "promo.preview": {"offering_id": "PLAN_S"},
    "subscription.list_mine": {},
    "usage.history_mine": {},
}
OF_CUSTOMERS = {
    one.name
    for one in registry.registry().values()
    if "customer" in one.roles and not one.internal and one.noun != "jar"
}


@pytest.fixture
def ada(committed: None, shop: None) -> dict[str, str]:
    """The ids of everything that belongs to Ada."""
    line = run("subscription.get", subscription_id=served_line())
    owner, used = line["customerId"], {"event_type": "data", "quantity": 5, "unit": "mb"}
    run("usage.simulate", msisdn=line["msisdn"], **used)
    make_case(customer_id=owner)
    method = card_of(owner)
    charge = {"payment_method_id": method, "amount": "5.00", "reason": "A new card case"}
    payment = run("payment.charge", customer_id=owner, **charge)["id"]
    run("payment.refund", payment_id=payment, reason="Broken", amount="2.00")
    session = run("kyc_session.start", customer_id=owner)["id"]
    settle()
    receipt = run("receipt.get", receipt_id=payment)
    return {
        "customer_id": owner,
        "subscription_id": line["id"],
        "method_id": method,
        "payment_id": payment,
        "receipt_id": receipt["id"],
        "credit_note_id": receipt["creditNotes"][0]["id"],
        "session_id": session,
        "notification_id": Notification.objects.latest("id").public_id,
    }


@pytest.fixture
def cleo(ada: dict[str, str]) -> Context:
    """Somebody else, at a door for customers."""
    return roles.as_customer(make_customer(email="cleo@mail.test"), "portal-self-serve")


def test_every_operation_of_customers_is_tried() -> None:
    assert OF_NOBODY | set(AIMED) | set(UNAIMED) == OF_CUSTOMERS


@pytest.mark.parametrize("name", sorted(AIMED))
def test_what_is_anothers_does_not_exist(ada: dict[str, str], cleo: Context, name: str) -> None:
    kind, more = AIMED[name]

    args = {kind: ada[kind], **more}

    with context.acting(cleo), pytest.raises(NotFound, match=ada[kind]):
        invoke(name, args)
    if not registry.find(name).is_read:
        with context.acting(cleo):
            assert foreseen(name, args) == 404


def foreseen(name: str, args: dict[str, Any]) -> int:
    """The status that a preview answers, which tells some refusals and raises others."""
    try:
        refusal = preview(name, args).refusal
    except NotFound as missing:
        return missing.status
    return refusal.status if refusal else 200


@pytest.mark.parametrize("name", sorted(UNAIMED))
def test_without_ids_nothing_of_another_is_told(
    ada: dict[str, str], cleo: Context, name: str
) -> None:
    with context.acting(cleo):
        told = json.dumps(invoke(name, UNAIMED[name]).result)

    assert [whose for whose in ada.values() if whose in told] == []


def test_another_card_lists_no_attempts(ada: dict[str, str], cleo: Context) -> None:
    with context.acting(cleo):
        assert run("payment.list_attempts", payment_method_id=ada["method_id"]) == []


def test_customers_may_run_nothing_else(cleo: Context) -> None:
    allowed = {
        one.name for one in registry.registry().values() if cleo.allows(one.name, one.effect)
    }

    assert {name for name in allowed if not name.startswith("jar.")} == OF_CUSTOMERS


def test_the_owner_reaches_all_of_it(ada: dict[str, str]) -> None:
    with context.acting(roles.as_customer(ada["customer_id"], "portal-self-serve")):
        for name in ("kyc_session.get", "notification.mark_read", "subscription.get_mine"):
            kind = AIMED[name][0]
            assert run(name, **{kind: ada[kind]})["id"] == ada[kind]


def test_who_is_no_customer_has_nothing_of_their_own(ada: dict[str, str]) -> None:
    with pytest.raises(PermissionDenied, match="is no customer"):
        run("customer.get_mine")


def test_the_words_of_colleagues_are_not_shown(ada: dict[str, str]) -> None:
    case = run("case.list", customer_id=ada["customer_id"])[0]["id"]
    run("case.add_note", case_id=case, body="Looks like fraud")
    run("case.reply", case_id=case, body="We look into it")

    with context.acting(roles.as_customer(ada["customer_id"], "portal-self-serve")):
        (seen,) = run("case.list_for_me")

    assert [note["body"] for note in seen["notes"]] == ["We look into it"]
