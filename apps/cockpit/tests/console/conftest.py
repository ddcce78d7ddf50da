from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.crm.tests.factories import make_case, make_ticket
from apps.ordering.tests.factories import create, line_of, make_buyer, make_stock, payment_of
from bss.core.models import User
from bss.core.operations import run
from bss.core.testing import Drain

PASSWORD = "correct horse"
SignedIn = Callable[..., Client]


@pytest.fixture
def staff(committed: None) -> Callable[..., User]:
    """A colleague in a role: `staff("care")`."""

    def made(role: str, name: str = "olga") -> User:
        run("staff.create", username=name, email=f"{name}@x.example", role=role, password=PASSWORD)
        return User.objects.get(username=name)

    return made


@pytest.fixture
def signed_in(staff: Callable[..., User]) -> SignedIn:
    """A browser in which a colleague of a role has signed in."""

    def browser(role: str = "admin", name: str = "olga") -> Client:
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(staff(role, name), backend)
        return client

    return browser


@pytest.fixture
def browser(signed_in: SignedIn) -> Client:
    """A browser in which the admin has signed in."""
    return signed_in()


@pytest.fixture
def sold(committed: None, drain: Drain) -> dict[str, Any]:
    """A shop that has sold one line: ids of what that made."""
    make_stock()
    customer = make_buyer()
    order = create(customer)
    drain()
    case = make_case(customer_id=customer)
    ticket = make_ticket(customer_id=customer)
    line = line_of(order)
    return {
        "customers": customer,
        "orders": order,
        "lines": line.public_id,
        "numbers": line.msisdn,
        "esims": line.iccid,
        "offerings": "PLAN_S",
        "payments": payment_of(order).public_id,
        "cases": case,
        "tickets": ticket,
    }
