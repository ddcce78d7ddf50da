from __future__ import annotations

import pytest

from apps.crm.tests.factories import letters_to
from apps.payments.models import LedgerEntry, Refund
from bss.core.calls import Outcome, succeeded
from bss.core.calls import refused as turned_down
from bss.core.errors import Conflict
from bss.core.models import Call, StoredEvent
from bss.core.operations import run

from .conftest import Refused
from .factories import make_captured, make_card, make_line, open_payment, use


def refund(payment: object, amount: str | None = None, **args: object) -> dict[str, object]:
    wanted = {"payment_id": payment.public_id, "reason": "Complaint", **args}  # type: ignore[attr-defined]
    shown: dict[str, object] = run("payment.refund", amount=amount, **wanted)
    return shown


def settle(refund: Refund, outcome: Outcome) -> object:
    ids = {"refund_id": refund.public_id, "payment_id": refund.payment.public_id}
    return use("payment.settle_refund", outcome=outcome, **ids)


def test_all_of_it_goes_back(ada: str, card: str) -> None:
    payment = make_captured(ada, lines=[make_line(1000, 90)], served_by="SUB-000001")
    shown = refund(payment, took_back="1 GB")

    assert (shown["refundedAmount"], shown["refundingAmount"]) == ("10.90", "0.00")
    (back,) = shown["refunds"]  # type: ignore[misc]
    assert (back["state"], back["amount"], back["tookBack"]) == ("succeeded", "10.90", "1 GB")
    entries = LedgerEntry.objects.filter(refund__isnull=False).values_list("account", "amount")
    assert dict(entries) == {"cards_receivable": -1090, "refunds": 1000, "tax_payable": 90}


def test_parts_add_up_to_the_tax(ada: str, card: str) -> None:
    payment = make_captured(ada, lines=[make_line(1000, 91)], served_by="SUB-000001")
    for amount in ("3.33", "3.33", "4.25"):
        refund(payment, amount)

    taxes = LedgerEntry.objects.filter(account="tax_payable").values_list("amount", flat=True)
    assert sum(taxes) == 0
    assert [entry.public_id for entry in Refund.objects.order_by("pk")]
    assert list(
        Call.objects.filter(method="refund").order_by("id").values_list("key", flat=True)
    ) == [f"{payment.key}/1/refund/{number}" for number in (1, 2, 3)]


def test_the_customer_hears_of_it(ada: str, card: str, drain: object) -> None:
    refund(make_captured(ada, served_by="SUB-000001"), "2.00")
    drain()  # type: ignore[operator]

    event = StoredEvent.objects.get(name="payment.refunded")
    assert (event.about, event.payload["amount"]) == (ada, "2.00")
    (mail,) = letters_to(ada)
    assert mail["template"] == "payment_refunded"


def test_never_more_than_was_taken(ada: str, card: str, refused: Refused) -> None:
    payment = make_captured(ada, served_by="SUB-000001")
    refund(payment, "6.00")
    with refused("payment.refund.not_over_captured"):
        refund(payment, "4.01")
    refund(payment)
    with refused("payment.refund.positive_amount"):
        refund(payment)


def test_money_on_its_way_counts(ada: str, card: str, refused: Refused) -> None:
    payment = make_captured(ada)
    use("payment.refund_unserved", payment_id=payment.public_id, reason="Line is gone")
    with refused("payment.refund.not_over_captured"):
        refund(payment, "0.01")


@pytest.mark.parametrize("amount", ["0", "-5.00"])
def test_a_refund_is_above_zero(ada: str, card: str, refused: Refused, amount: str) -> None:
    with refused("payment.refund.positive_amount"):
        refund(make_captured(ada), amount)


def test_what_was_not_taken_cannot_go_back(ada: str, card: str, refused: Refused) -> None:
    with refused("payment.refund.captured_only"):
        refund(open_payment(ada))


def test_a_refund_needs_a_reason(ada: str, card: str, refused: Refused) -> None:
    with refused("payment.refund.requires_reason"):
        refund(make_captured(ada), reason=" ")


def test_a_refused_refund_can_be_tried_again(ada: str) -> None:
    make_card(ada, "4000-NOREFUND-1")
    payment = open_payment(ada, wait=1.0)
    shown = refund(payment)

    assert shown["refunds"][0]["state"] == "refused"  # type: ignore[index]
    assert (shown["refundedAmount"], shown["refundingAmount"]) == ("0.00", "0.00")
    assert StoredEvent.objects.filter(name="payment.refund_refused", about=ada).exists()
    assert len(refund(payment)["refunds"]) == 2  # type: ignore[arg-type]


def test_an_unknown_refund_stays_on_its_way(ada: str, card: str) -> None:
    payment = make_captured(ada)
    use("payment.refund_unserved", payment_id=payment.public_id, reason="Line is gone")
    back = Refund.objects.get()

    assert settle(back, Outcome("unknown")) is not None
    assert settle(back, Outcome("unknown")) is None
    payment.refresh_from_db()
    assert (payment.refunding, payment.refunded) == (1000, 0)
    settle(back, succeeded(reference="r"))
    payment.refresh_from_db()
    assert (payment.refunding, payment.refunded) == (0, 1000)


@pytest.mark.parametrize("second", [succeeded(), turned_down("no", "No")])
def test_a_final_refund_stays(ada: str, card: str, second: Outcome) -> None:
    refund(make_captured(ada))

    assert settle(Refund.objects.get(), second) is None
    assert Refund.objects.get().state == "succeeded"


def test_unserved_money_goes_back_once(ada: str, card: str) -> None:
    payment = make_captured(ada)
    for _ in range(2):
        use("payment.refund_unserved", payment_id=payment.public_id, reason="Line is gone")

    assert Refund.objects.get().amount == 1000
    assert Refund.objects.get().took_back == ""


def test_served_money_does_not_go_back_by_itself(ada: str, card: str) -> None:
    payment = make_captured(ada, served_by="SUB-000001")
    with pytest.raises(Conflict):
        use("payment.refund_unserved", payment_id=payment.public_id, reason="Line is gone")


def test_refunded_money_serves_nobody(ada: str, card: str) -> None:
    payment = make_captured(ada)
    use("payment.refund_unserved", payment_id=payment.public_id, reason="Line is gone")
    with pytest.raises(Conflict):
        use("payment.mark_served", payment_id=payment.public_id, by="SUB-000001")
