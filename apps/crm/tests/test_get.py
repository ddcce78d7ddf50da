import pytest

from apps.crm.tests.factories import make_customer
from bss.core.errors import NotFound, PermissionDenied
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


def test_it_adds_what_happened_lately(drain):
    customer_id = make_customer()
    drain()

    extras = run("customer.get", customer_id=customer_id)["_extras"]

    told = {line["summary"] for line in extras["interactions"]}
    assert told == {"Became a customer", "Mail: Welcome to BSS"}


@pytest.mark.parametrize("unknown", ["CUST-999999", "SUB-000001", "nonsense", "CUST-1e3"])
def test_nobody_is_found_under_a_wrong_id(unknown):
    with pytest.raises(NotFound):
        run("customer.get", customer_id=unknown)


def test_colleagues_who_only_read_may_not_write(as_role):
    customer_id = make_customer()

    with as_role("auditor", "max"):
        assert run("customer.get", customer_id=customer_id)["id"] == customer_id
        with pytest.raises(PermissionDenied):
            run("customer.update", customer_id=customer_id, given_name="Eve")
