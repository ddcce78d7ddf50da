import pytest

from apps.crm.tests.factories import make_customer
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


def test_it_puts_a_customer_on_hold_and_back():
    customer_id = make_customer()

    held = run("customer.suspend", customer_id=customer_id, reason="fraud check")
    back = run("customer.resume", customer_id=customer_id)

    assert (held["status"], held["statusReason"]) == ("suspended", "fraud check")
    assert (back["status"], back["statusReason"]) == ("active", None)
    event = StoredEvent.objects.get(name="customer.suspended")
    assert (event.before, event.after) == ({"state": "active"}, {"state": "suspended"})


def test_it_refuses_a_customer_who_is_not_on_hold(refused):
    customer_id = make_customer()

    with refused("customer.transition.invalid"):
        run("customer.resume", customer_id=customer_id)
