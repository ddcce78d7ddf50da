import pytest

from apps.subscription.tests.factories import VISA, make_line, make_pending, the
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def test_a_customer_with_lines_is_not_closed(refused):
    line = make_line()
    owner = the(line).owner
    with refused("customer.close.no_active_subscriptions"):
        run("customer.close", customer_id=owner)
    run("subscription.terminate", subscription_id=line)
    assert run("customer.close", customer_id=owner)["status"] == "closed"


def test_nor_is_one_whose_line_is_being_set_up(refused):
    with refused("customer.close.no_active_subscriptions"):
        run("customer.close", customer_id=the(make_pending()).owner)


def test_the_last_card_of_a_line_stays(refused):
    owner = the(make_line()).owner
    (card,) = run("payment.list_methods", customer_id=owner)
    with refused("payment_method.remove.not_last_if_active_subscription"):
        run("payment.remove_method", method_id=card["id"])
    run("payment.add_card", customer_id=owner, card_number=VISA)
    assert run("payment.remove_method", method_id=card["id"])["status"] == "removed"


def test_without_a_line_in_service_every_card_may_go():
    owner = the(make_pending()).owner
    (card,) = run("payment.list_methods", customer_id=owner)
    assert run("payment.remove_method", method_id=card["id"])["status"] == "removed"
