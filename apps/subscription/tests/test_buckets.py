import pytest

from apps.subscription.models import BalanceChange, Grant
from apps.subscription.tests.factories import (
    MB,
    balance,
    events,
    exhaust,
    grants,
    internal,
    make_line,
    make_pending,
    the,
    use,
)
from bss.core import clock, context, invariants
from bss.core.context import Context
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")
WHY = "The mast was down"


def adjust(line, quantity, kind="data"):
    wanted = {"subscription_id": line, "kind": kind, "quantity": quantity, "reason": WHY}
    return run("bucket.adjust", **wanted)


def transfer(line, other, quantity, kind="data"):
    lines = {"subscription_id": line, "to_subscription_id": other}
    return run("bucket.transfer", **lines, kind=kind, quantity=quantity, reason=WHY)


def reserve(line, quantity, **more):
    wanted = {"subscription_id": line, "kind": "data", "quantity": quantity, "reason": WHY}
    return run("bucket.reserve", **wanted, **more)


def left(line, kind="data"):
    return balance(line, kind)["remaining"]


def broken():
    return [one.name for one in invariants.check() if not one.holds]


def second_line(line):
    return make_line(customer_id=the(line).owner)


class TestAdjust:
    def test_goodwill_is_given_with_a_reason_and_a_name(self):
        line = make_line()
        with context.acting(Context(actor="olga")):
            shown = adjust(line, 500)
        assert (shown["quantity"], shown["unit"], shown["madeBy"]) == (500, "mb", "olga")
        assert left(line) == 5620
        assert grants(line)[1].expires_at == the(line).period_end
        assert events("bucket.adjusted")[0]["reason"] == WHY
        assert broken() == []

    def test_a_mistake_is_taken_back(self):
        line = make_line()
        use(line, 20 * MB)
        adjust(line, -100)
        assert left(line) == 5000
        assert grants(line)[0].revoked == 100 * MB
        assert broken() == []

    def test_minus_one_is_one_and_not_all(self):
        line = make_line()
        adjust(line, -1)
        assert left(line) == 5119

    def test_an_empty_line_comes_back_and_an_emptied_one_stops(self):
        line = make_line()
        exhaust(line)
        adjust(line, 10)
        assert the(line).state == "active"
        adjust(line, -10)
        assert (the(line).state, the(line).state_reason) == ("blocked", "exhausted")
        assert broken() == []

    def test_refusals(self, refused):
        with refused("bucket.change.line_not_live"):
            adjust(make_pending(), 5)
        line = make_line("PLAN_M")
        with refused("bucket.change.unlimited"):
            adjust(line, -5, "voice")
        with refused("bucket.change.not_enough"):
            adjust(line, -30721)


class TestTransfer:
    def test_an_owner_moves_data_between_lines(self):
        line = make_line()
        other = second_line(line)
        shown = transfer(line, other, 1000)
        assert shown["receiverId"] == other
        assert (left(line), left(other)) == (4120, 6120)
        assert grants(line)[0].transferred == 1000 * MB
        assert grants(other)[1].expires_at == the(line).period_end
        assert [one["id"] for one in run("bucket.list_changes", subscription_id=other)] == [
            shown["id"]
        ]
        assert broken() == []

    def test_what_comes_from_two_grants_keeps_both_ends(self):
        line = make_line()
        run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
        other = second_line(line)
        Grant.objects.filter(source__startswith="topup").update(
            expires_at=clock.now() + clock.duration("1d")
        )
        transfer(line, other, 2000)
        ends = [grant.expires_at for grant in grants(other)]
        assert ends[0] == clock.now() + clock.duration("1d")
        assert [grant.total // MB for grant in grants(other) if "transfer" in grant.source] == [
            1024,
            976,
        ]
        assert broken() == []

    def test_it_brings_one_back_and_stops_the_other(self):
        line = make_line()
        other = second_line(line)
        exhaust(other)
        transfer(line, other, 5120)
        assert (the(line).state, the(other).state) == ("blocked", "active")

    def test_nothing_goes_to_strangers(self, refused):
        line = make_line()
        with refused("bucket.transfer.same_customer"):
            transfer(line, make_line(), 5)
        with refused("bucket.transfer.same_customer"):
            transfer(line, line, 5)


class TestReserve:
    def test_it_is_kept_from_use_and_given_back(self):
        line = make_line()
        held = reserve(line, 5000)
        assert (held["state"], left(line)) == ("held", 120)
        use(line, 120 * MB)
        assert the(line).state == "blocked"
        assert run("bucket.release", change_id=held["id"])["state"] == "released"
        assert (the(line).state, left(line)) == ("active", 5000)
        assert events("bucket.released")[0]["used"] is False
        assert broken() == []

    def test_it_is_used(self):
        line = make_line()
        held = reserve(line, 120)
        run("bucket.use_reserve", change_id=held["id"])
        assert (left(line), grants(line)[0].revoked) == (5000, 120 * MB)
        assert broken() == []

    def test_it_lapses(self, frozen_clock):
        line = make_line()
        reserve(line, 120, minutes=30)
        assert run_sweep("reservations") == 0
        frozen_clock.advance("30m")
        assert run_sweep("reservations") == 1
        assert left(line) == 5120

    @pytest.mark.parametrize("ends", ["period", "line"])
    def test_what_comes_back_too_late_is_lost(self, frozen_clock, ends):
        line = make_line()
        held = reserve(line, 120, minutes=1440)
        if ends == "period":
            frozen_clock.advance("30d")
            internal("subscription.close_grants", subscription_ids=[the(line).pk])
        else:
            run("subscription.terminate", subscription_id=line)
        run("bucket.release", change_id=held["id"])
        (given,) = grants(line)
        lost = {"period": given.expired, "line": given.revoked}
        assert (given.left, lost[ends]) == (0, 5120 * MB)
        assert broken() == []

    def test_it_ends_once(self, refused):
        held = reserve(make_line(), 120)
        run("bucket.release", change_id=held["id"])
        with refused("bucket.release.not_held"):
            run("bucket.use_reserve", change_id=held["id"])


def test_what_reached_nobody_is_found():
    line = make_line()
    transfer(line, second_line(line), 10)
    BalanceChange.objects.update(quantity=5)
    (found,) = (one for one in invariants.check() if one.name == "subscription.transferred_is_kept")
    assert {(row["kind"], row["gone"]) for row in found.broken} == {
        ("data", 10 * MB),
        ("data", 0),
    }
