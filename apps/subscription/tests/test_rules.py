from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.subscription import rules
from apps.subscription.rules import UNLIMITED, Account, Charge, Pool, Terms

ZONE = "Asia/Singapore"
DAYS = Terms(30, "day")
MONTH = Terms(1, "month")
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
TERMS = st.builds(Terms, length=st.integers(1, 60), unit=st.sampled_from(["day", "month"]))


def day(number, month=1, hour=12):
    return datetime(2026, month, number, hour, tzinfo=UTC)


def pool(total, used=0, begins=0, ends=30, gone=0):
    starts = START + timedelta(days=begins)
    return Pool(1, total, used, gone, starts, START + timedelta(days=ends))


@pytest.mark.parametrize(
    ("anchor", "number", "expected"),
    [
        (day(31), 1, day(28, month=2)),
        (day(31), 2, day(31, month=3)),
        (day(31), 3, day(30, month=4)),
        (day(15), 11, day(15, month=12)),
        (day(15), 0, day(15)),
        # 17:00 UTC on the 30th is already the 31st in Singapore.
        (day(30, hour=17), 1, day(27, month=2, hour=17)),
        (day(30, hour=17), 2, day(30, month=3, hour=17)),
    ],
)
def test_months_keep_the_day_of_the_anchor_in_the_operators_zone(anchor, number, expected):
    assert rules.boundary(anchor, MONTH, number, ZONE) == expected


def test_a_month_keeps_the_hour_when_the_clocks_change():
    anchor = datetime(2026, 3, 1, 8, tzinfo=UTC)  # 09:00 in Berlin
    assert rules.boundary(anchor, MONTH, 1, "Europe/Berlin") == datetime(2026, 4, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("paid_until", "now", "start"),
    [
        (day(31), day(31), 30),  # on time
        (day(31), day(31) + timedelta(days=3), 30),  # a little late: the same period
        (day(31), day(31) + timedelta(days=65), 90),  # two periods missed: the one that holds now
        (day(31), day(20), 30),  # before the boundary: the one that follows
    ],
)
def test_a_renewal_opens_the_period_that_holds_now(paid_until, now, start):
    period = rules.period_to_open(day(1), DAYS, ZONE, paid_until, now)
    assert period.start == day(1) + timedelta(days=start)


@given(MOMENTS, MOMENTS, TERMS)
def test_every_moment_lies_in_exactly_one_period(anchor, at, terms):
    number = rules.number_at(anchor, terms, ZONE, at)
    assert rules.period_number(anchor, terms, ZONE, number).holds(at)
    assert not rules.period_number(anchor, terms, ZONE, number + 1).holds(at)


@given(MOMENTS, TERMS, st.integers(-5, 50))
def test_periods_touch_without_gap_or_overlap(anchor, terms, number):
    before = rules.period_number(anchor, terms, ZONE, number)
    after = rules.period_number(anchor, terms, ZONE, number + 1)
    assert before.start < before.end == after.start


@pytest.mark.parametrize(
    ("pools", "quantity", "taken", "over"),
    [
        ([pool(100)], 40, [40], 0),
        ([pool(100), pool(50)], 120, [100, 20], 0),
        ([pool(100), pool(50)], 200, [100, 50], 50),
        ([pool(100, used=100), pool(50)], 10, [0, 10], 0),
        ([pool(100, gone=70)], 40, [30], 10),
        ([pool(UNLIMITED, ends=1), pool(50)], 999, [999, 0], 0),
        ([pool(50), pool(UNLIMITED)], 60, [50, 10], 0),
        ([pool(100, ends=0), pool(50)], 10, [0, 10], 0),  # over already
        ([pool(100, begins=5), pool(50)], 10, [0, 10], 0),  # not yet begun
        ([], 10, [], 10),
    ],
)
def test_what_expires_first_is_used_first(pools, quantity, taken, over):
    assert rules.consume(pools, quantity, START) == over
    assert [each.taken for each in pools] == taken


