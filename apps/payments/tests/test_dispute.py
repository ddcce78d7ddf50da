"""Money that a bank takes back."""

from __future__ import annotations

from typing import Any

import pytest

from apps.payments.models import Dispute, LedgerEntry, Payment
from bss.core.errors import PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_captured, open_payment, use


@pytest.fixture
def paid(ada: str, card: str) -> Payment:
    """A captured and served payment of 10.00."""
    return make_captured(ada, served_by="renewal/SUB-000001/2026-04-01", subject="SUB-000001")


def dispute(payment: Payment, reference: str = "dp_1", **args: Any) -> dict[str, Any]:
    wanted = {"reason": "fraudulent", "reference": reference, **args}
    shown: dict[str, Any] = run("dispute.open", payment_id=payment.public_id, **wanted)
    return shown


def close(shown: dict[str, Any], outcome: str, note: str = "Letter of the bank") -> dict[str, Any]:
    closed: dict[str, Any] = run(
        "dispute.close", dispute_id=shown["id"], outcome=outcome, note=note
    )
    return closed


def balances() -> dict[str, int]:
    sums: dict[str, int] = {}
    for account, amount in LedgerEntry.objects.values_list("account", "amount"):
        sums[account] = sums.get(account, 0) + amount
    return {account: amount for account, amount in sums.items() if amount}


def test_what_is_disputed_is_withheld(paid: Payment, ada: str) -> None:
    shown = dispute(paid)

    assert (shown["state"], shown["amount"]) == ("opened", "10.00")
    assert balances() == {"disputes_open": 1000, "sales": -1000}
    event = StoredEvent.objects.get(name="payment.dispute_opened")
    assert event.about == ada
    assert (event.payload["subject"], event.payload["served_by"]) == (
        "SUB-000001",
        "renewal/SUB-000001/2026-04-01",
    )
    assert run("payment.get", payment_id=paid.public_id)["disputedAmount"] == "10.00"


def test_a_won_dispute_brings_it_back(paid: Payment) -> None:
    assert close(dispute(paid), "won")["state"] == "won"
    assert balances() == {"cards_receivable": 1000, "sales": -1000}
    assert StoredEvent.objects.filter(name="payment.dispute_won").exists()
    run("payment.refund", payment_id=paid.public_id, reason="Goodwill")


def test_a_lost_dispute_is_gone_and_never_refunded(paid: Payment, refused: Refused) -> None:
    close(dispute(paid), "lost")

    assert balances() == {"chargebacks": 1000, "sales": -1000}
    assert StoredEvent.objects.filter(name="payment.dispute_lost").exists()
    with refused("payment.refund.disputed"):
        run("payment.refund", payment_id=paid.public_id, amount="0.01", reason="Complaint")
    with refused("payment.refund.disputed"):
        run("payment.refund", payment_id=paid.public_id, reason="Complaint")


def test_while_it_is_open_only_the_rest_can_be_refunded(paid: Payment, refused: Refused) -> None:
    dispute(paid, amount="6.00")
    with refused("payment.refund.disputed"):
        run("payment.refund", payment_id=paid.public_id, amount="4.01", reason="Complaint")
    run("payment.refund", payment_id=paid.public_id, reason="Complaint")

    paid.refresh_from_db()
    assert (paid.refunded, paid.disputed, paid.refundable) == (400, 600, 0)


def test_a_bank_may_say_that_what_was_refunded_is_disputed(paid: Payment) -> None:
    run("payment.refund", payment_id=paid.public_id, reason="Complaint")

    told = {"reference": "dp_1", "reason": "fraudulent", "refunded_too": True}
    taken: Dispute = use("dispute.take_up", payment_id=paid.public_id, **told)
    assert taken.amount == 1000
    close({"id": taken.public_id}, "won")
    assert balances() == {"refunds": 1000, "sales": -1000}


def test_a_reference_is_one_dispute(paid: Payment, ada: str, refused: Refused) -> None:
    assert dispute(paid)["id"] == dispute(paid)["id"]
    assert Dispute.objects.count() == 1
    with refused("dispute.open.reference_of_other"):
        dispute(make_captured(ada))


def test_a_dispute_ends_once(paid: Payment) -> None:
    shown = dispute(paid)
    close(shown, "won")
    with pytest.raises(PolicyViolation, match="cannot lose"):
        close(shown, "lost")


def test_what_cannot_be_disputed(paid: Payment, ada: str, refused: Refused) -> None:
    with refused("dispute.open.captured_only"):
        dispute(open_payment(ada))
    with refused("dispute.open.requires_reference"):
        dispute(paid, reference=" ")
    with refused("dispute.open.requires_reference"):
        dispute(paid, reason="")
    with refused("dispute.open.positive_amount"):
        dispute(paid, amount="0")
    with refused("dispute.open.not_over_captured"):
        dispute(paid, amount="10.01")


def test_what_was_given_back_is_not_disputed_as_well(paid: Payment, refused: Refused) -> None:
    run("payment.refund", payment_id=paid.public_id, amount="4.00", reason="Complaint")

    with refused("dispute.open.not_over_captured"):
        dispute(paid, amount="7.00")
    shown = dispute(paid)
    assert shown["amount"] == "6.00"
    assert dispute(paid, amount="7.00")["id"] == shown["id"]


def test_a_decision_needs_a_note(paid: Payment, refused: Refused) -> None:
    with refused("dispute.close.requires_note"):
        close(dispute(paid), "won", note=" ")


def test_disputes_are_listed(paid: Payment, ada: str, cleo: str) -> None:
    first = dispute(paid, "dp_1", amount="1.00")
    second = dispute(paid, "dp_2", amount="2.00")
    close(first, "won")

    def ids(**args: str) -> list[str]:
        return [one["id"] for one in run("dispute.list", **args)]

    assert ids(customer_id=ada) == ids(payment_id=paid.public_id) == [second["id"], first["id"]]
    assert ids(state="opened") == [second["id"]]
    assert ids(customer_id=cleo) == []
