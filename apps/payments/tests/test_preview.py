from __future__ import annotations

import pytest

from apps.payments.models import Payment, PaymentMethod, Receipt
from bss.core.previews import preview

from .factories import make_captured


def test_a_charge_is_shown_before_it_is_made(ada: str, card: str) -> None:
    args = {"customer_id": ada, "payment_method_id": card, "amount": "3.00", "reason": "Letter"}
    shown = preview("payment.charge", args)

    (call,) = shown.agreed.calls
    assert (call["amount"], call["to"], call["for"]) == (300, "Visa …4242", "Letter")
    assert shown.changes["receipt"]["created"] == 1
    assert not Payment.objects.exists()
    assert not Receipt.objects.exists()


def test_a_refund_is_shown_before_it_is_made(ada: str, card: str) -> None:
    payment = make_captured(ada, served_by="SUB-000001")
    shown = preview("payment.refund", {"payment_id": payment.public_id, "reason": "Complaint"})

    (call,) = shown.agreed.calls
    assert call["refund"] == 1000
    payment.refresh_from_db()
    assert payment.refundable == 1000


@pytest.mark.parametrize("name", ["payment.add_card", "payment.link_card"])
def test_a_card_is_not_kept_for_show(ada: str, name: str) -> None:
    typed = {"card_number": "4242424242424242"} if name.endswith("add_card") else {"token": "tok_1"}
    preview(name, {"customer_id": ada, **typed})

    assert not PaymentMethod.objects.exists()
