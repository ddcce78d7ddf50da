import pytest

from apps.rating.models import Usage
from apps.rating.tests.factories import event, record, simulate
from apps.subscription.tests.factories import MB, bucket, events, exhaust, make_line, the
from bss.core import clock
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")

USG = """
    id href msisdn subscriptionId eventType eventTime quantity unit source rawCdrRef processed
    processingError roamingIndicator
"""


def test_it_counts_and_shows_the_event():
    line = make_line()
    shown = simulate(line, 100)
    assert set(USG.split()) <= set(shown)
    assert (shown["subscriptionId"], shown["quantity"], shown["processed"]) == (line, 100, True)
    assert shown["eventTime"] == clock.now().isoformat()
    assert bucket(line).used == 100 * MB


def test_what_nothing_covers_abroad_is_shown_as_not_processed():
    line = make_line()
    shown = simulate(line, roaming_indicator=True)
    assert shown["processed"] is False
    assert shown["processingError"] == "subscription.usage_rated.roaming_balance_required"
    assert events("usage.rejected")[0]["reason"] == shown["processingError"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"quantity": 0}, "usage.record.positive_quantity"),
        ({"event_type": "video"}, "usage.record.valid_event_type"),
        ({"unit": "miles"}, "usage.record.valid_unit"),
        ({"msisdn": "99999999"}, "usage.record.subscription_must_exist"),
        ({"event_time": "2126-01-01T00:00:00Z"}, "usage.record.not_in_future"),
    ],
)
def test_what_nobody_can_count_is_refused_and_kept(changes, rule, refused):
    line = make_line()
    with refused(rule):
        simulate(line, **changes)
    assert Usage.objects.get().rule == rule


def test_a_blocked_line_refuses(refused):
    line = make_line()
    exhaust(line)
    with refused("usage.record.subscription_must_be_active"):
        simulate(line)


def test_a_plan_without_the_kind_refuses(refused):
    line = make_line()
    bucket(line, "sms").delete()
    with refused("usage.record.plan_must_carry_kind"):
        simulate(line, event_type="sms", unit="count")


def test_history_is_newest_first_and_can_be_narrowed(frozen_clock):
    line, other = make_line(), make_line()
    for quantity in (1, 2, 3):
        frozen_clock.advance("1h")
        record(event(line, quantity), event(other, 9))
    record(event(line, 5, event_type="sms", unit="count"))

    def quantities(**wanted):
        return [shown["quantity"] for shown in run("usage.history", **wanted)]

    assert quantities(subscription_id=line) == [5, 3, 2, 1]
    assert quantities(subscription_id=line, event_type="data", limit=2) == [3, 2]
    assert quantities(msisdn=the(other).msisdn) == [9, 9, 9]
    assert quantities(subscription_id=line, since=clock.now().isoformat()) == [5, 3]
    assert len(run("usage.history", limit=3)) == 3
