from datetime import timedelta

import pytest

from apps.catalog.models import ProductOfferingPrice
from apps.payments.models import Payment
from apps.subscription.tests.factories import DECLINING, add_card, events, make_line, the
from bss.core import clock
from bss.core.errors import InvalidArguments
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def dearer():
    """The id of a new, higher price of PLAN_S."""
    old = "PRICE_PLAN_S"

    def make():
        price = ProductOfferingPrice.objects.get(pk=old)
        price.pk, price.amount = "PRICE_S_2", 1200
        price.save(force_insert=True)
        return price.pk

    return make


def migrate(price, **overrides):
    args = {
        "offering_id": "PLAN_S",
        "new_price_id": price,
        "effective_from": clock.now().isoformat(),
    }
    return run("subscription.migrate_to_new_price", **args | overrides)


def tick(frozen_clock):
    frozen_clock.advance("30d")
    run("subscription.tick_renewals_now")


def test_a_new_price_holds_after_notice(dearer, frozen_clock):
    line = make_line()
    frozen_clock.advance("10d")
    assert migrate(dearer()) == {"count": 1, "subscriptionIds": [line]}
    told = events("subscription.price_migration_scheduled")[0]
    assert (told["old_amount"], told["new_amount"]) == ("10.00", "12.00")
    frozen_clock.advance("20d")
    run("subscription.tick_renewals_now")
    assert events("subscription.renewed")[-1]["amount_charged"] == "10.00"
    tick(frozen_clock)
    assert events("subscription.renewed")[-1]["amount_charged"] == "12.00"
    assert (the(line).price_id, the(line).pending_price_id) == ("PRICE_S_2", None)
    assert events("subscription.price_migrated")[0]["old_price_id"] == "PRICE_PLAN_S"


@pytest.mark.parametrize("days", [-1, 3651, "NaN", 1e30])
def test_a_notice_is_given_beforehand(dearer, days):
    make_line()
    with pytest.raises(InvalidArguments):
        migrate(dearer(), notice_days=days)


def test_a_declined_period_is_tried_again_at_the_price_that_holds_then(dearer, frozen_clock):
    line = make_line(card=DECLINING)
    tick(frozen_clock)
    assert the(line).state_reason == "payment_failed"
    migrate(dearer(), notice_days=0)
    add_card(the(line).owner)
    frozen_clock.advance("1d")
    run("subscription.renew_now", subscription_id=line)

    payment = Payment.objects.get(purpose="renewal")
    assert (payment.state, payment.amount) == ("captured", 1200)
    assert (the(line).price_id, the(line).amount) == ("PRICE_S_2", 1200)
    assert events("subscription.renewed")[-1]["amount_charged"] == "12.00"


def test_without_migration_the_snapshot_holds(dearer, frozen_clock):
    make_line()
    ProductOfferingPrice.objects.filter(pk=dearer()).update(amount=1)
    tick(frozen_clock)
    assert events("subscription.renewed")[0]["amount_charged"] == "10.00"


def test_a_pending_change_of_plan_is_left_alone(dearer):
    line = make_line()
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id="PLAN_M")
    assert migrate(dearer(), notice_days=0)["count"] == 0
    assert the(line).pending_offering_id == "PLAN_M"


def test_a_migration_cannot_be_called_off_as_a_plan_change(dearer):
    line = make_line()
    migrate(dearer())
    run("subscription.cancel_pending_plan_change", subscription_id=line)
    assert the(line).pending_price_id == "PRICE_S_2"


def test_refusals(refused):
    make_line()
    with refused("subscription.migrate_price.unknown_price"):
        migrate("PRICE_NOWHERE")
    with refused("subscription.migrate_price.price_not_on_offering"):
        migrate("PRICE_PLAN_M")


def test_a_new_rhythm_begins_with_the_period_it_is_sold_for(dearer, frozen_clock):
    line = make_line()
    price = dearer()
    ProductOfferingPrice.objects.filter(pk=price).update(period_length=7)
    migrate(price, effective_from=(clock.now() - timedelta(days=40)).isoformat())
    boundary = the(line).period_end
    tick(frozen_clock)
    found = the(line)
    assert (found.anchor_at, found.period_end - boundary) == (boundary, timedelta(days=7))
