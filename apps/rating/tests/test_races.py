"""Two real connections at once: the same event is counted once."""

import pytest

from apps.rating.models import Usage
from apps.rating.tests.factories import event, record
from apps.subscription.tests.factories import MB, bucket, make_line
from apps.subscription.tests.racing import together
from bss.core import invariants

pytestmark = [pytest.mark.usefixtures("transactional_db", "outside"), pytest.mark.timeout(30)]


def test_the_same_event_from_two_sides():
    line = make_line()
    one = event(line, 100)
    answers = together(*[lambda: record(one)[0]["status"]] * 4)
    assert sorted(answers) == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert bucket(line).used == 100 * MB


def test_batches_that_share_events_in_opposite_order():
    first, second = make_line(), make_line()
    events = [event(line, 1) for line in (first, second) for _ in range(20)]
    answers = together(
        lambda: record(*events), lambda: record(*events[::-1]), lambda: record(*events[10:30])
    )
    statuses = [one["status"] for answer in answers for one in answer]
    assert statuses.count("accepted") == 40
    assert bucket(first).used == bucket(second).used == 20 * MB
    assert Usage.objects.count() == 40
    assert all(verdict.holds for verdict in invariants.check())


def test_fifty_posts_on_one_line():
    line = make_line()
    together(*[lambda: [record(event(line, 10)) for _ in range(10)]] * 5)
    assert bucket(line).used == 500 * MB
