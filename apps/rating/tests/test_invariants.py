from datetime import timedelta

import pytest

from apps.rating.models import Usage
from apps.rating.tests.factories import event, record
from apps.subscription.models import Bucket
from apps.subscription.tests.factories import make_line
from bss.core import clock, invariants

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def broken(**args):
    verdicts = {one.name: one.broken for one in invariants.check(**args)}
    return verdicts["rating.usage_is_counted"]


def test_counted_usage_adds_up():
    line = make_line()
    record(event(line, 100), event(line, 6000), event(line, 5), event(line, 1))
    assert broken() == []


def test_a_bucket_that_counted_too_little_is_found():
    line = make_line()
    record(event(line, 100))
    Bucket.objects.filter(kind="data").update(used=1)
    assert [(row["kind"], row["used"]) for row in broken()] == [("data", 1)]


def test_lost_usage_is_found_among_what_was_touched():
    line = make_line()
    record(event(line, 100), event(line, 50))
    Usage.objects.filter(raw_quantity=50).delete()
    assert len(broken(since=clock.now() - timedelta(minutes=1), full=False)) == 1
    assert broken(since=clock.now() + timedelta(minutes=1), full=False) == []
