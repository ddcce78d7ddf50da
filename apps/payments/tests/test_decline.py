"""Why a card did not pay, as far as the next try is concerned."""

from __future__ import annotations

import pytest

from apps.payments.rules import decline_class
from bss.core.models import StoredEvent
from bss.core.operations import run

from .factories import make_card, open_payment


@pytest.mark.parametrize(
    ("number", "told"),
    [("4000-FAIL-1", "soft"), ("4000-3DS-1", "authentication")],
)
def test_a_decline_has_a_class(ada: str, number: str, told: str) -> None:
    make_card(ada, number)
    payment = open_payment(ada, wait=1.0)

    (attempt,) = run("payment.get", payment_id=payment.public_id)["attempts"]
    assert attempt["declineClass"] == told
    event = StoredEvent.objects.get(name="payment.declined")
    assert event.payload["decline_class"] == told


def test_a_lost_card_is_declined_for_good() -> None:
    assert decline_class("lost_card") == "hard"
    assert decline_class("insufficient_funds") == decline_class("") == "soft"
