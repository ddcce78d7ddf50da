"""Two connections at once: numbers go to one owner, answers close an order exactly once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.provisioning.models import EsimProfile, Number
from bss.core.errors import BssError
from bss.core.models import StoredEvent
from bss.core.operations import run_internal

from .factories import (
    ACTIVATION,
    DONE,
    LINE,
    internal,
    make_esims,
    make_line,
    make_numbers,
    open_order,
    state_of,
    task,
    task_states,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("outside"),
    pytest.mark.timeout(30),
]


def at_once(*requests):
    """Run internal operations on a connection each, starting together: results or refusals."""
    start = Barrier(len(requests))

    def one(request):
        name, args = request
        try:
            start.wait(10)
            return run_internal(name, args).result
        except BssError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(one, requests))


def test_each_of_many_gets_a_number_of_their_own():
    make_numbers(8)
    owners = [f"SUB-{number}" for number in range(8)]
    got = at_once(*[("inventory.msisdn.reserve", {"owner": owner}) for owner in owners])

    assert len({number["msisdn"] for number in got}) == 8
    assert set(Number.objects.values_list("owner", flat=True)) == set(owners)


def test_a_wished_number_goes_to_one_of_two():
    make_numbers(3)
    wish = "90000001"
    got = at_once(
        ("inventory.msisdn.reserve", {"owner": "SUB-1", "msisdn": wish}),
        ("inventory.msisdn.reserve", {"owner": "SUB-2", "msisdn": wish}),
    )

    refusals = [one.rule for one in got if isinstance(one, BssError)]
    assert refusals == ["msisdn.reserve.status_must_be_available"]


def test_the_last_number_goes_to_one_of_two():
    make_numbers(1)
    got = at_once(
        ("inventory.msisdn.reserve", {"owner": "SUB-1"}),
        ("inventory.msisdn.reserve", {"owner": "SUB-2"}),
    )

    assert [one.rule for one in got if isinstance(one, BssError)] == ["msisdn.reserve.no_available"]


def test_a_number_being_reserved_is_passed_over_not_waited_for():
    make_numbers(2)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM provisioning_number WHERE msisdn = '90000000' FOR UPDATE")
        (got,) = at_once(("inventory.msisdn.reserve", {"owner": "SUB-1"}))
        cursor.execute("ROLLBACK")

    assert got["msisdn"] == "90000001"


def test_each_of_many_gets_a_profile_of_their_own():
    make_esims(6)
    owners = [f"SUB-{number}" for number in range(6)]
    at_once(*[("inventory.esim.reserve", {"owner": owner}) for owner in owners])

    assert set(EsimProfile.objects.values_list("owner", flat=True)) == set(owners)


def finishing(order, task_type):
    row = task(task_type, order)
    args = {
        "outcome": DONE,
        "service_order_id": order["id"],
        "task_id": row.public_id,
        "attempt": 1,
    }
    return "provisioning.finish_task", args


def test_four_answers_at_once_complete_the_order_once():
    make_line()
    order = open_order()
    at_once(*[finishing(order, task_type) for task_type in ACTIVATION])

    assert set(task_states(order).values()) == {"completed"}
    assert state_of(order) == "completed"
    assert StoredEvent.objects.filter(name="service_order.completed").count() == 1


def test_the_same_answer_twice_at_once_counts_once():
    make_line()
    order = open_order()
    twice = finishing(order, "HLR_PROVISION")
    at_once(twice, twice)

    assert StoredEvent.objects.filter(name="provisioning.task.completed").count() == 1


def test_an_order_opened_while_the_one_before_closes_still_starts():
    make_line()
    order = open_order()
    for task_type in ACTIVATION[1:]:
        name, args = finishing(order, task_type)
        internal(name, **args)
    opening = {
        "owner": LINE,
        "action": "change",
        "cfs_spec_id": "SSPEC_CFS_MOBILE_BROADBAND",
        "rfs_spec_ids": [],
        "task_types": ["PCRF_POLICY_PUSH"],
    }
    got = at_once(finishing(order, ACTIVATION[0]), ("service_order.open", opening))

    assert state_of(order) == "completed"
    assert state_of(got[1]) == "in_progress"


def test_an_owner_asking_twice_at_once_is_served_once():
    make_line()
    opening = {
        "owner": LINE,
        "action": "activate",
        "cfs_spec_id": "SSPEC_CFS_MOBILE_BROADBAND",
        "rfs_spec_ids": [],
        "task_types": ACTIVATION,
    }
    got = at_once(("service_order.open", opening), ("service_order.open", opening))

    refusals = [one for one in got if isinstance(one, BssError)]
    assert [refusal.status for refusal in refusals] in ([409], [422])
