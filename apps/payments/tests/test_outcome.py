"""What each outcome of each step does to a payment."""

from __future__ import annotations

import pytest

from apps.payments.models import LedgerEntry, Payment, Receipt
from bss.core.calls import Outcome, refused, succeeded
from bss.core.errors import Conflict, PolicyViolation
from bss.core.lifecycle import lifecycles
from bss.core.models import StateHistory, StoredEvent
from bss.core.operations import run

from .factories import make_captured, make_card, open_payment, record, use

YES, NO, NOBODY_KNOWS = succeeded(reference="r1"), refused("no", "No"), Outcome("unknown")


@pytest.mark.parametrize(
    ("capture", "outcome", "state"),
    [
        ("now", YES, "captured"),
        ("now", NO, "declined"),
        ("now", NOBODY_KNOWS, "unknown"),
        ("later", YES, "authorised"),
        ("later", NO, "declined"),
        ("later", NOBODY_KNOWS, "unknown"),
    ],
)
def test_first_step(ada: str, card: str, capture: str, outcome: Outcome, state: str) -> None:
    payment = open_payment(ada, capture=capture)
    record(payment, outcome)

    assert payment.state == state
    assert payment.attempts.get().state == state
    assert bool(payment.awaiting) == (state == "unknown")


@pytest.mark.parametrize(
    ("step", "outcome", "state"),
    [
        ("capture", YES, "captured"),
        ("capture", NO, "declined"),
        ("capture", NOBODY_KNOWS, "unknown"),
        ("void", YES, "voided"),
        ("void", NO, "authorised"),
        ("void", NOBODY_KNOWS, "unknown"),
    ],
)
def test_later_step(ada: str, card: str, step: str, outcome: Outcome, state: str) -> None:
    payment = make_authorised(ada)
    ask(payment, step)
    record(payment, outcome)

    assert payment.state == state
    assert payment.attempts.get().state == state


@pytest.mark.parametrize(
    ("step", "outcome", "state"),
    [
        ("charge", YES, "captured"),
        ("charge", NO, "declined"),
        ("authorise", YES, "authorised"),
        ("authorise", NO, "declined"),
        ("capture", YES, "captured"),
        ("capture", NO, "declined"),
        ("void", YES, "voided"),
        ("void", NO, "authorised"),
    ],
)
def test_from_unknown(ada: str, card: str, step: str, outcome: Outcome, state: str) -> None:
    if step in ("capture", "void"):
        payment = make_authorised(ada)
        ask(payment, step)
    else:
        payment = open_payment(ada, capture="now" if step == "charge" else "later")
    record(payment, NOBODY_KNOWS)
    record(payment, outcome)

    assert payment.state == state


def test_unknown_is_told_once(ada: str, card: str) -> None:
    payment = open_payment(ada)

    assert record(payment, NOBODY_KNOWS) == payment
    assert record(payment, NOBODY_KNOWS) is None
    assert StoredEvent.objects.filter(name="payment.unknown").count() == 1


@pytest.mark.parametrize("second", [YES, NO, NOBODY_KNOWS])
def test_a_final_payment_stays(ada: str, card: str, second: Outcome) -> None:
    payment = make_captured(ada)

    assert record(payment, second) is None
    assert payment.state == "captured"
    assert Receipt.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def test_served_by_is_noted_only_at_capture(ada: str, card: str) -> None:
    declined = open_payment(ada)
    record(declined, NO, served_by="SUB-000001")
    captured = open_payment(ada)
    record(captured, YES, served_by="SUB-000001")

    assert declined.served_by == ""
    assert declined.served_at is None
    assert captured.served_by == "SUB-000001"
    assert captured.served_at == captured.captured_at


def test_a_payment_serves_once(ada: str, card: str) -> None:
    payment = make_captured(ada)
    for _ in range(2):
        use("payment.mark_served", payment_id=payment.public_id, by="SUB-000001")
    with pytest.raises(Conflict):
        use("payment.mark_served", payment_id=payment.public_id, by="SUB-000002")
    payment.refresh_from_db()

    assert payment.served_by == "SUB-000001"


