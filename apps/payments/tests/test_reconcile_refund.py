"""A person settles a refund whose outcome stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from apps.payments.gateways import MockCards
from apps.payments.models import CreditNote, Payment, Refund
from apps.payments.operations.refunding import refund_key
from bss.core.calls import refused as turned_down
from bss.core.calls import succeeded
from bss.core.errors import NotFound, PermissionDenied
from bss.core.models import StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_card, open_payment

WORD = {"note": "On the bank's list of Monday", "reference": "ACQ-78"}


@pytest.fixture
def lost(ada: str) -> Refund:
    """A refund of which the bank does not say whether it went."""
    make_card(ada, "4000-LOSTREFUND-1")
    paid = open_payment(ada, wait=1.0)
    run("payment.refund", payment_id=paid.public_id, reason="Broken", amount="4.00")
    refund: Refund = Refund.objects.get()
    assert refund.state == "unknown"
    return refund


def settle(refund: Refund, **args: Any) -> dict[str, Any]:
    shown: dict[str, Any] = run("payment.reconcile_refund", refund_id=refund.public_id, **args)
    return shown


def amounts(refund: Refund) -> tuple[int, int]:
    paid = Payment.objects.get(pk=refund.payment_id)
    return paid.refunding, paid.refunded


def test_it_is_on_the_work_list(lost: Refund) -> None:
    (waiting,) = run("payment.list_waiting_refunds", hours=0)
    assert (waiting["id"], waiting["amount"]) == (lost.public_id, "4.00")
    assert run("payment.list_waiting_refunds") == []


def test_asking_alone_settles_what_the_processor_knows(lost: Refund) -> None:
    MockCards().decide(refund_key(lost.payment, lost), succeeded(reference="mock_late"))
    shown = settle(lost)

    assert shown["refundedAmount"] == "4.00"
    assert shown["reconciliation"]["decidedBy"] == "processor"


def test_asking_alone_changes_nothing_while_it_knows_nothing(lost: Refund) -> None:
    assert settle(lost)["reconciliation"]["decidedBy"] is None
    assert amounts(lost) == (400, 0)


@pytest.mark.parametrize(("outcome", "left"), [("succeeded", (0, 400)), ("refused", (0, 0))])
def test_where_it_cannot_say_a_person_does(
    lost: Refund, outcome: str, left: tuple[int, int], refused: Refused
) -> None:
    shown = settle(lost, outcome=outcome, **WORD)

    assert shown["reconciliation"]["decidedBy"] == "person"
    assert amounts(lost) == left
    assert CreditNote.objects.count() == (outcome == "succeeded")
    event = StoredEvent.objects.get(name="payment.reconciled")
    assert lost.public_id in event.summary
    with refused("payment.reconcile_refund.not_unknown"):
        settle(lost, outcome=outcome, **WORD)


def test_the_processors_word_comes_first(lost: Refund, refused: Refused) -> None:
    MockCards().decide(refund_key(lost.payment, lost), turned_down("no", "Card is gone"))
    with refused("payment.reconcile.provider_knows_otherwise"):
        settle(lost, outcome="succeeded", **WORD)

    assert amounts(lost) == (0, 0)


@pytest.mark.parametrize("missing", ["note", "reference"])
def test_whoever_says_so_tells_where_from(lost: Refund, refused: Refused, missing: str) -> None:
    with refused("payment.reconcile_refund.requires_reference"):
        settle(lost, outcome="succeeded", **{**WORD, missing: " "})


def test_the_same_money_is_not_given_back_meanwhile(lost: Refund, refused: Refused) -> None:
    with refused("payment.refund.not_over_captured"):
        run("payment.refund", payment_id=lost.payment.public_id, reason="Again", amount="6.01")


def test_strangers_and_unknown_ids(committed: None) -> None:
    from bss.core import context
    from bss.core.context import Context

    with pytest.raises(NotFound):
        run("payment.reconcile_refund", refund_id="RFD-000099")
    with (
        context.acting(Context(actor="x", permissions=frozenset())),
        pytest.raises(PermissionDenied),
    ):
        run("payment.reconcile_refund", refund_id="RFD-000001")
