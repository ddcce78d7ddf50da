import pytest
from django.db import connection

from apps.subscription.models import (
    Bucket,
    Grant,
    NumberAssignment,
    Renewal,
    Subscription,
    Suspension,
    TopUp,
)
from apps.subscription.tests.factories import (
    DECLINING,
    exhaust,
    grants,
    internal,
    make_line,
    the,
    top_up,
    use,
)
from bss.core import clock, invariants
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def broken(name):
    verdicts = {one.name: one.broken for one in invariants.check()}
    return verdicts[f"subscription.{name}"]


def test_a_busy_life_breaks_nothing(frozen_clock, drain):
    first, second = make_line(), make_line("PLAN_M", card=DECLINING)
    exhaust(first)
    top_up(first)
    use(first, 5000)
    use(second, 700, "voice")
    frozen_clock.advance("30d")
    run("subscription.tick_renewals_now")
    internal("subscription.close_grants", subscription_ids=[the(first).pk, the(second).pk])
    use(first, 100, at=the(first).activated_at)
    run("subscription.terminate", subscription_id=first)
    drain()
    assert [one for one in invariants.check() if not one.holds] == []


def test_a_grant_that_lost_something_is_found():
    line = make_line()
    use(line, 100)
    Grant.objects.filter(kind="data").update(used=99)
    assert [row["kind"] for row in broken("grants_balance")] == ["data"]


def test_use_that_no_grant_knows_is_found():
    make_line()
    Bucket.objects.filter(kind="sms").update(used=1)
    assert [row["kind"] for row in broken("grants_balance")] == ["sms"]


def test_a_closed_grant_that_does_not_add_up_is_found(frozen_clock):
    line = make_line()
    frozen_clock.advance("30d")
    internal("subscription.close_grants", subscription_ids=[the(line).pk])
    Grant.objects.filter(kind="data").update(expired=5)
    assert [row["unclosed"] for row in broken("grants_balance")] == [1]


def test_a_number_on_two_lines_is_found():
    first, second = make_line(), make_line()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_line_per_number")
        cursor.execute("DROP INDEX one_line_per_esim")
    taken = the(first)
    Subscription.objects.filter(pk=the(second).pk).update(msisdn=taken.msisdn, iccid=taken.iccid)
    found = {row["what"]: row["which"] for row in broken("one_line_per_number_and_esim")}
    assert found == {"number": taken.msisdn, "esim": taken.iccid}


def test_a_line_without_a_number_is_found():
    make_line()
    Subscription.objects.update(msisdn="")
    assert [row["what"] for row in broken("one_line_per_number_and_esim")] == ["number"]


def test_a_line_that_lost_its_history_is_found():
    line = make_line()
    NumberAssignment.objects.all().delete()
    assert [row["subscription"] for row in broken("number_history")] == [the(line).pk]


def test_a_line_that_ended_and_still_holds_a_number_is_found():
    line = make_line()
    run("subscription.terminate", subscription_id=line)
    held = NumberAssignment.objects.get()
    held.valid = type(held.valid)(the(line).activated_at, None)
    held.save()
    assert [row["state"] for row in broken("number_history")] == ["terminated"]


def test_money_that_bought_nothing_is_found(frozen_clock):
    line = make_line()
    top_up(line)
    TopUp.objects.update(state="open")
    assert [row["payment"] for row in broken("paid_once")] == ["captured"]
    TopUp.objects.update(state="granted")
    frozen_clock.advance("30d")
    run("subscription.tick_renewals_now")
    assert broken("paid_once") == []
    Renewal.objects.update(state="declined")
    assert [row["key"] for row in broken("paid_once")] == [f"renewal/{line}/2026-04-01"]


def test_something_for_nothing_is_found():
    line = make_line(card=None)
    TopUp.objects.create(
        subscription=the(line),
        offering_id="VAS_DATA_1GB",
        name="Gift",
        kind="data",
        quantity=1,
        amount=1,
        state="granted",
    )
    assert [row["payment"] for row in broken("paid_once")] == [None]
    assert len(grants(line)) == 1


def broken_lately(name, since):
    return list(invariants.registry()[f"subscription.{name}"].query(since))


def test_only_lines_that_something_happened_to_are_looked_at():
    first, second = make_line(), make_line()
    Bucket.objects.filter(kind="sms").update(used=1)
    NumberAssignment.objects.all().delete()
    since = clock.real()
    exhaust(first)
    for name in ("grants_balance", "number_history"):
        found = broken_lately(name, since)
        assert {row["subscription"] for row in found} == {the(first).pk}
        both = {the(first).pk, the(second).pk}
        assert {row["subscription"] for row in broken(name)} == both
        assert broken_lately(name, clock.real()) == []


def test_the_twin_of_a_number_need_not_have_moved():
    first, second = make_line(), make_line()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_line_per_number")
    since = clock.real()
    Subscription.objects.filter(pk=the(second).pk).update(msisdn=the(first).msisdn)
    exhaust(second)
    (row,) = broken_lately("one_line_per_number_and_esim", since)
    assert sorted(row["lines"]) == [the(first).pk, the(second).pk]


def test_a_suspension_that_nothing_holds_is_found():
    line = make_line()
    run("subscription.suspend", subscription_id=line, cause="lost")
    Suspension.objects.update(ended_at=the(line).activated_at)
    assert [row["state"] for row in broken("suspended_for_a_cause")] == ["suspended"]


def test_a_held_line_in_service_is_found():
    line = make_line()
    Suspension.objects.create(subscription=the(line), cause="lost")
    assert [row["state"] for row in broken("suspended_for_a_cause")] == ["active"]
