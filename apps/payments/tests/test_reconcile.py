"""A person settles a payment whose outcome stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from apps.payments.gateways import MockCards
from apps.payments.models import Payment, Receipt, Reconciliation
from bss.core.calls import Unknown, succeeded
from bss.core.calls import refused as turned_down
from bss.core.errors import PermissionDenied
from bss.core.models import Call, StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_captured, make_card, open_payment, use

WORD = {"note": "On the bank's list of Monday", "reference": "ACQ-77"}


@pytest.fixture
def undecided(ada: str) -> Payment:
    """A payment whose bank does not say."""
    make_card(ada, "4000-UNKNOWN-1")
    payment = open_payment(ada, wait=1.0)
    assert payment.state == "unknown"
    return payment


def reconcile(payment: Payment, **args: Any) -> dict[str, Any]:
    shown: dict[str, Any] = run("payment.reconcile", payment_id=payment.public_id, **args)
    return shown


def test_asking_alone_settles_what_the_processor_knows(undecided: Payment) -> None:
    MockCards().decide(f"{undecided.key}/1", succeeded(reference="mock_late"))
    shown = reconcile(undecided)

    assert (shown["state"], shown["gatewayRef"]) == ("captured", "mock_late")
    assert shown["servedBy"]
    assert shown["reconciliation"]["decidedBy"] == "processor"


def test_asking_alone_changes_nothing_while_it_knows_nothing(undecided: Payment) -> None:
    shown = reconcile(undecided)

    assert shown["state"] == "unknown"
    assert (shown["reconciliation"]["told"], shown["reconciliation"]["decidedBy"]) == (
        "nothing",
        None,
    )
    assert not StoredEvent.objects.filter(name="payment.reconciled").exists()


@pytest.mark.parametrize("outcome", ["captured", "declined", "voided"])
def test_where_it_cannot_say_a_person_does(undecided: Payment, outcome: str) -> None:
    shown = reconcile(undecided, outcome=outcome, **WORD)

    assert shown["state"] == outcome
    assert shown["reconciliation"]["decidedBy"] == "person"
    assert Receipt.objects.count() == (outcome == "captured")
    (attempt,) = shown["attempts"]
    assert (attempt["state"], attempt["gatewayRef"]) == (outcome, "ACQ-77")
    assert Call.objects.get(method="charge").state == "done"
    event = StoredEvent.objects.get(name="payment.reconciled")
    assert (event.payload["note"], event.payload["decided_by"]) == (WORD["note"], "person")


def test_the_processors_word_comes_first(undecided: Payment, refused: Refused) -> None:
    MockCards().decide(f"{undecided.key}/1", turned_down("lost_card", "Stolen"))
    with refused("payment.reconcile.provider_knows_otherwise"):
        reconcile(undecided, outcome="captured", **WORD)

    undecided.refresh_from_db()
    assert (undecided.state, undecided.state_reason) == ("declined", "Stolen")
    assert Reconciliation.objects.get().decided_by == "processor"


def test_what_the_processor_never_heard_of_was_not_captured(
    undecided: Payment, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MockCards, "look_up", lambda *_, **__: None)
    with refused("payment.reconcile.provider_knows_otherwise"):
        reconcile(undecided, outcome="captured", **WORD)
    undecided.refresh_from_db()
    assert undecided.state == "unknown"

    assert reconcile(undecided, outcome="declined", **WORD)["state"] == "declined"


def test_a_processor_that_cannot_be_reached_says_nothing(
    undecided: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise Unknown("no route to the bank")

    monkeypatch.setattr(MockCards, "look_up", silent)
    shown = reconcile(undecided, outcome="captured", **WORD)

    assert (shown["state"], shown["reconciliation"]["why"]) == ("captured", "no route to the bank")


def test_a_call_somebody_gave_up_is_settled_too(undecided: Payment) -> None:
    run("call.discard", call_id=Call.objects.get().pk, reason="The bank is closed")

    assert reconcile(undecided, outcome="captured", **WORD)["state"] == "captured"


def test_a_later_step_is_reconciled_by_its_own_words(ada: str, refused: Refused) -> None:
    make_card(ada, "4000-UNKNOWN-1")
    payment = open_payment(ada, capture="later", wait=1.0)
    with refused("payment.reconcile.outcome_possible"):
        reconcile(payment, outcome="captured", **WORD)
    assert reconcile(payment, outcome="authorised", **WORD)["state"] == "authorised"

    use("payment.void", payment_id=payment.public_id, reason="Changed her mind")
    Payment.objects.update(state="unknown")
    shown = reconcile(payment, outcome="voided", **WORD)
    assert (shown["state"], Payment.objects.get().state_reason) == ("voided", "Changed her mind")


def test_only_the_unknown_is_a_question(ada: str, card: str, refused: Refused) -> None:
    with refused("payment.reconcile.not_unknown"):
        reconcile(make_captured(ada))


def test_a_word_needs_a_note_and_a_reference(undecided: Payment, refused: Refused) -> None:
    with refused("payment.reconcile.requires_note"):
        reconcile(undecided, outcome="captured", note=" ", reference="ACQ-77")
    with refused("payment.reconcile.requires_reference"):
        reconcile(undecided, outcome="captured", note="Seen")


def test_it_is_for_finance(undecided: Payment, as_role: Any) -> None:
    with as_role("care"), pytest.raises(PermissionDenied):
        reconcile(undecided)
    with as_role("finance"):
        assert reconcile(undecided, outcome="captured", **WORD)["state"] == "captured"
    assert Reconciliation.objects.get().asked_by == "olga"