def test_only_captured_money_serves(ada: str, card: str) -> None:
    with pytest.raises(Conflict):
        use("payment.mark_served", payment_id=open_payment(ada).public_id, by="SUB-000001")


def test_the_captured_reference_replaces_the_authorised_one(ada: str, card: str) -> None:
    payment = make_authorised(ada)
    ask(payment, "capture")
    record(payment, succeeded())

    assert payment.reference == "r1"


def test_capture_and_void_are_asked_once(ada: str, card: str) -> None:
    for step in ("capture", "void"):
        payment = make_authorised(ada)
        ask(payment, step)
        ask(payment, step)
        record(payment, YES)
        ask(payment, step)
        assert StateHistory.objects.filter(aggregate=payment.public_id).count() == 2


@pytest.mark.parametrize("step", ["capture", "void"])
def test_what_is_not_authorised_has_no_later_step(ada: str, card: str, step: str) -> None:
    for payment in (open_payment(ada), make_busy(ada, "void" if step == "capture" else "capture")):
        with pytest.raises(PolicyViolation) as refusal:
            ask(payment, step)
        assert refusal.value.rule == f"payment.{step}.not_authorised"


def test_void_keeps_its_reason(ada: str, card: str) -> None:
    payment = make_authorised(ada)
    ask(payment, "void")
    record(payment, YES)

    assert payment.state_reason == "Changed mind"
    event = StoredEvent.objects.get(name="payment.voided")
    assert event.payload["reason"] == "Changed mind"


def test_through_the_processor_and_back(ada: str, card: str) -> None:
    payment = open_payment(ada, capture="later", wait=1.0)
    use("payment.capture", payment_id=payment.public_id, wait=1.0)

    shown = run("payment.get", payment_id=payment.public_id)
    assert shown["state"] == "captured"
    assert shown["receipt"]["total"] == "10.00"


def test_a_capture_the_bank_refuses_ends_declined(ada: str) -> None:
    make_card(ada, "4000-NOCAPTURE-1")
    payment = open_payment(ada, capture="later", wait=1.0)
    use("payment.capture", payment_id=payment.public_id, wait=1.0)
    payment.refresh_from_db()

    assert payment.state == "declined"
    assert not LedgerEntry.objects.exists()


def test_a_void_the_bank_refuses_keeps_the_reservation(ada: str) -> None:
    make_card(ada, "4000-NOVOID-1")
    payment = open_payment(ada, capture="later", wait=1.0)
    use("payment.void", payment_id=payment.public_id, reason="Changed mind", wait=1.0)
    payment.refresh_from_db()

    assert (payment.state, payment.awaiting) == ("authorised", "")


PAIRS = [
    (noun, state, trigger)
    for noun in ("payment", "payment_method", "refund")
    for state in lifecycles[noun].states
    for trigger in sorted(
        {name for moves in lifecycles[noun].transitions.values() for name in moves}
    )
]


@pytest.mark.parametrize(("noun", "state", "trigger"), PAIRS)
def test_every_trigger_moves_or_is_refused(noun: str, state: str, trigger: str) -> None:
    table = lifecycles[noun]
    if trigger in table.triggers(state):
        assert table.target("X-1", state, trigger) in table.states
    else:
        with pytest.raises(PolicyViolation) as refusal:
            table.target("X-1", state, trigger)
        assert refusal.value.rule == f"{noun}.transition.invalid"


def make_authorised(customer_id: str) -> Payment:
    payment = open_payment(customer_id, capture="later")
    record(payment, YES)
    return payment


def make_busy(customer_id: str, step: str) -> Payment:
    payment = make_authorised(customer_id)
    ask(payment, step)
    return payment


def ask(payment: Payment, step: str) -> None:
    reason = {"reason": "Changed mind"} if step == "void" else {}
    use(f"payment.{step}", payment_id=payment.public_id, **reason)
