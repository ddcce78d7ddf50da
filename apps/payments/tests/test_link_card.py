from __future__ import annotations

import pytest

from apps.payments.models import PaymentMethod
from bss.core.errors import Conflict
from bss.core.models import StoredEvent
from bss.core.operations import run

from .conftest import Refused


def link(customer_id: str, token: str) -> dict[str, object]:
    card: dict[str, object] = run("payment.link_card", customer_id=customer_id, token=token)
    return card


def test_a_token_becomes_a_card_the_processor_describes(ada: str) -> None:
    card = link(ada, "tok_from_a_page")

    assert card["status"] == "active"
    assert card["isDefault"]
    assert card["cardSummary"]["last4"] == "4242"  # type: ignore[index]
    assert PaymentMethod.objects.get().payer.startswith("cus_")


def test_cards_of_one_payer_stay_together(ada: str) -> None:
    link(ada, "tok_one")
    link(ada, "tok_two")

    assert len(set(PaymentMethod.objects.values_list("payer", flat=True))) == 1


def test_a_removed_card_can_be_added_again(ada: str) -> None:
    card = link(ada, "tok_same")
    with pytest.raises(Conflict):
        link(ada, "tok_same")
    run("payment.remove_method", method_id=card["id"])

    assert link(ada, "tok_same")["status"] == "active"


def test_a_refused_card_is_never_shown_or_charged(ada: str, refused: Refused) -> None:
    card = link(ada, "tok_DECLINE")

    assert card["status"] == "refused"
    assert run("payment.list_methods", customer_id=ada) == []
    assert StoredEvent.objects.filter(name="payment_method.refused", about=ada).exists()
    with refused("payment_method.set_default.removed"):
        run("payment.set_default", method_id=card["id"])


def test_linked_cards_count_against_the_limit(ada: str, refused: Refused) -> None:
    for number in range(5):
        link(ada, f"tok_{number}")
    with refused("payment_method.add.at_most_n_methods"):
        link(ada, "tok_6")
