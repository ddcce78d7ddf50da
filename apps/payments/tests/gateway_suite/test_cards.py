"""What every card processor must do, tried on each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bss.core.calls import Unknown

from . import processors
from .processors import Processor


@pytest.fixture(params=["mock", "stripe"])
def processor(
    request: pytest.FixtureRequest, outside: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Processor]:
    if request.param == "mock":
        yield processors.mock()
        return
    with processors.stripe(monkeypatch) as found:
        yield found


def test_charge_takes_the_money(processor: Processor) -> None:
    outcome = processor.pay(processor.good, "renewal/1/1")

    assert outcome.succeeded
    assert outcome.data["reference"]
    assert processor.captures() == 1


def test_the_same_key_charges_once(processor: Processor) -> None:
    first = processor.pay(processor.good, "renewal/1/1")
    again = processor.pay(processor.good, "renewal/1/1")

    assert again == first
    assert processor.captures() == 1


def test_another_key_charges_again(processor: Processor) -> None:
    first = processor.pay(processor.good, "renewal/1/1")
    second = processor.pay(processor.good, "renewal/1/2")

    assert second.data["reference"] != first.data["reference"]
    assert processor.captures() == 2


def test_authorise_takes_nothing_until_capture(processor: Processor) -> None:
    authorised = processor.pay(processor.good, "order/1/1", "authorise")
    taken = processor.captures()
    captured = step(processor, "capture", authorised)

    assert authorised.succeeded
    assert taken == 0
    assert captured.succeeded
    assert processor.captures() == 1


def test_capture_twice_takes_once(processor: Processor) -> None:
    authorised = processor.pay(processor.good, "order/1/1", "authorise")

    assert step(processor, "capture", authorised).succeeded
    assert step(processor, "capture", authorised).succeeded
    assert step(processor, "capture", authorised, key="order/1/1/capture/again").succeeded
    assert processor.captures() == 1


def test_void_gives_the_reservation_back(processor: Processor) -> None:
    authorised = processor.pay(processor.good, "order/1/1", "authorise")

    assert step(processor, "void", authorised).succeeded
    assert step(processor, "capture", authorised).refused
    assert processor.captures() == 0


def test_captured_money_cannot_be_voided(processor: Processor) -> None:
    charged = processor.pay(processor.good, "order/1/1")

    assert step(processor, "void", charged).refused
    assert processor.captures() == 1


@pytest.mark.parametrize("method", ["charge", "authorise"])
def test_decline_is_final_and_says_why(processor: Processor, method: str) -> None:
    outcome = processor.pay(processor.declined, "topup/1/1", method)

    assert outcome.refused
    assert outcome.code
    assert outcome.reason
    assert processor.pay(processor.declined, "topup/1/1", method) == outcome
    assert processor.captures() == 0


def test_three_d_secure_is_refused_with_a_way_to_confirm(processor: Processor) -> None:
    outcome = processor.pay(processor.wants_cardholder, "topup/1/1")

    assert outcome.refused
    assert outcome.code == "authentication_required"
    assert outcome.data["next_action"]["type"] in ("redirect", "form")


def test_lost_answer_is_unknown_and_look_up_tells_the_truth(processor: Processor) -> None:
    with pytest.raises(Unknown):
        processor.pay(processor.loses_answer, "topup/1/1")
    found = look_up(processor, "topup/1/1", "charge", processor.args(processor.loses_answer))

    assert found.succeeded
    assert processor.captures() == 1


def test_resending_after_a_lost_answer_takes_once(processor: Processor) -> None:
    with pytest.raises(Unknown):
        processor.pay(processor.loses_answer, "topup/1/1")

    assert processor.pay(processor.loses_answer, "topup/1/1").succeeded
    assert processor.captures() == 1


def test_undecided_stays_unknown(processor: Processor) -> None:
    with pytest.raises(Unknown):
        processor.pay(processor.undecided, "topup/1/1")
    with pytest.raises(Unknown):
        look_up(processor, "topup/1/1", "charge", processor.args(processor.undecided))
    assert processor.captures() == 0


def test_look_up_of_a_key_never_sent_finds_nothing(processor: Processor) -> None:
    assert look_up(processor, "topup/9/1", "charge", processor.args(processor.good)) is None
    assert look_up(processor, "topup/9/1", "authorise", processor.args(processor.good)) is None


def test_an_inquiry_tells_what_is_known_and_does_nothing(processor: Processor) -> None:
    def told(key: str, token: str) -> dict[str, Any]:
        about = {"of": key, "method": "charge", "args": processor.args(token)}
        found = processor.cards.inquire(key=f"{key}/inquiry/1", attempt=1, **about)
        assert found.succeeded
        return dict(found.data)

    processor.pay(processor.good, "topup/1/1")
    processor.pay(processor.declined, "topup/2/1")
    with pytest.raises(Unknown):
        processor.pay(processor.undecided, "topup/3/1")

    assert told("topup/1/1", processor.good)["outcome"]["kind"] == "succeeded"
    assert told("topup/2/1", processor.declined)["told"] == "refused"
    assert told("topup/3/1", processor.undecided)["told"] == "nothing"
    assert told("topup/4/1", processor.good)["told"] == "absent"
    assert processor.captures() == 1


def test_look_up_finds_a_decline(processor: Processor) -> None:
    declined = processor.pay(processor.declined, "topup/1/1")
    found = look_up(processor, "topup/1/1", "charge", processor.args(processor.declined))

    assert found.refused
    assert found.code == declined.code


@pytest.mark.parametrize("method", ["capture", "void"])
def test_look_up_of_a_later_step(processor: Processor, method: str) -> None:
    authorised = processor.pay(processor.good, "order/1/1", "authorise")
    args = {"reference": authorised.data["reference"], "payment": "PAY-000001"}
    before = look_up(processor, f"order/1/1/{method}", method, args)
    step(processor, method, authorised)

    assert before is None
    assert look_up(processor, f"order/1/1/{method}", method, args).succeeded


def test_capture_may_be_refused(processor: Processor) -> None:
    authorised = processor.pay(processor.refuses_capture, "order/1/1", "authorise")

    assert step(processor, "capture", authorised).refused
    assert processor.captures() == 0


def test_refund_in_parts(processor: Processor) -> None:
    charged = processor.pay(processor.good, "topup/1/1")
    first = refund(processor, charged, 300, part=1)

    assert first.succeeded
    assert refund(processor, charged, 300, part=1) == first
    assert refund(processor, charged, 700, part=2).succeeded
    assert processor.refunds() == 1000


def test_refund_may_be_refused(processor: Processor) -> None:
    charged = processor.pay(processor.refuses_refund, "topup/1/1")

    assert refund(processor, charged, 1000).refused
    assert processor.refunds() == 0


def test_look_up_finds_a_refund(processor: Processor) -> None:
    charged = processor.pay(processor.good, "topup/1/1")
    args = {"reference": charged.data["reference"], "amount": 300}
    before = look_up(processor, "topup/1/1/refund/1", "refund", args)
    refund(processor, charged, 300)

    assert before is None
    assert look_up(processor, "topup/1/1/refund/1", "refund", args).succeeded


def test_save_card_tells_what_may_be_kept(processor: Processor) -> None:
    args = {"token": processor.good, "payer": "", "customer": "CUST-000001"}
    kept = processor.send("save_card", "method/PM-000001", **args)

    assert kept.succeeded
    assert kept.data["payer"].startswith("cus_")
    assert kept.data["last4"] == "4242"
    assert processor.send("save_card", "method/PM-000001", **args) == kept


def test_save_card_may_be_refused(processor: Processor) -> None:
    args = {"token": processor.declined, "payer": "cus_ada", "customer": "CUST-000001"}

    assert processor.send("save_card", "method/PM-000001", **args).refused


def test_previews_assume_a_yes_and_move_nothing(processor: Processor) -> None:
    args = {"token": processor.declined, "payer": "", "customer": "CUST-000001"}
    for method in ("charge", "authorise", "capture", "void", "refund", "save_card"):
        assert processor.cards.preview(method=method, args=args).succeeded
    assert processor.captures() == 0


def step(processor: Processor, method: str, authorised: Any, key: str = "") -> Any:
    reference = authorised.data["reference"]
    return processor.send(method, key or f"order/1/1/{method}", reference=reference)


def refund(processor: Processor, charged: Any, amount: int, part: int = 1) -> Any:
    return processor.send(
        "refund",
        f"topup/1/1/refund/{part}",
        reference=charged.data["reference"],
        amount=amount,
        currency="SGD",
    )


def look_up(processor: Processor, key: str, method: str, args: dict[str, Any]) -> Any:
    return processor.cards.look_up(key=key, method=method, args=args)
