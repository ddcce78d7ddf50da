import pytest

from apps.crm.tests.factories import make_customer
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


def test_it_corrects_the_name_and_tells_only_what_changed():
    customer_id = make_customer(name="Ada Tam")

    updated = run("customer.update", customer_id=customer_id, family_name="Tan")

    assert updated["individual"]["familyName"] == "Tan"
    assert updated["individual"]["givenName"] == "Ada"
    event = StoredEvent.objects.get(name="customer.updated")
    assert event.payload == {"customer_id": customer_id, "fields": "family_name"}


def test_it_needs_something_to_change(refused):
    customer_id = make_customer()

    with refused("customer.individual.update.no_fields"):
        run("customer.update", customer_id=customer_id)


def test_it_refuses_once_the_customer_is_closed(refused):
    customer_id = make_customer()
    run("customer.close", customer_id=customer_id)

    with refused("customer.update.closed"):
        run("customer.update", customer_id=customer_id, given_name="Eve")
