"""Numbers are added by range, looked at and counted."""

import pytest

from apps.provisioning.models import Number
from bss.core.errors import InvalidArguments, NotFound, PolicyViolation
from bss.core.models import StoredEvent
from bss.core.operations import invoke, run

from .factories import internal, make_numbers

pytestmark = pytest.mark.usefixtures("committed")


def test_a_range_is_added_once():
    first = run("inventory.msisdn.add_range", prefix="9100", count=10)
    again = run("inventory.msisdn.add_range", prefix="9100", count=12)

    assert first == {
        "prefix": "9100",
        "count": 10,
        "inserted": 10,
        "skipped": 0,
        "first": "91000000",
        "last": "91000009",
    }
    assert (again["inserted"], again["skipped"], again["last"]) == (2, 10, "91000011")
    told = StoredEvent.objects.filter(name="inventory.msisdn.range_added").order_by("id")
    assert [event.payload["inserted"] for event in told] == [10, 2]


@pytest.mark.parametrize(
    ("prefix", "count"),
    [("910", 5), ("91000000", 5), ("91a0", 5), ("", 5), ("9100", 0), ("9100", 10_001)],
)
def test_a_senseless_range_is_refused(prefix, count):
    with pytest.raises(PolicyViolation) as refusal:
        run("inventory.msisdn.add_range", prefix=prefix, count=count)

    assert refusal.value.rule == "msisdn.add_range.sane_prefix"
    assert not Number.objects.exists()


def test_numbers_are_listed_by_prefix_and_state():
    make_numbers(3, "9000")
    make_numbers(3, "9100")
    internal("inventory.msisdn.reserve", owner="SUB-1", msisdn="91000001")

    free = run("inventory.msisdn.list_available", prefix="9100", limit=5)
    taken = run("inventory.msisdn.list_available", status="reserved")

    assert [number["msisdn"] for number in free] == ["91000000", "91000002"]
    assert free[0] == {
        "msisdn": "91000000",
        "status": "available",
        "reserved_at": None,
        "reserved_for": None,
        "reserved_until": None,
        "assigned_to_subscription_id": None,
        "quarantine_until": None,
        "locked_at": None,
    }
    assert [number["msisdn"] for number in taken] == ["91000001"]
    assert taken[0]["reserved_for"] == "SUB-1"


def test_numbers_are_counted_by_state():
    make_numbers(5, "9000")
    make_numbers(2, "9100")
    internal("inventory.msisdn.reserve", owner="SUB-1")

    assert run("inventory.msisdn.count") == {
        "available": 6,
        "reserved": 1,
        "assigned": 0,
        "quarantine": 0,
        "ported_out": 0,
        "total": 7,
        "prefix": None,
    }
    assert run("inventory.msisdn.count", prefix="9100")["total"] == 2


def test_an_unknown_number_is_not_found():
    with pytest.raises(NotFound):
        run("inventory.msisdn.get", msisdn="90009999")


def test_a_list_has_a_sensible_length():
    with pytest.raises(InvalidArguments):
        invoke("inventory.msisdn.list_available", {"limit": -1})


@pytest.mark.parametrize("count", [3, 30])
def test_a_list_takes_one_query_however_long(count, django_assert_num_queries):
    make_numbers(count)

    with django_assert_num_queries(1):
        assert len(run("inventory.msisdn.list_available", limit=50)) == count
