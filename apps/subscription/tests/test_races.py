"""Two real connections at once; the loser waits, then sees what the winner did."""

import pytest

from apps.payments.models import Payment
from apps.subscription.models import BlockReason, Grant, Renewal
from apps.subscription.tests.factories import (
    MB,
    bucket,
    exhaust,
    grants,
    internal,
    make_line,
    the,
    top_up,
    use,
)
from apps.subscription.tests.racing import together
from bss.core import clock, invariants
from bss.core.errors import PolicyViolation
from bss.core.operations import run

pytestmark = [pytest.mark.usefixtures("transactional_db", "outside"), pytest.mark.timeout(30)]


def all_holds():
    return [verdict for verdict in invariants.check() if not verdict.holds] == []


def test_fifty_decrements_sum_exactly():
    line = make_line()
    together(*[lambda: [use(line, 20 * MB) for _ in range(10)]] * 5)
    assert bucket(line).used == grants(line)[0].used == 1000 * MB


def test_the_last_bytes_are_given_once():
    line = make_line()
    use(line, 5000 * MB)
    charged = sum(together(*[lambda: [use(line, 50 * MB) for _ in range(3)]] * 4), [])
    counted = [one for one in charged if not one.rule]
    assert grants(line)[0].used == 5120 * MB
    assert bucket(line).used == (5000 + 50 * len(counted)) * MB
    assert sum(one.overshoot for one in counted) == bucket(line).overshoot
    assert the(line).state == "blocked"
    assert all_holds()


def test_batches_that_meet_in_opposite_order_do_not_deadlock():
    from apps.subscription.rules import Charge

    lines = [the(make_line()).pk for _ in range(4)]

    def consume(keys):
        batch = [Charge(key, "data", MB, clock.now()) for key in keys]
        return [internal("subscription.consume", batch=batch) for _ in range(8)]

    answers = together(lambda: consume(lines), lambda: consume(lines[::-1]))
    assert not any(isinstance(one, Exception) for one in answers)
    assert set(Grant.objects.filter(kind="data").values_list("used", flat=True)) == {16 * MB}


def test_a_period_is_charged_once(frozen_clock):
    line = make_line()
    frozen_clock.advance("30d")
    answers = together(
        lambda: internal("subscription.open_renewals", subscription_ids=[line]),
        lambda: internal("subscription.open_renewals", subscription_ids=[line]),
        lambda: run("subscription.renew_now", subscription_id=line),
        lambda: run("subscription.renew_now", subscription_id=line),
    )
    refusals = [one.rule for one in answers if isinstance(one, PolicyViolation)]
    assert set(refusals) <= {"subscription.renew.not_due", "subscription.renew.under_way"}
    assert Payment.objects.filter(purpose="renewal").count() == 1
    assert Renewal.objects.get().state == "granted"
    assert len(grants(line)) == 2
    assert all_holds()


def test_two_sweeps_share_the_work(frozen_clock):
    lines = [make_line() for _ in range(6)]
    frozen_clock.advance("30d")
    taken = together(*[lambda: internal("subscription.open_renewals", subscription_ids=lines)] * 2)
    assert sorted(taken[0] + taken[1]) == sorted(lines)
    assert Payment.objects.filter(purpose="renewal", state="captured").count() == 6


def test_use_during_a_top_up_is_lost_to_neither():
    line = make_line()
    together(lambda: top_up(line), *[lambda: [use(line, 100 * MB) for _ in range(5)]] * 3)
    assert bucket(line).used == 1500 * MB
    assert sum(grant.used for grant in grants(line)) == 1500 * MB
    assert all_holds()


def test_an_end_during_use_leaves_nothing_over():
    line = make_line()
    together(
        lambda: run("subscription.terminate", subscription_id=line),
        *[lambda: [use(line, 100 * MB) for _ in range(5)]] * 3,
    )
    assert grants(line)[0].left == 0
    assert all_holds()


def test_a_line_is_blocked_and_brought_back_in_one_order():
    line = make_line()
    exhaust(line)
    together(lambda: top_up(line), lambda: top_up(line))
    assert the(line).state == "active"
    assert the(line).state_reason != BlockReason.EXHAUSTED
    assert len(grants(line)) == 3


def test_a_line_is_activated_once():
    from apps.subscription.tests.factories import make_pending

    line = make_pending()
    activate = {"subscription_id": line, "payment_id": "PAY-000001"}
    together(*[lambda: internal("subscription.activate", **activate)] * 3)
    assert len(grants(line)) == 1


def test_an_empty_line_fills_itself_once():
    line = make_line()
    wish = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB", "monthly_cap": "50.00"}
    run("subscription.agree_auto_top_up", **wish)
    exhaust(line)
    fill = {"subscription_id": line, "kind": "data"}
    answers = together(*[lambda: internal("subscription.top_up_by_itself", **fill)] * 4)
    assert answers == [None] * 4
    assert Payment.objects.filter(purpose="topup").count() == 1
    assert (the(line).state, len(grants(line))) == ("active", 2)
    assert all_holds()
