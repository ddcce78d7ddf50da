from datetime import timedelta

import pytest

from apps.payments.models import Payment
from apps.provisioning.gateways import subscribers
from apps.subscription.models import Suspension
from apps.subscription.tests.factories import (
    DECLINING,
    MB,
    add_card,
    balance,
    events,
    exhaust,
    grants,
    make_line,
    make_pending,
    make_served_line,
    the,
    top_up,
    use,
)
from bss.core import clock, context, invariants
from bss.core.context import Context
from bss.core.operations import run
from bss.core.proposals import confirm, propose
from bss.core.sweeps import run_sweep
from bss.core.work import drain_everything

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def suspend(line, cause="lost", **wishes):
    return run("subscription.suspend", subscription_id=line, cause=cause, **wishes)


def pause(line, days=10):
    until = clock.now() + timedelta(days=days)
    return run("subscription.pause", subscription_id=line, until=until)


def resume(line):
    return run("subscription.resume", subscription_id=line)


def by_two(name, **args):
    """What somebody proposes and somebody else confirms."""
    with context.acting(Context(actor="olga")):
        proposal, _ = propose(name, args, reason="Court order 17")
    with context.acting(Context(actor="max")):
        return confirm(proposal.public_id).result


def hold_by_law(line):
    return by_two("subscription.suspend_by_law", subscription_id=line, legal_basis="§ 100a StPO")


def sweep(name):
    """What a sweep found, once what it led to is done."""
    found = run_sweep(name)
    drain_everything()
    return found


def renewals():
    return Payment.objects.filter(purpose="renewal").count()


def all_holds():
    return [one.name for one in invariants.check() if not one.holds] == []


class TestLostAndStolen:
    def test_nobody_uses_a_lost_phone(self):
        line = make_line()
        shown = suspend(line, reason="Left in a taxi")
        assert (shown["state"], shown["stateReason"]) == ("suspended", "lost")
        assert shown["nextRenewalAt"] is None
        assert use(line, MB).rule == "usage.record.subscription_must_be_active"
        assert events("subscription.suspended")[0]["cause"] == "lost"
        assert all_holds()

    def test_the_network_bars_it_and_lifts_the_bar(self, drain):
        line = make_served_line()
        suspend(line)
        drain()
        assert subscribers()[line]["barred"]
        resume(line)
        drain()
        assert not subscribers()[line]["barred"]

    def test_it_is_not_renewed_and_a_fresh_period_begins_with_its_return(self, frozen_clock):
        line = make_line()
        suspend(line, "stolen")
        frozen_clock.advance("35d")
        assert sweep("renewals") == 0
        shown = resume(line)
        assert (shown["state"], renewals()) == ("active", 1)
        assert the(line).period_start == clock.now()
        assert the(line).period_end == clock.now() + timedelta(days=30)
        assert balance(line)["remaining"] == 5120
        frozen_clock.advance("30d")
        sweep("renewals")
        assert the(line).period_start == clock.now()
        assert all_holds()

    def test_it_is_renewed_if_asked_for(self, frozen_clock):
        line = make_line()
        suspend(line, keep_renewing=True)
        frozen_clock.advance("30d")
        assert sweep("renewals") == 1
        assert (the(line).state, renewals()) == ("suspended", 1)
        frozen_clock.advance("1d")
        assert resume(line)["state"] == "active"
        assert renewals() == 1

    def test_a_card_that_declines_meanwhile_is_asked_again(self, frozen_clock):
        line = make_line(card=DECLINING)
        suspend(line, keep_renewing=True)
        frozen_clock.advance("30d")
        sweep("renewals")
        assert the(line).state == "suspended"
        resume(line)
        assert (the(line).state, the(line).state_reason) == ("blocked", "payment_failed")
        add_card(the(line).owner)
        assert run("subscription.renew_now", subscription_id=line)["state"] == "active"

    def test_a_payment_without_an_answer_is_waited_for(self, frozen_clock):
        line = make_line()
        suspend(line, keep_renewing=True)
        frozen_clock.advance("30d")
        run_sweep("renewals")
        assert resume(line)["state"] == "active"
        drain_everything()
        assert renewals() == 1
        assert the(line).period_start == clock.now()
        assert the(line).renewal_due_at == the(line).period_end

    def test_without_a_card_it_comes_back_unpaid(self, frozen_clock):
        line = make_line(card=None)
        suspend(line)
        frozen_clock.advance("40d")
        assert resume(line)["stateReason"] == "payment_failed"

    def test_an_empty_line_is_empty_when_it_comes_back(self):
        line = make_line()
        exhaust(line)
        suspend(line)
        shown = resume(line)
        assert (shown["state"], shown["stateReason"]) == ("blocked", "exhausted")
        assert events("subscription.blocked")[-1]["reason"] == "exhausted"

    def test_it_can_be_ended(self):
        line = make_line()
        suspend(line)
        run("subscription.terminate", subscription_id=line, code="other_operator")
        assert events("subscription.terminated")[0]["code"] == "other_operator"
        assert Suspension.objects.get().ended_at == clock.now()
        assert all_holds()

    def test_refusals(self, refused):
        with refused("subscription.suspend.not_in_service"):
            suspend(make_pending())
        line = make_line()
        with refused("subscription.transition.invalid"):
            resume(line)
        suspend(line)
        with refused("subscription.suspend.already"):
            suspend(line)
        with refused("subscription.vas_purchase.not_in_service"):
            top_up(line)
        with refused("subscription.renew.only_if_active_or_blocked"):
            run("subscription.renew_now", subscription_id=line)


