import pytest

from apps.catalog.models import VasOffering
from apps.crm.models import Notification
from apps.payments.models import Payment
from apps.subscription import rules
from apps.subscription.models import AutoTopUp, TopUp
from apps.subscription.tests.factories import (
    DECLINING,
    MB,
    add_card,
    balance,
    events,
    exhaust,
    internal,
    make_line,
    the,
    top_up,
    use,
)
from bss.core import clock, invariants
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def agree(line, vas="VAS_DATA_1GB", cap="10.00", **limits):
    wanted = {"subscription_id": line, "vas_offering_id": vas, "monthly_cap": cap}
    return run("subscription.agree_auto_top_up", **wanted, **limits)


def agreement(line):
    return run("subscription.get_auto_top_up", subscription_id=line)


def bought():
    return TopUp.objects.filter(automatic=True).count()


def letters():
    told = Notification.objects.filter(template__startswith="line_auto").order_by("id")
    return list(told.values_list("template", flat=True))


def test_an_empty_line_fills_itself(drain):
    line = make_line()
    assert agree(line)["name"] == "Data Top-Up 1GB"
    exhaust(line)
    assert the(line).state == "blocked"
    drain()
    assert the(line).state == "active"
    assert (balance(line)["remaining"], bought()) == (1024, 1)
    shown = agreement(line)
    assert (shown["spentThisMonth"], shown["boughtToday"]) == ("3.00", 1)
    assert Payment.objects.get(purpose="topup").state == "captured"
    assert letters() == ["line_auto_top_up"]
    assert [one.name for one in invariants.check() if not one.holds] == []


def test_it_may_be_bought_before_the_end(drain):
    line = make_line()
    agree(line, at_percent=80)
    use(line, 3000 * MB)
    drain()
    assert bought() == 0
    use(line, 1500 * MB)
    drain()
    assert bought() == 1
    assert events("subscription.blocked") == []


def test_another_kind_is_not_bought(drain):
    line = make_line()
    agree(line)
    use(line, 100 * 60, "voice")
    drain()
    assert bought() == 0


def test_not_more_often_than_agreed_on_a_day(drain, frozen_clock):
    line = make_line()
    agree(line, cap="100.00", most_a_day=2)
    for _ in range(3):
        exhaust(line)
        drain()
    assert (bought(), the(line).state) == (2, "blocked")
    assert events("subscription.auto_top_up_held")[0]["limit"] == "day"
    frozen_clock.advance("12h")  # midnight where the operator is
    top_up(line)
    exhaust(line)
    drain()
    assert bought() == 3


def test_not_more_money_than_agreed_in_a_month(drain, frozen_clock):
    line = make_line()
    agree(line, cap="7.00", most_a_day=5)
    for _ in range(3):
        exhaust(line)
        drain()
    assert (bought(), agreement(line)["spentThisMonth"]) == (2, "6.00")
    assert events("subscription.auto_top_up_held")[0]["limit"] == "month"
    assert letters() == ["line_auto_top_up", "line_auto_top_up_held"]


def test_a_decline_is_not_tried_again(drain):
    line = make_line(card=DECLINING)
    agree(line, at_percent=80)
    use(line, 4500 * MB)
    drain()
    exhaust(line)
    drain()
    assert (bought(), Payment.objects.filter(purpose="topup").count()) == (1, 1)
    assert agreement(line)["stoppedReason"]
    assert letters() == ["line_auto_top_up", "line_auto_top_up_stopped"]
    add_card(the(line).owner)
    top_up(line)
    agree(line)
    exhaust(line)
    drain()
    assert the(line).state == "active"


def test_what_is_not_sold_any_more_stops_it(drain):
    line = make_line()
    agree(line)
    VasOffering.objects.filter(pk="VAS_DATA_1GB").update(is_sellable=False)
    exhaust(line)
    drain()
    assert (bought(), agreement(line)["stoppedReason"]) == (0, "It is not sold any more.")


def test_without_a_card_nothing_is_tried(drain):
    line = make_line()
    agree(line)
    from apps.payments.models import PaymentMethod

    PaymentMethod.objects.update(is_default=False)
    exhaust(line)
    drain()
    assert (bought(), agreement(line)["stoppedReason"]) == (0, "There is no active card.")


def test_a_suspended_or_overdue_line_buys_nothing(frozen_clock):
    line = make_line()
    agree(line)
    exhaust(line)
    run("subscription.suspend", subscription_id=line, cause="lost")
    internal("subscription.top_up_by_itself", subscription_id=line, kind="data")
    run("subscription.resume", subscription_id=line)
    frozen_clock.advance("30d")
    internal("subscription.top_up_by_itself", subscription_id=line, kind="data")
    assert bought() == 0


def test_a_purchase_under_way_is_waited_for():
    from bss.core.operations import invoke

    line = make_line()
    agree(line)
    exhaust(line)
    wanted = {"subscription_id": line, "vas_offering_id": "VAS_DATA_1GB"}
    invoke("subscription.purchase_vas", wanted, wait=0)
    internal("subscription.top_up_by_itself", subscription_id=line, kind="data")
    assert bought() == 0


def test_its_owner_ends_it(drain, refused):
    line = make_line()
    agree(line)
    run("subscription.clear_auto_top_up", subscription_id=line)
    exhaust(line)
    drain()
    assert (bought(), AutoTopUp.objects.count()) == (0, 0)
    with refused("subscription.auto_top_up.not_agreed"):
        run("subscription.clear_auto_top_up", subscription_id=line)


def test_refusals(refused):
    line = make_line()
    with refused("subscription.auto_top_up.cap_too_low"):
        agree(line, cap="2.99")
    with refused("subscription.vas_purchase.vas_offering_sellable"):
        agree(line, "VAS_NOTHING")
    poor = make_line(card=None)
    with refused("subscription.vas_purchase.requires_active_cof"):
        agree(poor)


def test_days_and_months_begin_where_the_operator_is():
    late = clock.now().replace(month=3, day=31, hour=23)
    day = rules.local_day(late, "Asia/Singapore")
    assert day.isoformat() == "2026-03-31T16:00:00+00:00"
    assert rules.local_month(late, "Asia/Singapore") == day
    assert rules.local_month(late, "UTC").isoformat() == "2026-03-01T00:00:00+00:00"