@pytest.mark.parametrize(
    ("granted", "used", "reached"),
    [
        (100, 49, 0), (100, 50, 50), (100, 79, 50), (100, 80, 80), (100, 99, 80),
        (100, 100, 100), (100, 150, 100), (0, 0, 100), (UNLIMITED, 10**12, 0),
    ],
)  # fmt: skip
def test_levels(granted, used, reached):
    assert rules.level(granted, used) == reached


POOLS = st.lists(
    st.builds(
        pool,
        total=st.integers(0, 1000) | st.just(UNLIMITED),
        begins=st.integers(-5, 5),
        ends=st.integers(-5, 40),
    ),
    max_size=6,
)
QUANTITIES = st.lists(st.integers(1, 700), max_size=12)


@given(POOLS, QUANTITIES)
def test_nothing_is_lost_and_no_pool_overdrawn(pools, quantities):
    over = sum(rules.consume(pools, quantity, START) for quantity in quantities)
    assert sum(each.taken for each in pools) + over == sum(quantities)
    assert all(each.unlimited or each.left >= 0 for each in pools)


@given(POOLS, st.integers(1, 5000))
def test_overshoot_only_when_nothing_is_left(pools, quantity):
    if rules.consume(pools, quantity, START):
        assert rules.exhausted(pools, START)


@given(POOLS, st.integers(1, 5000))
def test_more_use_never_lowers_the_level(pools, quantity):
    before = rules.level(*rules.totals(pools, START))
    rules.consume(pools, quantity, START)
    assert rules.level(*rules.totals(pools, START)) >= before


def account(*kinds, **pools):
    return Account(1, None, {kind: [] for kind in kinds} | pools)


def charge(kind, quantity, at=START):
    return Charge(1, kind, quantity, at)


@pytest.mark.parametrize(
    ("account", "kind", "rule"),
    [
        (account("data"), "sms", rules.NOT_IN_PLAN),
        (account("data"), "data_roaming", rules.NO_ROAMING),
        (account("data_roaming"), "data_roaming", rules.NO_ROAMING),
        (account(voice=[pool(10, used=10)]), "voice", rules.NOTHING_LEFT),
        (account("data"), "data", ""),
        (account(voice=[pool(10, used=9)]), "voice", ""),
        (Account(1, START, {"data": [pool(10)]}), "data", rules.NOT_IN_SERVICE),
    ],
)
def test_refusals(account, kind, rule):
    assert account.charge(charge(kind, 5), START).rule == rule


def test_what_happened_before_the_stop_is_counted_however_late():
    stopped = Account(1, START, {"data": [pool(10, begins=-3)]})
    charged = stopped.charge(charge("data", 15, START - timedelta(minutes=1)), START)
    assert (charged.rule, charged.overshoot) == ("", 5)


def test_the_last_byte_stops_the_line():
    line = account(data=[pool(10)])
    line.charge(charge("data", 10), START)
    assert line.stopped_at == START
    assert line.charge(charge("data", 1), START).rule == rules.NOT_IN_SERVICE


def test_the_last_roaming_byte_does_not():
    line = account(data=[pool(10)], data_roaming=[pool(10)])
    line.charge(charge("data_roaming", 10), START)
    assert line.stopped_at is None


CHARGES = st.lists(
    st.builds(charge, kind=st.sampled_from(rules.KINDS), quantity=st.integers(1, 400)), max_size=12
)
ROOM = st.integers(0, 1000) | st.just(UNLIMITED)


@settings(max_examples=60)
@given(CHARGES, ROOM, ROOM, st.integers(0, 12))
def test_a_batch_is_the_same_as_its_parts(charges, data, voice, cut):
    def fresh():
        return {1: account("sms", data=[pool(data)], voice=[pool(voice)])}

    whole, parts = fresh(), fresh()
    at_once = rules.charge_all(whole, charges, START)
    in_two = rules.charge_all(parts, charges[:cut], START)
    in_two += rules.charge_all(parts, charges[cut:], START)
    assert at_once == in_two
    assert whole[1].used == parts[1].used
