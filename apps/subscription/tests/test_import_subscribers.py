"""Subscribers of the former books: each enters once and whole, or is named with what helps."""

import pytest

from apps.crm.models import Customer, Notification
from apps.payments.models import PaymentMethod
from apps.subscription.models import ImportedRecord, Subscription
from bss.core import invariants
from bss.core.models import StoredEvent
from bss.core.operations import run
from bss.core.previews import preview

from .factories import make_stock
from .subscribers import a_file, subscriber, take

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def broken():
    return [one.name for one in invariants.check(full=True) if not one.holds]


def left_of(line):
    return {
        one["kind"]: one["remaining"]
        for one in run("subscription.get_balance", subscription_id=line)["balances"]
    }


def the_fault(told):
    (fault,) = told["errors"]
    return fault["line"], fault["column"], fault["error"]


def test_a_customer_comes_with_proof_card_line_and_what_is_left(drain):
    told = take(subscriber(1))

    assert (told["imported"], told["errors"]) == (1, [])
    line = Subscription.objects.get()
    assert (line.state, line.msisdn, line.iccid) == ("active", "90000001", "8910101000000000001")
    assert line.period_end.isoformat() == line.renewal_due_at.isoformat()
    assert line.period_end.isoformat() == "2026-03-16T12:00:00+00:00"
    customer = run("customer.get", customer_id=line.owner)
    assert customer["kycStatus"] == "verified"
    assert len(run("payment.list_methods", customer_id=line.owner)) == 1
    assert PaymentMethod.objects.get().last4 == "4242"
    drain()
    assert broken() == []
    assert not Notification.objects.exists()
    assert StoredEvent.objects.get(name="subscriber.imported").payload["imported"] == 1


def test_the_line_works_and_is_renewed(drain, frozen_clock):
    take(subscriber(1))
    run("usage.simulate", msisdn="90000001", event_type="data", quantity=1000, unit="mb")
    drain()
    frozen_clock.advance("15d")
    run("subscription.tick_renewals_now")
    drain()

    line = Subscription.objects.get()
    assert line.state == "active"
    assert line.period_end.isoformat() == "2026-04-15T12:00:00+00:00"
    assert broken() == []


def test_a_line_without_data_is_blocked_in_the_network_too(drain):
    take(subscriber(1, data_left_mb=0))
    drain()

    line = Subscription.objects.get()
    assert (line.state, line.state_reason) == ("blocked", "exhausted")
    (service,) = run("service.list_for_subscription", subscription_id=line.public_id)
    assert service["state"] == "suspended"
    assert broken() == []


def test_sending_the_file_again_changes_nothing():
    rows = [subscriber(1), subscriber(2)]
    take(*rows)
    told = take(*rows, subscriber(3))

    assert (told["imported"], told["skipped"], told["refused"]) == (1, 2, 0)
    assert Customer.objects.count() == Subscription.objects.count() == 3
    assert ImportedRecord.objects.exclude(public_id="").count() == 6


def test_a_customer_may_have_many_lines():
    mine = {"customer_reference": "C-1", "name": "Ada", "email": "ada@mail.test"}
    card = {"card_token": "tok_one", "document_number": "E0000001"}
    told = take(subscriber(1, **mine, **card), subscriber(2, **mine, **card))

    assert (told["imported"], told["errors"]) == (2, [])
    assert (Customer.objects.count(), PaymentMethod.objects.count()) == (1, 1)


