from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.rating.models import Usage
from apps.rating.tests.factories import event, record, stored
from apps.subscription.tests.factories import (
    MB,
    bucket,
    events,
    exhaust,
    grants,
    internal,
    make_line,
    the,
    top_up,
)
from bss.core import clock
from bss.core.context import Context, acting
from bss.core.errors import InvalidArguments
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def statuses(*posted):
    return [answer["status"] for answer in record(*posted)]


def rules_of(*posted):
    return [answer["rule"] for answer in record(*posted)]


def test_the_balance_is_right_when_the_call_returns():
    line = make_line()
    answer = record(event(line, 100))[0]
    assert (answer["status"], answer["rule"]) == ("accepted", None)
    assert grants(line)[0].left == 5020 * MB
    usage = Usage.objects.get_by_id(answer["id"])
    assert (usage.quantity, usage.raw_quantity, usage.kind) == (100 * MB, 100, "data")
    assert usage.period_start == the(line).period_start


def test_a_repeat_is_acknowledged_and_not_counted():
    line = make_line()
    one = event(line, 100)
    assert statuses(one, one, event(line, 50)) == ["accepted", "duplicate", "accepted"]
    assert statuses(one) == ["duplicate"]
    assert bucket(line).used == 150 * MB


def test_two_clients_may_number_their_events_alike():
    line = make_line()
    one = event(line, 5)

    answers = []
    for name in ("north", "south", "north"):
        with acting(Context(actor=f"client:{name}", channel="api", service_identity=name)):
            answers += record(one)

    assert [answer["status"] for answer in answers] == ["accepted", "accepted", "duplicate"]
    assert bucket(line).used == 10 * MB


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": 6},
        {"unit": "kb"},
        {"event_type": "sms"},
        {"msisdn": "90009999"},
        {"roaming_indicator": True},
        {"event_time": "2026-03-02T11:59:00Z"},
    ],
)
def test_an_id_cannot_stand_for_another_event(other):
    line = make_line()
    one = event(line, 5)
    (counted,) = record(one)

    repeat, (same, changed) = record(one), record(one, one | other)

    assert repeat[0]["status"] == same["status"] == "duplicate"
    assert (changed["status"], changed["rule"]) == ("rejected", "usage.record.id_used_once")
    assert one["event_key"] in changed["message"]
    assert bucket(line).used == 5 * MB
    told = StoredEvent.objects.get(name="usage.rejected")
    assert (told.payload["usage_id"], told.aggregate) == (counted["id"], counted["id"])


def test_only_repeats_cost_a_look_at_what_they_repeat():
    line = make_line()
    many = [event(line, 1) for _ in range(20)]
    with CaptureQueriesContext(connection) as first:
        record(*many)
    with CaptureQueriesContext(connection) as second:
        record(*many)

    assert not any("event_key" in query["sql"] and "SELECT" in query["sql"][:6] for query in first)
    looks = [query for query in second if query["sql"].startswith('SELECT "rating_usage"')]
    assert len(looks) == 1


def test_a_batch_of_many_lines_and_kinds():
    first, second = make_line(), make_line("PLAN_M")
    assert (
        statuses(
            event(first, 10),
            event(second, 20),
            event(second, 3, event_type="voice", unit="minutes"),
            event(first, 2, event_type="sms", unit="count"),
            event(second, 1, event_type="data", unit="gb", roaming_indicator=False),
        )
        == ["accepted"] * 5
    )
    assert bucket(first).used == 10 * MB
    assert bucket(second).used == (1024 + 20) * MB
    assert bucket(second, "voice").used == 180


def test_only_changes_are_published():
    line = make_line()
    before = StoredEvent.objects.count()
    record(event(line, 10))
    assert StoredEvent.objects.count() == before
    record(event(line, 2550))
    assert StoredEvent.objects.count() == before + 1


