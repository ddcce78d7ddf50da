"""Whatever meets on real connections: one wins, the rest wait, and all books agree afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest

from apps.catalog.models import Promotion
from apps.catalog.tests.factories import code_of, make_promotion, make_targeted
from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import create, line_of, make_buyer, payment_of, place, state
from apps.payments.models import Payment
from apps.subscription.models import Renewal
from apps.subscription.tests.factories import MB, exhaust, the, use
from apps.subscription.tests.racing import together
from bss.core import clock
from bss.core.errors import BssError
from bss.core.operations import invoke, run
from bss.core.previews import preview
from bss.core.proposals import confirm, propose
from bss.core.simulated import ledger
from bss.core.sweeps import run_sweep
from tests.crash.harness import counting_sends, sent_twice

pytestmark = pytest.mark.timeout(60)

Drained = Callable[[], None]
ROUNDS = 3


def codes(answers: list[Any]) -> Counter[str]:
    """How often each refusal came; anything else that was raised is a bug."""
    bugs = [one for one in answers if isinstance(one, Exception) and not isinstance(one, BssError)]
    assert bugs == []
    return Counter(one.code for one in answers if isinstance(one, BssError))


def make_line(drained: Drained) -> str:
    """A line in service, as an order makes it."""
    order = create(make_buyer())
    drained()
    return str(line_of(order).public_id)


def captured_at_the_bank() -> int:
    """How often money was taken."""
    return sum(entry.get("how") == "captured" for entry in ledger("cards").all().values())


def test_one_number_wished_for_by_three(drained: Drained) -> None:
    wish = {"offering": "PLAN_S", "msisdn_preference": "90000009"}
    buyers = [make_buyer() for _ in range(3)]
    answers = together(*[lambda buyer=buyer: create(buyer, **wish) for buyer in buyers])
    assert codes(answers) == {"msisdn.reserve.status_must_be_available": 2}
    drained()
    assert [order.state for order in ProductOrder.objects.all()] == ["completed"]


def test_the_last_numbers_are_sold_once(drained: Drained) -> None:
    buyer = make_buyer()
    answers = together(*[lambda: [attempt(buyer) for _ in range(4)]] * 4)
    sold = [one for some in answers for one in some if one.startswith("ORD-")]
    drained()
    assert len(sold) == 12
    assert {state(order) for order in sold} == {"completed"}
    assert len({line_of(order).msisdn for order in sold}) == 12


def attempt(buyer: str) -> str:
    """An order, or why there is none."""
    try:
        return create(buyer)
    except BssError as refusal:
        return refusal.code


def test_the_last_use_of_a_code_has_one_winner(drained: Drained) -> None:
    promotion = make_promotion(max_uses=1)
    buyers = [make_buyer() for _ in range(3)]
    wish = {"offering": "PLAN_S", "discount_code": code_of(promotion)}
    answers = together(*[lambda buyer=buyer: create(buyer, **wish) for buyer in buyers])
    assert codes(answers) == {"catalog.promotion.used_up": 2}
    drained()
    assert [payment.amount for payment in Payment.objects.all()] == [900]
    assert captured_at_the_bank() == 1


def test_the_last_use_of_what_was_assigned_has_one_winner(drained: Drained) -> None:
    buyers = [make_buyer() for _ in range(3)]
    first = make_targeted(*buyers, discount_value="50", max_uses=1)
    make_targeted(*buyers, discount_value="20", max_uses=1)
    answers = together(*[lambda buyer=buyer: create(buyer) for buyer in buyers])
    assert codes(answers) == {}
    drained()
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [500, 800, 1000]
    assert Promotion.objects.get(pk=first).uses == 1


def test_a_use_given_back_meets_those_who_want_it(drained: Drained) -> None:
    promotion = make_promotion(max_uses=1)
    wish = {"offering": "PLAN_S", "discount_code": code_of(promotion)}
    for _ in range(ROUNDS):
        held = place(make_buyer(), **wish)
        buyers = [make_buyer() for _ in range(2)]
        answers = together(
            lambda: run("order.cancel", order_id=held),  # noqa: B023
            *[lambda buyer=buyer: place(buyer, **wish) for buyer in buyers],
        )
        drained()
        won = [one for one in answers[1:] if isinstance(one, str)]
        assert len(won) == 2 - codes(answers)["catalog.promotion.used_up"] <= 1
        for order in won:
            run("order.cancel", order_id=order)


def test_a_top_up_clicked_three_times_is_charged_once(drained: Drained) -> None:
    line = make_line(drained)
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    answers = together(
        *[lambda: invoke("subscription.purchase_vas", wanted, key="click").subject] * 3
    )
    assert len(set(answers)) == 1
    assert captured_at_the_bank() == 2


def test_workers_that_share_the_work_send_everything_once(drained: Drained) -> None:
    buyer = make_buyer()
    orders = [create(buyer, wait=0) for _ in range(5)]
    with counting_sends():
        together(*[drained] * 3)
        drained()
        assert sent_twice() == []
    assert {state(order) for order in orders} == {"completed"}
    assert captured_at_the_bank() == 5


def test_an_end_meets_a_renewal_a_top_up_and_usage(drained: Drained, frozen_clock: Any) -> None:
    for _ in range(ROUNDS):
        line = make_line(drained)
        top_up = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
        frozen_clock.advance("30d")
        answers = together(
            lambda: run_sweep("renewals"),
            lambda: run("subscription.purchase_vas", **top_up),  # noqa: B023
            lambda: use(line, 100 * MB),  # noqa: B023
            lambda: run("subscription.terminate", subscription_id=line),  # noqa: B023
        )
        assert set(codes(answers)) <= {"subscription.vas_purchase.not_if_terminated"}
        drained()
        assert the(line).state == "terminated"
        assert set(Renewal.objects.values_list("state", flat=True)) <= {"granted", "refunded"}
    assert all(
        payment.served_by or payment.refunded == payment.amount
        for payment in Payment.objects.filter(state="captured")
    )


def test_running_dry_meets_top_ups_and_workers(drained: Drained) -> None:
    for _ in range(ROUNDS):
        line = make_line(drained)
        top_up = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
        answers = together(
            lambda: exhaust(line),  # noqa: B023
            lambda: run("subscription.purchase_vas", **top_up),  # noqa: B023
            drained,
            drained,
        )
        assert codes(answers) == {}
        drained()


def test_a_proposal_confirmed_twice_runs_once(drained: Drained) -> None:
    line = make_line(drained)
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    proposal, _ = propose("subscription.purchase_vas", wanted)
    # Threads begin with an empty context; the one who asked is the one who confirms.
    contexts = [copy_context() for _ in range(3)]
    answers = together(
        *[lambda mine=mine: mine.run(confirm, proposal.public_id) for mine in contexts]
    )
    assert codes(answers) == {}
    assert sum(not answer.repeated for answer in answers) == 1
    assert captured_at_the_bank() == 2


def test_a_preview_stands_in_nobodys_way(drained: Drained) -> None:
    buyer = make_buyer()
    wanted = {"customer_id": buyer, "offering_id": "PLAN_S"}
    answers = together(
        *[lambda: [preview("order.create", wanted) for _ in range(4)]] * 2,
        *[lambda: [attempt(buyer) for _ in range(3)]] * 2,
    )
    drained()
    sold = answers[2] + answers[3]
    assert {state(order) for order in sold} == {"completed"}
    refused = [seen.refusal for some in answers[:2] for seen in some if seen.refusal]
    assert {problem.code for problem in refused} <= {"database.busy"}
    assert {payment_of(order).amount for order in sold} == {1000}


def test_two_days_of_renewals_meet_two_sweeps(drained: Drained, frozen_clock: Any) -> None:
    lines = [make_line(drained) for _ in range(3)]
    for number in range(2):
        frozen_clock.advance("30d")
        together(*[lambda: run_sweep("renewals")] * 2, drained)
        drained()
        assert Renewal.objects.filter(state="granted").count() == (number + 1) * len(lines)
    assert captured_at_the_bank() == 3 * len(lines)
    assert all(the(line).period_end > clock.now() for line in lines)
