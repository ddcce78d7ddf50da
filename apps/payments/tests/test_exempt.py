"""Customers who pay no sales tax: from the next receipt on, and the receipt says why."""

from __future__ import annotations

import pytest

from apps.payments.models import Payment
from bss.core.errors import InvalidArguments, NotFound
from bss.core.models import OperatorProfile, StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_captured, make_card, open_payment

REASON = "An embassy, note 12/2026"


@pytest.fixture
def registered(committed: None) -> None:
    OperatorProfile(tax_id="M2-1234567-8").save()


def grant(customer: str, reason: str = REASON) -> object:
    return run("tax_exemption.grant", customer_id=customer, reason=reason)


def shown(payment: Payment) -> dict[str, object]:
    answer: dict[str, object] = run("receipt.get", receipt_id=payment.public_id)
    return answer


@pytest.mark.usefixtures("registered", "frozen_clock")
def test_it_counts_from_the_next_receipt_on(ada: str, card: str, frozen_clock: object) -> None:
    before = make_captured(ada)
    grant(ada)
    frozen_clock.advance("1m")  # type: ignore[attr-defined]
    meanwhile = make_captured(ada)
    run("tax_exemption.end", customer_id=ada, reason="Left the embassy")
    frozen_clock.advance("1m")  # type: ignore[attr-defined]
    after = make_captured(ada)

    taxes = [shown(one)["tax"] for one in (before, meanwhile, after)]
    reasons = [shown(one)["taxExemption"] for one in (before, meanwhile, after)]
    assert taxes == ["0.83", "0.00", "0.83"]
    assert reasons == [None, REASON, None]
    # The price is what was told; only nobody else gets a part of it.
    assert {shown(one)["total"] for one in (before, meanwhile, after)} == {"10.00"}
    assert shown(meanwhile)["taxes"] == []


@pytest.mark.usefixtures("registered")
def test_it_is_nobody_elses(ada: str, card: str, cleo: str) -> None:
    make_card(cleo)
    grant(ada)

    assert open_payment(cleo).tax == 83
    assert open_payment(ada).tax == 0


@pytest.mark.usefixtures("registered")
def test_tax_on_top_goes_too(ada: str, card: str) -> None:
    grant(ada)
    wanted = {"customer_id": ada, "payment_method_id": card, "reason": "Case"}

    assert run("payment.charge", amount="10.00", tax="added", **wanted)["amount"] == "10.00"


def test_who_granted_it_is_kept(ada: str, refused: Refused) -> None:
    granted = grant(ada)

    assert run("tax_exemption.list", customer_id=ada) == [granted]
    event = StoredEvent.objects.get(name="tax_exemption.granted")
    assert (event.about, event.payload["reason"], event.summary) == (
        ada, REASON, f"Exempt from sales tax: {REASON}",
    )  # fmt: skip
    with refused("tax_exemption.grant.already"):
        grant(ada)


def test_it_ends_once(ada: str, refused: Refused) -> None:
    with refused("tax_exemption.end.not_exempt"):
        run("tax_exemption.end", customer_id=ada, reason="Left")
    grant(ada)
    assert run("tax_exemption.end", customer_id=ada, reason="Left")["endedAt"]
    with refused("tax_exemption.end.not_exempt"):
        run("tax_exemption.end", customer_id=ada, reason="Left")


@pytest.mark.parametrize("reason", ["", "  ", "x", "y" * 201])
def test_it_needs_a_reason(ada: str, reason: str) -> None:
    with pytest.raises(InvalidArguments):
        grant(ada, reason)


def test_nobody_knows_strangers(committed: None) -> None:
    with pytest.raises(NotFound):
        grant("CUST-000099")
    with pytest.raises(NotFound):
        run("tax_exemption.list", customer_id="CUST-000099")
