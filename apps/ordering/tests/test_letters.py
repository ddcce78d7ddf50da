import pytest

from apps.crm.tests.factories import letters_to
from apps.ordering.tests.factories import DECLINING, create, fault, make_buyer, place
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def letter(customer):
    (found,) = letters_to(customer)
    return found["subject"], found["body"]


def test_a_declined_card(committed, drain):
    ben = make_buyer(DECLINING)
    order = create(ben)
    drain()
    subject, body = letter(ben)
    assert subject == f"Your order {order} could not be completed"
    assert "your order of Lite" in body
    assert "Your card was not accepted (card_declined_by_issuer)" in body
    assert "Nothing was charged" in body


def test_a_network_that_fails(ada, drain):
    fault("HLR_PROVISION", "fail_always")
    create(ada)
    drain()
    _, body = letter(ada)
    assert "We could not set up the line" in body
    assert "HLR" not in body


def test_an_order_called_off(ada, drain):
    order = place(ada)
    run("order.cancel", order_id=order)
    drain()
    subject, body = letter(ada)
    assert subject == f"Your order {order} is cancelled"
    assert "within a day" not in body
    assert "Nothing was charged" in body
