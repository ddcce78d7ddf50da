from datetime import timedelta

import pytest

from apps.crm.models import ContactMedium, Customer
from apps.crm.queries import touched_since
from apps.crm.tests.factories import make_customer
from bss.core import clock, invariants

pytestmark = pytest.mark.usefixtures("committed")


def broken(name, since=None):
    return list(invariants.registry()[name].query(since))


@pytest.mark.parametrize("name", ["customer.can_be_reached", "customer.verified_by_attestation"])
def test_it_holds_for_customers_made_by_operations(name):
    make_customer()

    assert broken(name) == []


def test_a_customer_nobody_can_reach_is_found():
    customer_id = make_customer()
    ContactMedium.objects.update(valid_to=clock.now())

    assert broken("customer.can_be_reached") == [{"customer": customer_id}]
    assert broken("customer.can_be_reached", clock.now() + timedelta(hours=1)) == []


def test_a_verification_from_nowhere_is_found():
    customer_id = make_customer()
    Customer.objects.update(kyc_status="verified")

    assert broken("customer.verified_by_attestation") == [{"customer": customer_id}]


def test_what_happened_lately_is_known_by_its_event():
    first = make_customer()
    since = clock.real()
    second = make_customer()

    assert second in touched_since(since)
    assert first not in touched_since(since)
    assert touched_since(clock.real()) == []
