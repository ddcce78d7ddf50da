from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rating import rules


def spare():
    """The key of an event that has none."""
    return "spare"


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event_type", "quantity", "unit", "roaming", "expected"),
    [
        ("data", 3, "mb", False, ("data", 3 * 1024**2)),
        ("data", 1, "gb", False, ("data", 1024**3)),
        ("data", 5, "kb", False, ("data", 5120)),
        ("data", 5, "bytes", True, ("data_roaming", 5)),
        ("voice", 2, "minutes", False, ("voice", 120)),
        ("voice_minutes", 2, "minutes", True, ("voice", 120)),
        ("voice", 61, "seconds", False, ("voice", 61)),
        ("sms", 4, "count", True, ("sms", 4)),
        ("data", 0, "mb", False, rules.POSITIVE),
        ("data", -1, "mb", False, rules.POSITIVE),
        ("data", 10**16, "mb", False, rules.POSITIVE),
        ("video", 1, "mb", False, rules.KNOWN_TYPE),
        ("data", 1, "minutes", False, rules.KNOWN_UNIT),
        ("sms", 1, "mb", False, rules.KNOWN_UNIT),
        ("voice", 1, "", False, rules.KNOWN_UNIT),
    ],
)
def test_rating(event_type, quantity, unit, roaming, expected):
    assert rules.rate(event_type, quantity, unit, roaming=roaming) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), ("5", 5), (5.0, 5), (5.5, 0), ("x", 0), (None, 0), (True, 0), ("inf", 0), ([], 0)],
)
def test_quantities(value, expected):
    assert rules.read_quantity(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, NOW),
        ("2026-03-02T20:00:00+08:00", NOW),
        ("2026-03-02T12:00:00Z", NOW),
        ("2026-03-02T12:00:00", NOW),
        (NOW, NOW),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_times(value, expected):
    assert rules.read_time(value, NOW) == expected


@pytest.mark.parametrize(
    "raw",
    [
        {"event_key": "k", "event_type": "data", "event_time": NOW, "roaming_indicator": True},
        {"eventKey": "k", "eventType": "data", "eventTime": NOW.isoformat(), "roamingIndicator": 1},
        {"id": "k", "usageType": "data", "usageDate": NOW.isoformat(), "roamingIndicator": "yes"},
    ],
)
def test_every_spelling_reads_the_same(raw):
    raw |= {"msisdn": "90000001", "quantity": 1, "unit": "mb"}
    event = rules.read(raw, NOW, spare, "cli")
    assert (event.key, event.kind, event.quantity) == ("k", "data_roaming", 1024**2)
    assert (event.at, event.source, event.rule) == (NOW, "cli", "")


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (NOW + timedelta(minutes=4), ""),
        (NOW + timedelta(minutes=6), rules.NOT_AHEAD),
        ("soon", rules.KNOWN_TIME),
    ],
)
def test_events_of_the_future(at, rule):
    raw = {"event_type": "sms", "quantity": 1, "unit": "count", "event_time": at}
    assert rules.read(raw, NOW, spare, "cli").rule == rule


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
NAMES = st.sampled_from(
    ["event_key", "msisdn", "event_type", "quantity", "unit", "event_time", "roaming_indicator"]
)


@given(st.dictionaries(NAMES, JUNK))
def test_whatever_comes_is_read_or_refused(raw):
    event = rules.read(raw, NOW, spare, "cli")
    assert event.rule or (event.quantity > 0 and event.kind)
    assert event.key


@pytest.mark.parametrize(
    ("event_type", "quantity", "unit"),
    [("data", 8_796_093_022_207, "mb"), ("voice", 32 * 1440, "minutes"), ("sms", 10**7, "count")],
)
def test_no_event_is_larger_than_an_event_can_be(event_type, quantity, unit):
    assert rules.rate(event_type, quantity, unit, roaming=False) == rules.POSITIVE


@pytest.mark.parametrize(("said", "meant"), [("no", False), ("maybe", False), ("true", True)])
def test_roaming_is_said_plainly(said, meant):
    raw = {"msisdn": "90000000", "quantity": 1, "unit": "mb", "roamingIndicator": said}
    event = rules.read(raw, datetime(2026, 3, 2, tzinfo=UTC), lambda: "k", "test")
    assert event.roaming is meant
