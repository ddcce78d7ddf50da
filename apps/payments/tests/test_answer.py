"""Answers that come late or by another way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.payments import queries
from apps.payments.gateways import MockCards
from apps.payments.models import Payment, Receipt
from apps.payments.tasks import due_questions
from bss.core import clock
from bss.core.calls import succeeded
from bss.core.errors import Conflict, PermissionDenied
from bss.core.models import Call
from bss.core.operations import run
from bss.core.sweeps import run_sweep

from .factories import make_captured, make_card, make_customer, open_payment, use

SWEEP = "parked payments"


@pytest.fixture
def undecided(ada: str) -> Payment:
    """A payment whose bank does not say."""
    make_card(ada, "4000-UNKNOWN-1")
    payment = open_payment(ada, wait=1.0)
    assert payment.state == "unknown"
    return payment


def test_a_late_success_settles_by_look_up(undecided: Payment, drain: object) -> None:
    MockCards().decide(f"{undecided.key}/1", succeeded(reference="mock_late"))
    drain()  # type: ignore[operator]
    undecided.refresh_from_db()

    assert (undecided.state, undecided.reference) == ("captured", "mock_late")
    assert undecided.served_by


def test_a_lost_answer_settles_by_look_up(ada: str, drain: object) -> None:
    make_card(ada, "4000-TIMEOUT-1")
    payment = open_payment(ada, wait=1.0)
    assert payment.state == "unknown"
    drain()  # type: ignore[operator]
    payment.refresh_from_db()

    assert payment.state == "captured"
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(("kind", "state"), [("succeeded", "captured"), ("refused", "declined")])
def test_an_answer_by_another_way_ends_the_same_call(
    undecided: Payment, drain: object, kind: str, state: str
) -> None:
    answer(undecided, kind=kind)
    drain()  # type: ignore[operator]
    undecided.refresh_from_db()

    assert (undecided.state, undecided.reference) == (state, "ch_9")
    assert Call.objects.get(gateway="cards").state == "done"


def test_a_later_step_is_reconciled_too(ada: str, card: str, drain: object) -> None:
    payment = open_payment(ada, capture="later", wait=1.0)
    use("payment.capture", payment_id=payment.public_id)
    payment.refresh_from_db()
    answer(payment)
    drain()  # type: ignore[operator]
    payment.refresh_from_db()

    assert payment.state == "captured"


def test_only_the_first_answer_counts(undecided: Payment, drain: object) -> None:
    answer(undecided)
    with pytest.raises(Conflict):
        answer(undecided, kind="refused")
    drain()  # type: ignore[operator]
    with pytest.raises(Conflict):
        answer(undecided)


def test_who_waits_for_nothing_is_told_nothing(ada: str, card: str) -> None:
    with pytest.raises(Conflict):
        answer(make_captured(ada))


def test_a_question_given_up_is_asked_again(undecided: Payment, drain: object) -> None:
    Call.objects.update(state="parked", attempts=12, run_at=clock.real() - timedelta(minutes=1))
    MockCards().decide(f"{undecided.key}/1", succeeded(reference="mock_late"))

    assert len(due_questions(10)) == run_sweep(SWEEP) == 1
    drain()  # type: ignore[operator]
    undecided.refresh_from_db()
    assert undecided.state == "captured"


def test_a_question_given_up_just_now_waits_an_hour(undecided: Payment) -> None:
    Call.objects.update(state="parked", run_at=clock.real() + timedelta(minutes=59))

    assert due_questions(10) == []


def test_a_failed_settler_is_left_to_people(undecided: Payment) -> None:
    answered = succeeded().stored()
    Call.objects.update(state="parked", outcome=answered, run_at=clock.real() - timedelta(days=1))

    assert due_questions(10) == []


def test_after_a_day_it_is_on_the_work_list(
    undecided: Payment, frozen_clock: object, as_role: object
) -> None:
    Payment.objects.update(state_changed_at=clock.now())
    frozen_clock.advance("23h")  # type: ignore[attr-defined]
    assert list(queries.unknown_for(24)) == []
    frozen_clock.advance("1h")  # type: ignore[attr-defined]

    with as_role("finance"):  # type: ignore[operator]
        (shown,) = run("payment.list_waiting")
    assert (shown["id"], shown["state"]) == (undecided.public_id, "unknown")
    with as_role("care"), pytest.raises(PermissionDenied):  # type: ignore[operator]
        run("payment.list_waiting")


def test_an_authorised_payment_at_rest_waits_for_nobody(committed: None) -> None:
    ada = make_customer()
    make_card(ada)
    open_payment(ada, capture="later", wait=1.0)

    assert list(queries.unknown_for(0)) == []


def answer(payment: Payment, kind: str = "succeeded") -> None:
    use("payment.answer", payment_id=payment.public_id, kind=kind, reference="ch_9")
