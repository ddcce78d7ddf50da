import pytest

from apps.payments.models import Payment
from apps.subscription.models import Renewal
from apps.subscription.tests.factories import (
    DECLINING,
    LOST_ANSWER,
    MB,
    UNDECIDED,
    VISA,
    add_card,
    balance,
    bucket,
    events,
    exhaust,
    grants,
    internal,
    make_line,
    the,
    top_up,
    use,
)
from bss.core import sweeps
from bss.core.operations import invoke, run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def sweep(drain):
    """Run the sweep of due renewals and settle what it opened."""

    def sweeping():
        taken = sweeps.run_sweep("renewals")
        drain(due_only=True)
        return taken

    return sweeping


def renew(line):
    return run("subscription.renew_now", subscription_id=line)


def test_a_line_that_is_due_is_renewed_once(sweep, frozen_clock):
    line = make_line()
    was = the(line)
    use(line, 100 * MB)
    frozen_clock.advance("30d")
    assert (sweep(), sweep()) == (1, 0)
    now = the(line)
    assert (now.state, now.period_start) == ("active", was.period_end)
    assert (now.period_end - now.period_start).days == 30
    assert balance(line)["remaining"] == 5120
    payment = Payment.objects.get(purpose="renewal")
    assert payment.key == f"renewal/{line}/2026-04-01"
    assert (payment.state, payment.amount, payment.served_by) == ("captured", 1000, payment.key)


def test_it_says_who_renewed(sweep, frozen_clock):
    from bss.core.models import StoredEvent

    make_line()
    frozen_clock.advance("30d")
    sweep()
    renewed = StoredEvent.objects.get(name="subscription.renewed")
    assert (renewed.actor, renewed.channel) == ("system:renewal_worker", "system")
    assert renewed.payload["amount_charged"] == "10.00"


def test_nothing_is_due_before_the_boundary(sweep, frozen_clock):
    make_line()
    frozen_clock.advance("29d")
    assert sweep() == 0


def test_an_exhausted_line_is_renewed_too(sweep, frozen_clock):
    line = make_line()
    exhaust(line)
    frozen_clock.advance("30d")
    sweep()
    assert the(line).state == "active"
    assert use(line, MB).overshoot == 0


def test_renewing_late_opens_the_period_that_holds_now(sweep, frozen_clock):
    line = make_line()
    anchor = the(line).anchor_at
    frozen_clock.advance("95d")
    sweep()
    now = the(line)
    assert ((now.period_start - anchor).days, (now.period_end - anchor).days) == (90, 120)
    assert Payment.objects.filter(purpose="renewal").count() == 1


def test_a_declined_card_blocks_with_its_own_reason(sweep, frozen_clock):
    line = make_line(card=DECLINING)
    frozen_clock.advance("30d")
    assert (sweep(), sweep()) == (1, 0)
    assert (the(line).state, the(line).state_reason) == ("blocked", "payment_failed")
    assert events("subscription.renew_failed")[0]["reason"] == "card_declined_by_issuer"
    assert Renewal.objects.get().state == "declined"


def test_a_declined_exhausted_line_owes_money_first(sweep, frozen_clock):
    line = make_line(card=DECLINING)
    exhaust(line)
    frozen_clock.advance("30d")
    sweep()
    assert the(line).state_reason == "payment_failed"


def test_the_next_boundary_is_tried_again(sweep, frozen_clock):
    line = make_line(card=DECLINING)
    frozen_clock.advance("30d")
    sweep()
    add_card(the(line).owner)
    frozen_clock.advance("29d")
    assert sweep() == 0
    frozen_clock.advance("1d")
    assert sweep() == 1
    assert (the(line).state, the(line).state_reason) == ("active", "")


def test_paying_a_declined_period_by_hand(sweep, frozen_clock):
    line = make_line(card=DECLINING)
    frozen_clock.advance("30d")
    sweep()
    add_card(the(line).owner)
    frozen_clock.advance("2d")
    assert renew(line)["state"] == "active"
    payment = Payment.objects.get(purpose="renewal")
    assert (payment.state, payment.attempt_number) == ("captured", 2)
    assert the(line).period_start.isoformat().startswith("2026-04-01")


