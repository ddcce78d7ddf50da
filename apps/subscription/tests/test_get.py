import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.subscription.tests.factories import (
    make_customer,
    make_line,
    make_pending,
    make_stock,
    the,
)
from bss.core.errors import NotFound
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")

SUB = """
    id href customerId offeringId msisdn iccid cfsServiceId state stateReason activatedAt
    currentPeriodStart currentPeriodEnd nextRenewalAt terminatedAt balances priceAmount
    priceCurrency priceOfferingPriceId pendingOfferingId pendingOfferingPriceId pendingEffectiveAt
    discountType discountValue discountPeriodsRemaining effectiveAmount promoCode
    promoOfferDefinitionId @type
"""
BAL = "id subscriptionId allowanceType total consumed remaining unit periodStart periodEnd"


def test_a_line_has_the_shape_its_readers_know():
    shown = run("subscription.get", subscription_id=make_line())
    assert set(SUB.split()) <= set(shown)
    assert set(BAL.split()) <= set(shown["balances"][0])
    assert [balance["allowanceType"] for balance in shown["balances"]] == [
        "data", "voice", "sms", "data_roaming",
    ]  # fmt: skip
    first = shown["balances"][0]
    assert (first["total"], first["consumed"], first["remaining"], first["unit"]) == (
        5120, 0, 5120, "mb",
    )  # fmt: skip
    assert shown["nextRenewalAt"] == shown["currentPeriodEnd"] == first["periodEnd"]
    assert (shown["priceAmount"], shown["priceCurrency"]) == ("10.00", "SGD")


def test_lists_and_single_reads_say_the_same():
    line = make_line()
    single = run("subscription.get", subscription_id=line)
    assert single.pop("unknownRenewal") is None
    assert run("subscription.list_for_customer", customer_id=the(line).owner) == [single]


def test_lists_cost_the_same_however_long():
    make_stock()
    costs = []
    for lines in (1, 4):
        customer = make_customer()
        for _ in range(lines):
            make_line(customer_id=customer, card=None)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(run("subscription.list_for_customer", customer_id=customer)) == lines
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_line_that_never_served_has_no_balance():
    with pytest.raises(NotFound):
        run("subscription.get_balance", subscription_id=make_pending())


def test_the_activation_code():
    line = the(make_line())
    shown = run("subscription.get_esim_activation", subscription_id=line.public_id)
    assert (shown["iccid"], shown["msisdn"]) == (line.iccid, line.msisdn)
    assert shown["activationCode"].startswith("LPA:1$")
    assert shown["imsi"].startswith("525010000")


def test_finding_a_customer_by_number():
    line = the(make_line())
    assert run("customer.find_by_msisdn", msisdn=line.msisdn)["id"] == line.owner
    run("subscription.terminate", subscription_id=line.public_id)
    with pytest.raises(NotFound):
        run("customer.find_by_msisdn", msisdn=line.msisdn)


def test_a_customer_is_shown_with_their_lines():
    line = the(make_line())
    shown = run("customer.get", customer_id=line.owner)
    assert [one["id"] for one in shown["_extras"]["subscriptions"]] == [line.public_id]