def test_what_nothing_covers_is_kept_with_its_event():
    line = make_line()
    key = event(line, 5000)
    over = event(line, 200)
    record(key, over)
    assert (stored(key["event_key"]).overshoot, stored(over["event_key"]).overshoot) == (
        0,
        80 * MB,
    )
    assert the(line).state == "blocked"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"quantity": 0}, "usage.record.positive_quantity"),
        ({"quantity": 1.5}, "usage.record.positive_quantity"),
        ({"event_type": "video"}, "usage.record.valid_event_type"),
        ({"unit": "minutes"}, "usage.record.valid_unit"),
        ({"event_time": "soon"}, "usage.record.valid_event_time"),
        ({"event_time": "2126-01-01T00:00:00Z"}, "usage.record.not_in_future"),
        ({"msisdn": "99999999"}, "usage.record.subscription_must_exist"),
        ({"msisdn": ""}, "usage.record.subscription_must_exist"),
        ({"roaming_indicator": True}, "subscription.usage_rated.roaming_balance_required"),
    ],
)
def test_a_bad_event_is_kept_told_and_fails_alone(changes, rule):
    line = make_line()
    bad = event(line, **changes)
    assert rules_of(event(line, 7), bad) == [None, rule]
    assert bucket(line).used == 7 * MB
    assert (stored(bad["event_key"]).state, stored(bad["event_key"]).rule) == ("rejected", rule)
    (told,) = events("usage.rejected")
    assert (told["reason"], told["event_key"]) == (rule, bad["event_key"])


def test_a_refusal_is_put_into_words():
    line = make_line()
    (answer,) = record(event(line, roaming_indicator=True))
    assert answer["message"] == f"{line} has no roaming data left."


def test_a_blocked_line_refuses():
    line = make_line()
    exhaust(line)
    assert rules_of(event(line)) == ["usage.record.subscription_must_be_active"]
    assert bucket(line).used == 5120 * MB


def test_calls_beyond_the_bundle_are_refused():
    line = make_line()
    call = {"event_type": "voice", "unit": "minutes"}
    assert rules_of(event(line, 100, **call), event(line, 1, **call)) == [
        None,
        "subscription.usage_rated.balance_required",
    ]


def test_a_plan_without_the_kind():
    line = make_line()
    bucket(line, "sms").delete()
    text = event(line, event_type="sms", unit="count")
    assert rules_of(text) == ["usage.record.plan_must_carry_kind"]


def test_roaming_with_an_allowance():
    line = make_line()
    top_up(line, "VAS_ROAMING_1GB")
    assert statuses(event(line, 1000, roaming_indicator=True)) == ["accepted"]
    assert (bucket(line).used, bucket(line, "data_roaming").used) == (0, 1000 * MB)


def test_a_reused_number_belongs_to_whoever_had_it_then(frozen_clock):
    old = make_line()
    number, during = the(old).msisdn, clock.now()
    frozen_clock.advance("1d")
    run("subscription.terminate", subscription_id=old)
    between = clock.now()
    frozen_clock.advance("91d")
    internal("inventory.msisdn.end_quarantine", msisdns=[number])
    new = make_line(msisdn=number)
    now, then, nobody = (
        event(new, 5),
        event(new, 6, event_time=during.isoformat()),
        event(new, 7, event_time=between.isoformat()),
    )
    assert statuses(now, then, nobody) == ["accepted", "accepted", "rejected"]
    assert (bucket(new).used, bucket(old).used) == (5 * MB, 6 * MB)
    assert stored(then["event_key"]).subscription_id == the(old).pk


def test_late_events_count_in_the_period_of_their_own_time(frozen_clock):
    line = make_line()
    first = the(line)
    during = first.period_start + timedelta(days=29)
    frozen_clock.advance("30d")
    run("subscription.tick_renewals_now")
    late = event(line, 100, event_time=during.isoformat())
    assert statuses(late) == ["accepted"]
    assert stored(late["event_key"]).period_start == first.period_start
    old, new = grants(line)
    assert (old.used, new.used) == (100 * MB, 0)


def test_an_event_after_the_boundary_belongs_to_the_next_period(frozen_clock):
    line = make_line()
    boundary = the(line).period_end
    frozen_clock.advance("31d")
    posted = event(line)
    record(posted)
    assert stored(posted["event_key"]).period_start == boundary


def test_without_a_key_every_post_is_an_event_of_its_own():
    line = make_line()
    one = event(line)
    del one["event_key"]
    assert statuses(one, dict(one)) == ["accepted", "accepted"]


def test_a_batch_has_limits():
    with pytest.raises(InvalidArguments):
        record()
    with pytest.raises(InvalidArguments):
        record(*[{}] * 10_001)


def test_the_clock_may_jump_back(frozen_clock):
    line = make_line()
    frozen_clock.advance("1d")
    exhaust(line)
    frozen_clock.freeze(the(line).activated_at)
    assert statuses(event(line)) == ["accepted"]
    assert bucket(line).overshoot == MB