def test_without_a_card_the_line_is_blocked(sweep, frozen_clock):
    line = make_line(card=None)
    frozen_clock.advance("30d")
    sweep()
    assert the(line).state_reason == "payment_failed"
    assert not Payment.objects.exists()


def test_a_lost_answer_is_looked_up_and_charged_once(frozen_clock, drain):
    line = make_line(card=LOST_ANSWER)
    frozen_clock.advance("30d")
    sweeps.run_sweep("renewals")
    drain()
    assert the(line).state == "active"
    assert Payment.objects.get(purpose="renewal").state == "captured"


def test_a_technical_failure_is_tried_again(frozen_clock, drain):
    line = make_line(card="4000-DOWN-0002")
    frozen_clock.advance("30d")
    sweeps.run_sweep("renewals")
    drain()
    assert the(line).state == "active"
    assert balance(line)["remaining"] == 5120
    assert Payment.objects.get(purpose="renewal").attempt_number == 1


def test_while_nobody_knows_nothing_is_granted(sweep, frozen_clock, refused):
    line = make_line(card=UNDECIDED)
    frozen_clock.advance("30d")
    assert (sweep(), sweep()) == (1, 0)
    assert the(line).state == "active"
    assert use(line, MB).overshoot == MB
    assert the(line).state_reason == "exhausted"
    with refused("subscription.renew.outcome_unknown"):
        renew(line)


def test_while_it_is_under_way_it_is_not_charged_again(refused, frozen_clock):
    line = make_line()
    frozen_clock.advance("30d")
    invoke("subscription.renew_now", {"subscription_id": line}, wait=0)
    with refused("subscription.renew.under_way"):
        renew(line)


def test_an_unknown_renewal_is_shown_and_settled_by_a_person(sweep, frozen_clock):
    line = make_line(card=UNDECIDED)
    assert run("subscription.get", subscription_id=line)["unknownRenewal"] is None
    frozen_clock.advance("30d")
    sweep()
    unknown = run("subscription.get", subscription_id=line)["unknownRenewal"]
    assert (unknown["renewalOf"], unknown["amount"]) == ("2026-04-01", "10.00")

    word = {"outcome": "captured", "note": "On the bank's list", "reference": "ACQ-7"}
    run("payment.reconcile", payment_id=unknown["paymentId"], **word)
    shown = run("subscription.get", subscription_id=line)
    assert (shown["state"], shown["unknownRenewal"]) == ("active", None)
    assert shown["currentPeriodStart"].startswith("2026-04-01")
    assert balance(line)["remaining"] == 5120


def test_an_unknown_renewal_said_to_be_declined_blocks_the_line(sweep, frozen_clock):
    line = make_line(card=UNDECIDED)
    frozen_clock.advance("30d")
    sweep()
    payment = Payment.objects.get(purpose="renewal")
    word = {"outcome": "declined", "note": "On the bank's list", "reference": "ACQ-7"}
    run("payment.reconcile", payment_id=payment.public_id, **word)
    assert the(line).state_reason == "payment_failed"


def test_a_late_success_that_cannot_be_served_is_refunded(sweep, frozen_clock, drain):
    from apps.payments.gateways.mock import MockCards
    from bss.core.calls import succeeded

    line = make_line(card=UNDECIDED)
    frozen_clock.advance("30d")
    sweep()
    run("subscription.terminate", subscription_id=line)
    MockCards().decide(f"renewal/{line}/2026-04-01/1", succeeded(reference="late"))
    drain()
    payment = Payment.objects.get(purpose="renewal")
    assert (payment.served_by, payment.refunded) == ("", 1000)
    assert Renewal.objects.get().state == "refunded"
    assert len(grants(line)) == 1


def test_a_line_in_service_is_not_renewed_early(refused, frozen_clock):
    line = make_line()
    frozen_clock.advance("29d")
    with refused("subscription.renew.not_due"):
        renew(line)


def test_renewing_twice_at_the_boundary_charges_once(refused, frozen_clock):
    line = make_line()
    frozen_clock.advance("30d")
    renew(line)
    with refused("subscription.renew.not_due"):
        renew(line)
    assert Payment.objects.filter(purpose="renewal").count() == 1


