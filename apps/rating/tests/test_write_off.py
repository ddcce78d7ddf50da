import pytest

from apps.rating.models import WriteOff
from apps.subscription.tests.factories import MB, events, make_line, the, use
from bss.core import context, invariants
from bss.core.context import Context
from bss.core.errors import PolicyViolation
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def simulate(line, quantity, event_type="data", unit="mb"):
    args = {"msisdn": the(line).msisdn, "event_type": event_type, "unit": unit}
    return run("usage.simulate", quantity=quantity, **args)


def report(**chosen):
    return run("usage.overshoot_report", **chosen)


def write_off(line, kind="data"):
    wanted = {"subscription_id": line, "kind": kind, "reason": "The network was late"}
    return run("usage.write_off", **wanted)


def test_what_nothing_covered_is_listed_the_most_first():
    little, much, none = make_line(), make_line(), make_line()
    simulate(little, 5125)
    simulate(much, 5220)
    simulate(none, 5)
    shown = report()
    assert [(row["subscriptionId"], row["open"]) for row in shown] == [(much, 100), (little, 5)]
    assert shown[0]["msisdn"] == the(much).msisdn
    assert [row["subscriptionId"] for row in report(subscription_id=little)] == [little]


def test_it_is_written_off_with_a_reason_and_a_name():
    line = make_line()
    simulate(line, 5220)
    with context.acting(Context(actor="fay")):
        shown = write_off(line)
    assert (shown["quantity"], shown["unit"], shown["madeBy"]) == (100, "mb", "fay")
    assert report() == []
    assert events("usage.overshoot_written_off")[0]["quantity"] == 100 * MB
    assert [one.name for one in invariants.check() if not one.holds] == []


def test_what_comes_afterwards_is_open_again():
    line = make_line()
    simulate(line, 105, "voice", "minutes")
    write_off(line, "voice")
    assert report() == []
    use_across_the_end(line)
    (row,) = report()
    assert (row["overshoot"], row["writtenOff"], row["open"]) == (12, 5, 7)


def use_across_the_end(line):
    """More use that crosses an end: a bonus of a minute, and eight minutes of talking."""
    given = {"subscription_id": line, "kind": "voice", "quantity": 1, "reason": "Goodwill"}
    run("bucket.adjust", **given)
    simulate(line, 8, "voice", "minutes")


def test_nothing_to_write_off():
    line = make_line()
    use(line, 5)
    for kind in ("data", "data_roaming"):
        with pytest.raises(PolicyViolation, match="used no"):
            write_off(line, kind)


def test_more_written_off_than_used_is_found():
    line = make_line()
    WriteOff.objects.create(subscription=the(line), kind="data", quantity=1, reason="planted")
    broken = {one.name: one.broken for one in invariants.check()}
    assert [row["written_off"] for row in broken["rating.written_off_was_used"]] == [1]
