import pytest

from apps.subscription.tests.factories import events, exhaust, make_line, make_pending, the, use
from bss.core import clock, invariants
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def end_later(line, code="too_expensive", **said):
    wanted = {"subscription_id": line, "code": code, **said}
    return run("subscription.terminate_at_period_end", **wanted)


def go_on(line):
    return run("subscription.cancel_termination", subscription_id=line)


def test_it_works_to_the_end_of_what_was_paid(frozen_clock):
    line = make_line()
    shown = end_later(line, reason="Found a cheaper one")
    assert shown["state"] == "active"
    assert shown["endsAt"] == the(line).period_end.isoformat()
    assert shown["nextRenewalAt"] is None
    frozen_clock.advance("29d")
    assert run_sweep("endings") == 0
    assert use(line, 5).rule == ""
    frozen_clock.advance("1d")
    assert (run_sweep("renewals"), run_sweep("endings")) == (0, 1)
    assert (the(line).state, the(line).end_code) == ("terminated", "too_expensive")
    assert events("subscription.terminated")[0]["code"] == "too_expensive"
    assert [one.name for one in invariants.check() if not one.holds] == []


def test_its_owner_thinks_better_of_it(frozen_clock):
    line = make_line()
    end_later(line)
    shown = go_on(line)
    assert shown["endsAt"] is None
    frozen_clock.advance("30d")
    assert (run_sweep("endings"), run_sweep("renewals")) == (0, 1)
    assert events("subscription.termination_cancelled") != []


def test_nobody_is_told_of_a_charge_that_will_not_come(frozen_clock):
    end_later(make_line())
    frozen_clock.advance("29d")
    assert run_sweep("renewal reminders") == 0


def test_a_suspended_line_ends_too(frozen_clock):
    line = make_line()
    end_later(line)
    run("subscription.suspend", subscription_id=line, cause="lost")
    frozen_clock.advance("30d")
    run_sweep("endings")
    assert the(line).state == "terminated"


def test_a_suspension_outlives_a_change_of_mind():
    line = make_line()
    end_later(line)
    run("subscription.suspend", subscription_id=line, cause="lost")
    go_on(line)
    assert the(line).renewal_due_at is None
    run("subscription.resume", subscription_id=line)
    assert the(line).renewal_due_at == the(line).period_end


def test_what_ends_is_not_renewed_by_its_return():
    line = make_line()
    run("subscription.suspend", subscription_id=line, cause="lost")
    end_later(line)
    run("subscription.resume", subscription_id=line)
    assert the(line).renewal_due_at is None


def test_letters(drain):
    from apps.crm.models import Notification

    line = make_line()
    end_later(line)
    go_on(line)
    drain()
    told = set(Notification.objects.values_list("template", flat=True))
    assert {"line_ending", "line_goes_on"} <= told


def test_refusals(refused, frozen_clock):
    line = make_line()
    with refused("subscription.cancel_termination.nothing_scheduled"):
        go_on(line)
    end_later(line)
    with refused("subscription.terminate.already_scheduled"):
        end_later(line)
    exhaust(line)
    with refused("subscription.renew.ending"):
        run("subscription.renew_now", subscription_id=line)
    with refused("subscription.terminate.invalid_state"):
        end_later(make_pending())
    go_on(line)
    frozen_clock.advance("31d")
    assert clock.now() > the(line).period_end
    with refused("subscription.terminate.period_over"):
        end_later(line)


def test_a_line_has_a_name_of_its_own():
    line = make_line()
    named = {"subscription_id": line, "nickname": "Mum's phone"}
    assert run("subscription.rename", **named)["nickname"] == "Mum's phone"
    run("subscription.rename", **named)
    assert len(events("subscription.renamed")) == 1
    assert run("subscription.rename", subscription_id=line, nickname="")["nickname"] is None
