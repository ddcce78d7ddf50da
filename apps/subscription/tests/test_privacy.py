"""What a customer may ask for: all that is kept about them, and only that; and to be forgotten."""

import json

import pytest

from apps.crm.models import Customer, IdentityDocument, Interaction, Notification
from apps.payments.models import Payment, PaymentMethod
from apps.subscription.models import Bucket, Grant
from apps.subscription.tests.factories import make_line, make_stock, the
from bss.core import context, invariants, sweeps
from bss.core.context import Context
from bss.core.errors import NotFound
from bss.core.models import Call
from bss.core.operations import invoke, run

from .subscribers import subscriber, take

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def export(customer_id):
    return run("customer.export_data", customer_id=customer_id)["rows"]


def close(line, drain):
    owner = the(line).owner
    run("subscription.terminate", subscription_id=line)
    drain()
    run("customer.close", customer_id=owner)
    drain()
    return owner


@pytest.fixture
def two(drain):
    """Two customers with a line each, by the id of the customer."""
    take(subscriber(1, nickname="Ada's phone"), subscriber(2))
    drain()
    one, other = Customer.objects.order_by("id")
    return one.public_id, other.public_id


def test_everything_of_a_customer_is_handed_out_and_nothing_of_others(two):
    one, _ = two
    rows = export(one)

    assert [row["value"] for row in rows["contact medium"]] == ["ada1@mail.test"]
    assert [row["given_name"] for row in rows["individual"]] == ["Ada"]
    assert [row["msisdn"] for row in rows["subscription"]] == ["90000001"]
    assert {"payment method", "interaction", "grant", "number", "service"} <= set(rows)
    text = json.dumps(rows)
    for strange in ("ada2@mail.test", "90000002", "8910101000000000002", "L-2", "C-2"):
        assert strange not in text


def test_every_table_that_speaks_of_a_customer_is_in_it(drain):
    line = make_line()
    run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
    drain()
    rows = export(the(line).owner)

    (grant, *_) = Grant.objects.filter(subscription=the(line))
    assert str(grant.source) in {row["source"] for row in rows["grant"]}
    assert {"payment", "payment line", "ledger entry", "receipt", "bucket"} <= set(rows)
    assert len(rows["bucket"]) == Bucket.objects.filter(subscription=the(line)).count()
    assert len(rows["payment"]) == Payment.objects.filter(customer=the(line).customer).count()


def test_secrets_are_masked(two):
    rows = export(two[0])
    (card,) = rows["payment method"]
    (esim,) = rows["esim profile"]
    assert (card["token"], card["last4"]) == ("(kept secret)", "4242")
    assert esim["matching_id"] == "(kept secret)"
    assert rows["identity document"][0]["number_hash"] == "(kept secret)"


def test_a_customer_gets_their_own_data_only(two):
    one, other = two
    mine = Context(actor="ada", customer_id=one, permissions=frozenset({"customer.export_data"}))
    with context.acting(mine):
        assert invoke("customer.export_data", {"customer_id": one}).result["customerId"] == one
        with pytest.raises(NotFound):
            run("customer.export_data", customer_id=other)


def test_that_it_was_handed_out_is_in_the_log(two, drain):
    export(two[0])
    drain()
    assert Interaction.objects.filter(summary__contains="handed out").count() == 1


def test_nobody_is_closed_while_money_is_on_its_way(refused, drain):
    line = make_line()
    owner = the(line).owner
    run("subscription.purchase_vas", subscription_id=line, vas_offering_id="VAS_DATA_1GB")
    run("subscription.terminate", subscription_id=line)
    drain()
    Payment.objects.filter(customer=the(line).customer).update(awaiting="capture")
    with refused("customer.close.no_open_money"):
        run("customer.close", customer_id=owner)


def test_closing_gives_up_the_cards(drain):
    owner = close(make_line(), drain)
    assert run("payment.list_methods", customer_id=owner) == []
    assert not PaymentMethod.objects.filter(state="active").exists()


def test_a_closed_customer_is_forgotten_after_a_month(two, drain, frozen_clock):
    owner, other = two
    (line,) = run("subscription.list_for_customer", customer_id=owner)
    money = list(Payment.objects.values_list("id", "amount", "customer_id"))
    close(line["id"], drain)
    assert sweeps.run_sweep("customers_to_erase") == 0
    frozen_clock.advance("31d")

    assert sweeps.run_sweep("customers_to_erase") == 1

    drain()
    shown = json.dumps(export(owner))
    for word in ("Ada", "Lovelace", "ada1@mail.test", "1990-12-10", "tok_former_1", "Ada's phone"):
        assert word not in shown, word
    assert "ada1@mail.test" not in json.dumps(list(Call.objects.values("args", "shown")))
    assert not Notification.objects.filter(recipient="ada1@mail.test").exists()
    assert IdentityDocument.objects.count() == 1
    assert list(Payment.objects.values_list("id", "amount", "customer_id")) == money
    assert run("customer.get", customer_id=other)["individual"]["givenName"] == "Ada"
    assert [one.name for one in invariants.check(full=True) if not one.holds] == []
    assert sweeps.run_sweep("customers_to_erase") == 0


def test_only_closed_customers_are_forgotten(two, refused):
    with refused("customer.erase.closed_only"):
        run("customer.erase", customer_id=two[0])


def test_not_while_a_letter_is_on_its_way(two, drain, refused):
    (line,) = run("subscription.list_for_customer", customer_id=two[0])
    owner = close(line["id"], drain)
    Notification.objects.filter(customer=Customer.objects.get_by_id(owner)).update(state="held")
    with refused("customer.erase.letters_sent"):
        run("customer.erase", customer_id=owner)


def test_closing_twice_and_erasing_twice_change_nothing_more(drain, refused):
    make_stock()
    owner = close(make_line(), drain)
    run("customer.erase", customer_id=owner)
    assert run("customer.erase", customer_id=owner)["status"] == "closed"
    with refused("customer.transition.invalid"):
        run("customer.close", customer_id=owner)
