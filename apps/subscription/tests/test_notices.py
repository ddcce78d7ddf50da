"""Whose lines suffer hears of it, and nobody else."""

import pytest

from apps.crm.tests.factories import make_customer
from apps.subscription import queries
from apps.subscription.operations import notices
from apps.subscription.tests.factories import make_line, the
from bss.core.models import StoredEvent
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed")


def open_notice(**where):
    return run("notice.open", kind="outage", title="No data", body="We are on it.", **where)["id"]


def told():
    return sorted(StoredEvent.objects.filter(name="notice.told").values_list("about", flat=True))


def owner(line):
    return the(line).owner


def test_customers_with_a_line_hear_of_it_once():
    line = make_line()
    make_customer()
    notice_id = open_notice()

    assert run_sweep("notices") == 1
    assert run_sweep("notices") == 0

    assert told() == [owner(line)]
    assert run("notice.get", notice_id=notice_id)["toldEverybody"] is True


def test_an_ended_line_does_not_suffer():
    line = make_line()
    run("subscription.terminate", subscription_id=line)
    open_notice()

    run_sweep("notices")

    assert told() == []


def test_who_lacks_the_service_does_not_miss_it():
    roams = make_line("PLAN_M")
    make_line("PLAN_S")
    open_notice(service="data_roaming")

    run_sweep("notices")

    assert told() == [owner(roams)]


def test_a_zone_is_where_people_live():
    there, elsewhere = make_line(), make_line()
    for line, address in ((there, "1 Jurong Street"), (elsewhere, "1 Bedok Road")):
        run(
            "customer.add_contact_medium",
            customer_id=owner(line),
            medium_type="postal",
            value=address,
        )
    open_notice(zone="jurong")

    run_sweep("notices")

    assert told() == [owner(there)]


def test_many_are_told_in_batches(monkeypatch):
    monkeypatch.setattr(notices, "BATCH", 1)
    customers = sorted(owner(make_line()) for _ in range(2))
    notice_id = open_notice()

    for so_far in (customers[:1], customers, customers):
        assert run("notice.get", notice_id=notice_id)["toldEverybody"] is False
        run_sweep("notices")
        assert told() == so_far

    assert run("notice.get", notice_id=notice_id)["toldEverybody"] is True


def test_two_lines_are_one_customer():
    customer_id = make_customer()
    for _ in range(2):
        make_line(customer_id=customer_id)

    assert len(queries.customers_served("", 0, 10)) == 1