def test_a_customer_may_have_no_line():
    row = {"customer_reference": "C-1", "name": "Ada Love", "email": "ada@mail.test"}
    assert take(row)["imported"] == 1
    assert take(row)["skipped"] == 1
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"msisdn": "abc"}, "msisdn", "7 to 15 digits"),
        ({"msisdn": "88888888"}, "msisdn", "add it first"),
        ({"iccid": "8910101999999999999"}, "iccid", "add it first"),
        ({"msisdn": "90000001"}, "msisdn", "is assigned"),
        ({"iccid": "8910101000000000001"}, "iccid", "is enabled"),
        ({"email": "ADA1@mail.test"}, "email", "an address of their own"),
        ({"document_number": "E0000001"}, "document_number", "another customer"),
        ({"date_of_birth": "2015-01-01"}, "date_of_birth", "at least"),
        ({"date_of_birth": "2015-02-30"}, "date_of_birth", "the calendar has no"),
        ({"verified_on": ""}, "line_reference", "verified_on must be filled"),
        ({"verified_on": "2027-01-01"}, "verified_on", "not been given yet"),
        ({"card_token": "4242 4242 4242 4242"}, "card_token", "must be the processor's token"),
        ({"card_token": "4242424242424242"}, "card_token", "no token of the processor"),
        ({"card_token": "tok_former_1"}, "card_token", "on file already"),
        ({"card_exp_year": "2025"}, "card_exp_year", "expired"),
        ({"card_brand": ""}, "line_reference", "card_brand must be filled"),
        ({"offering": "PLAN_X"}, "offering", "no plan"),
        ({"price": "PRICE_PLAN_L"}, "price", "no price"),
        ({"paid_until": "2026-03-01"}, "paid_until", "a moment to come"),
        ({"paid_until": "2026-05-01"}, "paid_until", "no more than one period"),
        ({"paid_until": "2026-13-01"}, "paid_until", "the calendar has no"),
        ({"data_left_mb": ""}, "data_left_mb", "how much of it is left"),
        ({"data_left_mb": "unlimited"}, "data_left_mb", "how much of it is left"),
        ({"data_left_mb": "-5"}, "data_left_mb", "a whole number"),
        ({"iccid": ""}, "line_reference", "iccid must be filled"),
        ({"customer_reference": "C-1"}, "customer_reference", "imported before"),
        ({"line_reference": "L-1"}, "customer_reference", "imported before"),
    ],
)
def test_a_wrong_row_is_named_and_leaves_nothing(changes, column, words):
    told = take(subscriber(1), subscriber(2, **changes), subscriber(3))

    line, where, error = the_fault(told)
    assert (line, where) == (3, column), error
    assert words in error
    assert (told["imported"], Customer.objects.count()) == (2, 2)
    assert StoredEvent.objects.filter(name="customer.taken_over").count() == 2
    assert not ImportedRecord.objects.filter(public_id="").exists()
    assert broken() == []


def test_what_was_wrong_can_be_sent_corrected():
    take(subscriber(1, offering="PLAN_X"))
    assert take(subscriber(1))["imported"] == 1


def test_a_line_needs_a_proven_identity():
    unproven = {"verified_on": "", "document_type": "", "document_number": ""}
    told = take(subscriber(1, document_country="", **unproven))
    assert the_fault(told)[1] == "verified_on"
    assert not Customer.objects.exists()


def test_a_proof_runs_out_counted_from_its_own_day():
    take(subscriber(1, verified_on="2019-01-01"))
    owner = Subscription.objects.get().owner
    assert run("customer.get_kyc_status", customer_id=owner)["kyc_status"] == "expired"


def test_a_preview_tells_what_is_wrong_and_leaves_nothing():
    make_stock()
    text = a_file(subscriber(1), subscriber(2, offering="PLAN_X"))

    seen = preview("subscriber.import_csv", {"text": text})

    assert (seen.answer["imported"], the_fault(seen.answer)[1]) == (1, "offering")
    assert not Customer.objects.exists()


@pytest.mark.parametrize("text", ["", "name\nAda\n", "customer_reference,name,shoe_size\n"])
def test_another_file_is_refused_whole(text, refused):
    with refused("subscriber.import.bad_file"):
        run("subscriber.import_csv", text=text)


def test_lines_of_a_part_are_counted_from_the_top_of_the_file():
    make_stock()
    told = run("subscriber.import_csv", text=a_file(subscriber(1, msisdn="x")), above=500)
    assert the_fault(told)[0] == 502