def test_an_exhausted_line_may_bring_its_next_period_forward(sweep, frozen_clock):
    line = make_line()
    boundary = the(line).period_end
    frozen_clock.advance("10d")
    exhaust(line)
    assert renew(line)["state"] == "active"
    assert balance(line)["remaining"] == 5120
    assert (the(line).period_end - boundary).days == 30
    frozen_clock.advance("20d")
    assert sweep() == 0
    assert Payment.objects.get(purpose="renewal").key.endswith("/2026-04-01")


def test_a_decline_brought_forward_leaves_what_is_paid(sweep, frozen_clock):
    line = make_line(card=DECLINING)
    exhaust(line)
    renew(line)
    assert the(line).state_reason == "exhausted"
    add_card(the(line).owner, VISA)
    frozen_clock.advance("30d")
    assert sweep() == 1
    assert the(line).state == "active"


def test_who_cannot_renew(refused, frozen_clock):
    line = make_line(card=None)
    frozen_clock.advance("30d")
    with refused("subscription.renew.no_payment_method"):
        renew(line)
    run("subscription.terminate", subscription_id=line)
    with refused("subscription.renew.only_if_active_or_blocked"):
        renew(line)


def test_a_tick_renews_what_is_due_and_nothing_else(frozen_clock):
    due = make_line()
    frozen_clock.advance("10d")
    later = make_line()
    frozen_clock.advance("20d")
    assert run("subscription.tick_renewals_now") == {"status": "ok"}
    assert the(due).period_start > the(due).activated_at
    assert the(later).period_start == the(later).activated_at


def test_one_bad_line_does_not_stop_its_batch(sweep, frozen_clock):
    good, bad = make_line(), make_line()
    frozen_clock.advance("30d")
    # Another payment has the key already, which no code of ours can bring about.
    run_key = f"renewal/{bad}/2026-04-01"
    internal(
        "payment.open",
        purpose="manual",
        key=run_key,
        customer_id=the(bad).owner,
        lines=[],
        capture="later",
    )
    assert sweep() == 1
    assert the(good).period_start > the(bad).period_start


def test_a_new_period_starts_counting_anew(sweep, frozen_clock):
    line = make_line()
    use(line, 5200 * MB)
    frozen_clock.advance("30d")
    sweep()
    assert (bucket(line).level, balance(line)["overshoot"]) == (0, 0)
    use(line, 2560 * MB)
    assert [told["percent"] for told in events("subscription.threshold_reached")] == [50]


def test_top_ups_without_a_date_end_with_the_period(sweep, frozen_clock):
    line = make_line()
    top_up(line)
    assert balance(line)["total"] == 6144
    frozen_clock.advance("30d")
    sweep()
    assert balance(line)["total"] == 5120


def test_the_reminder_goes_out_once_a_period(sweep, frozen_clock, drain):
    make_line()
    frozen_clock.advance("28d")
    sweeps.run_sweep("renewal reminders")
    assert events("subscription.renewal_reminded") == []
    frozen_clock.advance("30h")
    for _ in range(3):
        sweeps.run_sweep("renewal reminders")
    assert [told["amount"] for told in events("subscription.renewal_reminded")] == ["10.00"]
    frozen_clock.advance("1d")
    sweep()
    frozen_clock.advance("29d")
    sweeps.run_sweep("renewal reminders")
    assert len(events("subscription.renewal_reminded")) == 2


def test_months_return_to_their_day(sweep, frozen_clock):
    frozen_clock.freeze("2026-01-31T04:00:00+00:00")
    line = make_line()
    run_month(line)
    found = [the(line).period_end.date().isoformat()]
    for day in ("2026-02-28", "2026-03-31", "2026-04-30"):
        frozen_clock.freeze(f"{day}T04:00:00+00:00")
        sweep()
        found.append(the(line).period_end.date().isoformat())
    assert found == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def run_month(line):
    """Let a line have been sold by the month."""
    from datetime import timedelta

    found = the(line)
    end = found.anchor_at + timedelta(days=28)
    found.follow_up(period_type="month", period_length=1, period_end=end, renewal_due_at=end)
