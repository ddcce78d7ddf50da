"""What a promotion takes off after the first period, and when it ends."""

import pytest

from apps.catalog.rules import FOR_EVER, Discount
from apps.catalog.tests.factories import make_price, make_promotion
from apps.payments.models import Payment
from apps.subscription.models import Subscription
from apps.subscription.tests.factories import (
    DECLINING,
    VISA,
    add_card,
    events,
    make_line,
    the,
)
from bss.core import sweeps
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def renewed(drain, frozen_clock):
    """Let a period pass and renew; what was charged."""

    def renewing(days=30):
        frozen_clock.advance(f"{days}d")
        sweeps.run_sweep("renewals")
        drain(due_only=True)
        payment = Payment.objects.filter(purpose="renewal").order_by("-id").first()
        return payment.state, payment.amount

    return renewing


def discounted(periods, type="percent", value=2000, plan="PLAN_M"):
    """A line that is cheaper for so many more periods."""
    line = make_line(plan)
    promotion = make_promotion()
    row = Subscription.objects.get_by_id(line)
    row.promise(Discount(promotion, "SPRING", type, value, periods))
    row.save()
    return line


def test_it_is_cheaper_while_periods_remain(renewed):
    line = discounted(2)

    assert [renewed() for _ in range(3)] == [
        ("captured", 2000),
        ("captured", 2000),
        ("captured", 2500),
    ]
    assert (the(line).discount_periods, the(line).amount) == (0, 2500)
    assert [event["amount_charged"] for event in events("subscription.renewed")] == [
        "20.00",
        "20.00",
        "25.00",
    ]


def test_for_ever_has_no_end(renewed):
    line = discounted(FOR_EVER)

    assert [renewed()[1] for _ in range(3)] == [2000, 2000, 2000]
    assert the(line).discount_periods == FOR_EVER


def test_the_receipt_shows_the_discount(renewed):
    discounted(1)
    renewed()

    lines = Payment.objects.get(purpose="renewal").lines.order_by("position")
    assert [(line.text, line.net) for line in lines][1] == ("Discount SPRING 20 %", -500)
    assert lines[0].net == 2500


def test_all_of_it_off_needs_no_card(renewed):
    line = discounted(1, value=10_000)
    add_card(the(line).owner, DECLINING)

    assert renewed() == ("captured", 0)
    assert the(line).state == "active"
    assert renewed() == ("declined", 2500)


def test_a_declined_renewal_counts_no_period(renewed, drain):
    line = discounted(1)
    add_card(the(line).owner, DECLINING)
    assert renewed() == ("declined", 2000)
    assert the(line).discount_periods == 1

    add_card(the(line).owner, VISA)
    run("subscription.renew_now", subscription_id=line)
    drain()

    assert the(line).discount_periods == 0
    assert Payment.objects.get(purpose="renewal", state="captured").amount == 2000


def test_the_line_shows_what_is_left_of_it():
    line = discounted(2)

    shown = run("subscription.get", subscription_id=line)
    kept = [shown[f"discount{name}"] for name in ("Type", "Value", "PeriodsRemaining")]
    assert kept == ["percent", "20.00", 2]
    assert (shown["priceAmount"], shown["effectiveAmount"]) == ("25.00", "20.00")
    assert shown["promoCode"] == "SPRING"


def test_the_reminder_tells_the_lower_price(frozen_clock):
    discounted(1)
    frozen_clock.advance("708h")

    sweeps.run_sweep("renewal reminders")

    assert events("subscription.renewal_reminded")[0]["amount"] == "20.00"


def test_another_plan_ends_it(renewed):
    line = discounted(5)
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id="PLAN_L")

    assert renewed() == ("captured", 4500)
    assert (the(line).discount, the(line).discount_periods) == (None, 0)
    assert len(events("subscription.discount_ended")) == 1
    assert renewed() == ("captured", 4500)


def test_another_price_ends_it(renewed, frozen_clock):
    line = discounted(5)
    price = make_price("PLAN_M", amount="30.00")["id"]
    run(
        "subscription.migrate_to_new_price",
        offering_id="PLAN_M",
        new_price_id=price,
        effective_from="2026-03-02T12:00:00Z",
        notice_days=30,
    )

    assert renewed() == ("captured", 3000)
    assert the(line).discount is None


def test_one_that_is_over_ends_without_a_word(renewed):
    line = discounted(1)
    renewed()
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id="PLAN_L")
    renewed()

    assert events("subscription.discount_ended") == []
