import pytest

from apps.payments.models import Payment
from apps.subscription.models import TopUp
from apps.subscription.tests.factories import (
    DECLINING,
    MB,
    UNDECIDED,
    balance,
    events,
    exhaust,
    grants,
    internal,
    make_line,
    make_pending,
    the,
    top_up,
    use,
)
from bss.core import sweeps
from bss.core.calls import succeeded
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def fail_renewal(line, frozen_clock, drain):
    frozen_clock.advance("30d")
    sweeps.run_sweep("renewals")
    drain()
    assert the(line).state_reason == "payment_failed"


def test_a_top_up_is_paid_and_added():
    line = make_line()
    shown = top_up(line)
    assert shown["id"] == line
    assert shown["balances"][0]["total"] == 6144
    payment = Payment.objects.get(purpose="topup")
    assert (payment.amount, payment.subject, payment.state) == (300, line, "captured")
    assert payment.served_by == TopUp.objects.get().key
    assert grants(line)[1].expires_at == the(line).period_end
    told = events("subscription.vas_purchased")[0]
    assert (told["vas_offering_id"], told["quantity"], told["unit"]) == ("VAS_DATA_1GB", 1024, "mb")


def test_it_brings_an_exhausted_line_back():
    line = make_line()
    exhaust(line)
    assert top_up(line)["state"] == "active"
    assert [told["reason"] for told in events("subscription.unblocked")] == ["top-up"]
    assert use(line, MB).overshoot == 0


def test_the_level_falls_with_it_so_that_thresholds_are_told_again():
    line = make_line()
    use(line, 5119 * MB)
    top_up(line, "VAS_DATA_5GB")
    use(line, 3100 * MB)
    assert [told["percent"] for told in events("subscription.threshold_reached")] == [80, 80]


def test_roaming_does_not_bring_back_what_ran_out_of_data():
    line = make_line()
    exhaust(line)
    assert top_up(line, "VAS_ROAMING_1GB")["state"] == "blocked"
    assert balance(line, "data_roaming")["remaining"] == 1024


@pytest.mark.parametrize("vas", ["VAS_ROAMING_1GB", "VAS_DATA_5GB", "VAS_UNLIMITED_DAY"])
def test_nothing_brings_back_what_is_unpaid(vas, frozen_clock, drain):
    line = make_line()
    run("payment.add_card", customer_id=the(line).owner, card_number=DECLINING)
    cards = run("payment.list_methods", customer_id=the(line).owner)
    run("payment.set_default", method_id=cards[1]["id"])
    fail_renewal(line, frozen_clock, drain)
    run("payment.set_default", method_id=cards[0]["id"])
    assert top_up(line, vas)["stateReason"] == "payment_failed"
    # It is there once the period is paid.
    assert run("subscription.renew_now", subscription_id=line)["state"] == "active"
    kind = "data_roaming" if "ROAMING" in vas else "data"
    assert balance(line, kind)["total"] in (1024, 10240, -1)


def test_an_overdue_line_that_ran_dry_is_not_brought_back_for_free(frozen_clock):
    line = make_line()
    frozen_clock.advance("31d")
    use(line, MB)
    assert top_up(line)["state"] == "blocked"
    assert run("subscription.renew_now", subscription_id=line)["state"] == "active"
    assert balance(line)["total"] == 6144


def test_a_day_pass_is_unlimited_and_ends():
    line = make_line()
    exhaust(line)
    assert top_up(line, "VAS_UNLIMITED_DAY")["state"] == "active"
    assert balance(line)["remaining"] == -1
    assert (TopUp.objects.get().expires_at - TopUp.objects.get().bought_at).days == 1


def test_a_declined_card_gives_nothing(refused):
    line = make_line(card=DECLINING)
    with refused("subscription.vas_purchase.declined"):
        top_up(line)
    assert len(grants(line)) == 1
    assert TopUp.objects.get().state == "declined"
    assert len(events("subscription.vas_purchase_failed")) == 1


def test_while_nobody_knows_nothing_is_granted(drain):
    line = make_line(card=UNDECIDED)
    top_up(line)
    drain()
    assert len(grants(line)) == 1
    assert TopUp.objects.get().state == "open"


def test_what_is_paid_after_the_line_ended_goes_back(drain):
    from apps.payments.gateways.mock import MockCards

    line = make_line(card=UNDECIDED)
    top_up(line)
    run("subscription.terminate", subscription_id=line)
    MockCards().decide(f"{TopUp.objects.get().key}/1", succeeded(reference="late"))
    drain()
    assert Payment.objects.get().refunded == 300
    assert TopUp.objects.get().state == "refunded"
    assert len(grants(line)) == 1


def test_a_refund_that_takes_the_data_back(drain):
    line = make_line()
    top_up(line)
    use(line, 5121 * MB)
    payment = Payment.objects.get()
    run(
        "payment.refund",
        payment_id=payment.public_id,
        reason="bought twice",
        took_back="what was left of the data",
    )
    drain()
    assert balance(line)["total"] == 5121
    assert grants(line)[1].revoked == 1023 * MB
    assert events("subscription.grant_revoked")[0]["quantity"] == 1023 * MB


def test_a_goodwill_refund_takes_nothing(drain):
    line = make_line()
    top_up(line)
    run("payment.refund", payment_id=Payment.objects.get().public_id, reason="goodwill")
    drain()
    assert balance(line)["total"] == 6144


def test_who_cannot_buy(refused):
    line = make_line(card=None)
    with refused("subscription.vas_purchase.requires_active_cof"):
        top_up(line)
    with refused("subscription.vas_purchase.vas_offering_sellable"):
        top_up(line, "VAS_NOT_THERE")
    run("subscription.terminate", subscription_id=line)
    with refused("subscription.vas_purchase.not_if_terminated"):
        top_up(line)
    with refused("subscription.vas_purchase.not_in_service"):
        top_up(make_pending())


def test_the_same_outcome_twice_gives_once():
    line = make_line()
    top_up(line)
    payment = Payment.objects.get()
    internal(
        "subscription.settle_topup",
        payment_id=payment.public_id,
        outcome=succeeded(reference="again"),
    )
    assert len(grants(line)) == 2