class TestPause:
    def test_it_ends_by_itself(self, frozen_clock):
        line = make_line()
        pause(line)
        assert sweep("pauses") == 0
        frozen_clock.advance("10d")
        assert sweep("pauses") == 1
        assert the(line).state == "active"
        assert events("subscription.resumed")[0]["by_itself"]
        assert renewals() == 0  # what was paid runs on
        assert len(grants(line)) == 1

    def test_after_the_boundary_it_is_charged_with_its_return(self, frozen_clock):
        line = make_line()
        pause(line, days=45)
        frozen_clock.advance("45d")
        sweep("renewals")
        assert renewals() == 0
        sweep("pauses")
        assert (the(line).state, renewals()) == ("active", 1)
        assert the(line).period_start == clock.now()

    def test_on_the_day_of_the_boundary_the_boundary_stays(self, frozen_clock):
        line = make_line()
        boundary = the(line).period_end
        pause(line, days=45)
        frozen_clock.advance("30d")
        frozen_clock.advance("2h")
        resume(line)
        assert the(line).period_start == boundary

    def test_a_loss_during_a_pause_outlasts_it(self, frozen_clock):
        line = make_line()
        pause(line)
        suspend(line)
        frozen_clock.advance("10d")
        sweep("pauses")
        assert (the(line).state, the(line).state_reason) == ("suspended", "lost")
        resume(line)
        assert the(line).state == "active"
        assert all_holds()

    def test_refusals(self, refused):
        line = make_line()
        for days in (0, 181):
            with refused("subscription.pause.end_date"):
                pause(line, days)
        exhaust(line)
        with refused("subscription.pause.only_if_active"):
            pause(line)


class TestByLaw:
    def test_two_people_and_a_basis_are_needed(self):
        line = make_line()
        shown = hold_by_law(line)
        assert (shown["state"], shown["stateReason"]) == ("suspended", "lawful")
        (held,) = run("subscription.list_suspensions", subscription_id=line)
        assert (held["cause"], held["legalBasis"]) == ("lawful", "§ 100a StPO")

    def test_only_two_people_lift_it(self, refused):
        line = make_line()
        pause(line)
        hold_by_law(line)
        with refused("subscription.resume.suspended_by_law"):
            resume(line)
        with refused("subscription.terminate.suspended_by_law"):
            run("subscription.terminate", subscription_id=line)
        lifted = {"subscription_id": line, "reason": "Lifted by the court"}
        shown = by_two("subscription.lift_lawful_suspension", **lifted)
        assert (shown["state"], shown["stateReason"]) == ("suspended", "pause")
        assert resume(line)["state"] == "active"

    def test_what_is_not_there_cannot_be_lifted(self):
        wanted = {"subscription_id": make_line(), "reason": "Lifted by the court"}
        with pytest.raises(Exception, match="not suspended by law"):
            propose("subscription.lift_lawful_suspension", wanted)

    def test_the_owner_is_not_told_by_us(self, drain):
        hold_by_law(make_line())
        drain()
        assert events("subscription.suspended") != []
        from apps.crm.models import Notification

        assert not Notification.objects.filter(template="line_suspended").exists()
