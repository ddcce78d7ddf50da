from __future__ import annotations

import pytest

from apps.crm.tests.factories import letters_to
from apps.payments.models import LedgerEntry, Payment, PaymentMethod, Receipt
from bss.core.errors import InvalidArguments, NotFound, PermissionDenied
from bss.core.models import Call, StateHistory, StoredEvent
from bss.core.operations import invoke, run

from .conftest import Product, Refused
from .factories import make_card

PAY = {
    "id", "customerId", "paymentMethodId", "amount", "currency", "purpose", "status", "gatewayRef",
    "declineReason", "attemptedAt",
}  # fmt: skip


def charge(customer_id: str, card: str, **args: object) -> dict[str, object]:
    wanted = {"amount": "12.50", "reason": "Replacement letter", **args}
    paid: dict[str, object] = run(
        "payment.charge", customer_id=customer_id, payment_method_id=card, **wanted
    )
    return paid


def test_money_is_taken_posted_and_receipted(ada: str, card: str) -> None:
    paid = charge(ada, card)

    assert paid.keys() >= PAY
    assert (paid["amount"], paid["currency"], paid["status"]) == ("12.50", "SGD", "approved")
    assert paid["state"] == "captured"
    assert paid["gatewayRef"]
    assert paid["servedBy"] == paid["id"]
    assert paid["lines"][0]["text"] == "Replacement letter"  # type: ignore[index]
    assert paid["receipt"]["number"] == "RCPT-000001"  # type: ignore[index]
    entries = dict(LedgerEntry.objects.values_list("account", "amount"))
    assert entries == {"cards_receivable": 1250, "sales": -1250}


def test_it_is_told_once_about_the_customer(ada: str, card: str) -> None:
    paid = charge(ada, card)
    event = StoredEvent.objects.get(name="payment.captured")

    assert (event.aggregate, event.about) == (paid["id"], ada)
    assert event.summary == "SGD 12.50 for Replacement letter: paid, receipt RCPT-000001"
    moves = StateHistory.objects.filter(aggregate=paid["id"])
    assert list(moves.values_list("trigger", flat=True)) == ["capture"]


def test_the_customer_gets_a_receipt(ada: str, card: str, drain: object) -> None:
    charge(ada, card)
    drain()  # type: ignore[operator]

    (mail,) = letters_to(ada)
    assert mail["template"] == "payment_charged"


def test_the_same_key_charges_once(ada: str, card: str) -> None:
    args = {"customer_id": ada, "payment_method_id": card, "amount": "3.00", "reason": "Once"}
    first = invoke("payment.charge", args, key="k")
    again = invoke("payment.charge", args, key="k")

    assert first.result == again.result
    assert again.repeated
    assert Payment.objects.count() == Receipt.objects.count() == 1


@pytest.mark.parametrize("number", ["4000-FAIL", "4000-DECLINE"])
def test_a_decline_is_an_answer(ada: str, number: str) -> None:
    paid = charge(ada, make_card(ada, number))

    assert (paid["status"], paid["state"]) == ("declined", "declined")
    assert paid["declineReason"] == "card_declined_by_issuer"
    assert paid["attempts"][0]["declineCode"] == "card_declined"  # type: ignore[index]
    assert paid["receipt"] is None
    assert not LedgerEntry.objects.exists()
    assert StoredEvent.objects.filter(name="payment.declined", about=ada).exists()


def test_three_d_secure_tells_how_to_confirm(ada: str) -> None:
    (attempt,) = charge(ada, make_card(ada, "4000-3DS-0000"))["attempts"]  # type: ignore[misc]

    assert attempt["declineCode"] == "authentication_required"
    assert attempt["nextAction"]["type"] == "redirect"


def test_a_refused_connection_is_tried_again(ada: str, drain: object) -> None:
    paid = charge(ada, make_card(ada, "4000-DOWN-0000"))
    assert paid["state"] == "requested"
    for _ in range(3):
        drain()  # type: ignore[operator]

    assert run("payment.get", payment_id=paid["id"])["state"] == "captured"


def test_amounts_are_above_zero(ada: str, card: str, refused: Refused) -> None:
    for amount in ("0", "-1.00"):
        with refused("payment.charge.positive_amount"):
            charge(ada, card, amount=amount)
    with pytest.raises(InvalidArguments):
        charge(ada, card, amount="1.005")


def test_only_manual_charges_are_made_by_hand(ada: str, card: str, refused: Refused) -> None:
    with refused("payment.charge.purpose_manual"):
        charge(ada, card, purpose="renewal")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_reason_is_needed(ada: str, card: str, refused: Refused, reason: str | None) -> None:
    with refused("payment.charge.requires_reason"):
        charge(ada, card, reason=reason)


def test_there_is_one_currency(ada: str, card: str, refused: Refused) -> None:
    with refused("payment.charge.operator_currency"):
        charge(ada, card, currency="EUR")
    assert not Payment.objects.exists()
    assert not Call.objects.exists()
    assert charge(ada, card, currency="sgd")["state"] == "captured"


def test_the_card_is_the_payers_own(ada: str, card: str, cleo: str, refused: Refused) -> None:
    with refused("payment.charge.customer_matches_method"):
        charge(cleo, card)
    with pytest.raises(NotFound):
        charge(ada, "PM-999999")


def test_a_removed_card_is_not_charged(ada: str, card: str, refused: Refused) -> None:
    run("payment.remove_method", method_id=card)
    with refused("payment.charge.method_active"):
        charge(ada, card)


def test_cards_of_another_processor_wait(
    ada: str, card: str, product: Product, refused: Refused
) -> None:
    PaymentMethod.objects.update(provider="stripe")
    with refused("payment.charge.token_provider_matches_active"):
        charge(ada, card)


def test_care_charges_nobody(ada: str, card: str, as_role: object) -> None:
    with as_role("care"), pytest.raises(PermissionDenied):  # type: ignore[operator]
        charge(ada, card)
