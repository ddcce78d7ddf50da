import pytest

from apps.crm.models import Agent, Customer, Individual
from apps.crm.tests.factories import make_verified_customer
from bss.core.operations import run_internal

pytestmark = pytest.mark.usefixtures("committed")


def test_it_forgets_customers_and_keeps_colleagues(drain):
    run_internal("crm.seed", {})
    customer_id = make_verified_customer()
    run_internal(
        "notification.send",
        {"customer_id": customer_id, "template": "account_closed", "key": "k", "values": {}},
    )
    drain()

    run_internal("crm.reset", {})

    assert not Customer.objects.exists()
    assert not Individual.objects.exists()
    assert Agent.objects.count() == 5
