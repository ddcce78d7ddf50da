from datetime import timedelta

import pytest

from apps.subscription.rules import NO_ROAMING, NOT_IN_PLAN, NOT_IN_SERVICE, NOTHING_LEFT, Charge
from apps.subscription.tests.factories import (
    MB,
    balance,
    bucket,
    events,
    exhaust,
    grants,
    internal,
    make_line,
    the,
    top_up,
    use,
)
from bss.core import clock
from bss.core.models import StateHistory

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_use_is_taken_and_counted_to_the_byte():
    line = make_line()
    use(line, 3 * MB + 1)
    assert bucket(line).used == grants(line)[0].used == 3 * MB + 1
    assert balance(line)["remaining"] == 5116


def test_unlimited_use_is_counted_too():
    line = make_line("PLAN_M")
    use(line, 600, "voice")
    assert balance(line, "voice")["remaining"] == -1
    assert (bucket(line, "voice").used, balance(line, "voice")["consumed"]) == (600, 10)


def test_the_last_byte_blocks_the_line():
    line = make_line()
    exhaust(line)
    found = the(line)
    assert (found.state, found.state_reason) == ("blocked", "exhausted")
    assert [told["kind"] for told in events("subscription.exhausted")] == ["data"]
    assert [told["reason"] for told in events("subscription.blocked")] == ["exhausted"]
    assert StateHistory.objects.filter(aggregate=line, trigger="block").count() == 1


def test_what_nothing_covers_is_overshoot_not_clamped():
    line = make_line()
    assert use(line, 5121 * MB).overshoot == MB
    assert (bucket(line).used, bucket(line).overshoot) == (5121 * MB, MB)
    assert (balance(line)["remaining"], balance(line)["overshoot"]) == (0, 1)


@pytest.mark.parametrize(
    ("quantity", "told"), [(49, []), (50, [50]), (79, [50]), (80, [80]), (99, [80])]
)
def test_thresholds(quantity, told):
    line = make_line()
    use(line, quantity * 5120 * MB // 100)
    use(line, 1)
    assert [event["percent"] for event in events("subscription.threshold_reached")] == told


def test_each_threshold_is_told_once():
    line = make_line()
    for _ in range(9):
        use(line, 512 * MB)
    told = events("subscription.threshold_reached")
    assert [(event["kind"], event["percent"]) for event in told] == [("data", 50), ("data", 80)]


def test_a_blocked_line_refuses_what_comes_after():
    line = make_line()
    exhaust(line)
    assert use(line, MB).rule == NOT_IN_SERVICE
    assert bucket(line).used == 5120 * MB


def test_what_came_before_the_block_is_counted_however_late(frozen_clock):
    line = make_line()
    before = clock.now()
    frozen_clock.advance("1h")
    exhaust(line)
    assert use(line, MB, at=before).overshoot == MB
    assert bucket(line).used == 5121 * MB


@pytest.mark.parametrize("kind", ["voice", "sms"])
def test_calls_and_messages_are_capped_but_do_not_block(kind):
    line = make_line()
    use(line, 100 * (60 if kind == "voice" else 1), kind)
    assert use(line, 1, kind).rule == NOTHING_LEFT
    assert the(line).state == "active"
    assert [told["kind"] for told in events("subscription.exhausted")] == [kind]


def test_the_call_that_goes_over_is_counted_whole():
    line = make_line()
    assert use(line, 6060, "voice").overshoot == 60
    assert bucket(line, "voice").used == 6060


def test_roaming_needs_its_own_allowance_and_never_blocks():
    line = make_line()
    assert use(line, MB, "data_roaming").rule == NO_ROAMING
    top_up(line, "VAS_ROAMING_1GB")
    assert use(line, 1024 * MB, "data_roaming").rule == ""
    assert use(line, MB, "data_roaming").rule == NO_ROAMING
    assert (the(line).state, bucket(line).used) == ("active", 0)


def test_a_kind_that_the_plan_lacks():
    line = make_line()
    bucket(line, "sms").delete()
    assert use(line, 1, "sms").rule == NOT_IN_PLAN


def test_what_expires_first_is_used_first():
    line = make_line()
    top_up(line, "VAS_UNLIMITED_DAY")
    use(line, 9000 * MB)
    day_pass, plan = grants(line)
    assert (day_pass.used, plan.used) == (9000 * MB, 0)
    assert the(line).state == "active"


def test_a_day_pass_ends_after_a_day(frozen_clock):
    line = make_line()
    top_up(line, "VAS_UNLIMITED_DAY")
    assert balance(line)["remaining"] == -1
    frozen_clock.advance("24h")
    assert balance(line)["remaining"] == 5120
    use(line, 20 * MB)
    assert balance(line)["remaining"] == 5100


def test_after_the_boundary_there_is_nothing_to_use(frozen_clock):
    line = make_line()
    frozen_clock.advance("30d")
    assert use(line, MB).overshoot == MB
    assert (the(line).state, the(line).state_reason) == ("blocked", "exhausted")


def test_late_use_counts_in_the_period_of_its_own_time(frozen_clock):
    line = make_line()
    during = clock.now() + timedelta(days=1)
    frozen_clock.advance("30d")
    internal("subscription.close_grants", subscription_ids=[the(line).pk])
    assert grants(line)[0].expired == 5120 * MB
    assert use(line, 20 * MB, at=during).overshoot == 0
    assert (grants(line)[0].used, grants(line)[0].expired) == (20 * MB, 5100 * MB)
    assert the(line).state == "blocked"  # what is granted now is nothing


def test_a_clock_that_jumped_back_takes_nothing_from_the_future(frozen_clock):
    line = make_line()
    assert use(line, MB, at=clock.now() - timedelta(days=1)).overshoot == MB
    assert grants(line)[0].used == 0


def test_a_batch_of_many_lines():
    lines = [the(make_line()) for _ in range(3)]
    batch = [Charge(line.pk, "data", 2000 * MB, clock.now()) for line in lines for _ in range(3)]
    charged = internal("subscription.consume", batch=batch)
    assert [one.overshoot // MB for one in charged] == [0, 0, 880] * 3
    assert {the(line.public_id).state for line in lines} == {"blocked"}
    assert internal("subscription.consume", batch=[]) == []
