import pytest

from apps.catalog.models import ProductOfferingPrice
from apps.subscription.tests.factories import (
    DECLINING,
    MB,
    add_card,
    balance,
    events,
    make_line,
    make_served_line,
    the,
    use,
)
from bss.core import clock
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def schedule(line, plan="PLAN_M"):
    return run("subscription.schedule_plan_change", subscription_id=line, new_offering_id=plan)


def cancel(line):
    return run("subscription.cancel_pending_plan_change", subscription_id=line)


def tick(frozen_clock, days="30d"):
    frozen_clock.advance(days)
    run("subscription.tick_renewals_now")


def test_a_change_waits_for_the_boundary():
    line = make_line()
    shown = schedule(line)
    assert shown["offeringId"] == "PLAN_S"
    assert (shown["pendingOfferingId"], shown["pendingOfferingPriceId"]) == (
        "PLAN_M",
        "PRICE_PLAN_M",
    )
    assert shown["pendingEffectiveAt"] == shown["nextRenewalAt"]


def test_it_takes_place_with_the_renewal(frozen_clock):
    line = make_line()
    schedule(line)
    tick(frozen_clock)
    shown = run("subscription.get", subscription_id=line)
    assert (shown["offeringId"], shown["priceAmount"]) == ("PLAN_M", "25.00")
    assert shown["pendingOfferingId"] is shown["pendingEffectiveAt"] is None
    assert balance(line)["remaining"] == 30720
    assert balance(line, "voice")["remaining"] == -1
    assert events("subscription.renewed")[0]["amount_charged"] == "25.00"
    assert events("subscription.plan_changed")[0]["old_offering_id"] == "PLAN_S"


def test_an_exhausted_line_may_begin_the_new_plan_early():
    line = make_line()
    schedule(line)
    use(line, 5120 * MB)
    run("subscription.renew_now", subscription_id=line)
    assert the(line).offering_id == "PLAN_M"


def test_a_declined_change_stays_pending(frozen_clock):
    line = make_line(card=DECLINING)
    schedule(line)
    tick(frozen_clock)
    assert (the(line).offering_id, the(line).pending_offering_id) == ("PLAN_S", "PLAN_M")
    assert events("subscription.plan_change_payment_failed")[0]["new_offering_id"] == "PLAN_M"
    add_card(the(line).owner)
    assert run("subscription.renew_now", subscription_id=line)["offeringId"] == "PLAN_M"


def test_a_change_called_off(frozen_clock):
    line = make_line()
    schedule(line)
    assert cancel(line)["pendingOfferingId"] is None
    assert cancel(line)["pendingOfferingId"] is None
    assert len(events("subscription.plan_change_cancelled")) == 1
    tick(frozen_clock)
    assert the(line).offering_id == "PLAN_S"


def test_the_network_is_told(frozen_clock, drain):
    line = make_served_line()
    schedule(line)
    tick(frozen_clock)
    drain()
    assert events("service_order.completed")[-1]["action"] == "change"


def test_refusals(refused):
    line = make_line()
    with refused("subscription.plan_change.same_offering"):
        schedule(line, "PLAN_S")
    with refused("subscription.plan_change.target_not_sellable_now"):
        schedule(line, "PLAN_NOWHERE")
    ProductOfferingPrice.objects.filter(offering_id="PLAN_L").update(valid_to=clock.now())
    with refused("subscription.plan_change.target_no_active_price"):
        schedule(line, "PLAN_L")
    schedule(line)
    with refused("subscription.plan_change.already_pending"):
        schedule(line, "PLAN_L")
    cancel(line)
    use(line, 5120 * MB)
    with refused("subscription.plan_change.not_eligible_state"):
        schedule(line)


def test_a_line_that_ends_begins_no_other_plan(refused):
    line = make_line()
    run("subscription.terminate_at_period_end", subscription_id=line, code="moved_away")
    with refused("subscription.plan_change.line_ends"):
        schedule(line)
    run("subscription.cancel_termination", subscription_id=line)
    assert schedule(line)["pendingOfferingId"] == "PLAN_M"
