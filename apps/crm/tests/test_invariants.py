from datetime import timedelta

import pytest

from apps.crm.models import Case, ContactMedium, Customer, Notification
from apps.crm.tests.factories import make_case, make_customer, make_ticket
from bss.core import clock, invariants
from bss.core.invariants import touched_since

pytestmark = pytest.mark.usefixtures("committed")


def broken(name, since=None):
    return list(invariants.registry()[name].query(since))


@pytest.mark.parametrize(
    "name",
    [
        "customer.can_be_reached",
        "customer.verified_by_attestation",
        "notification.not_to_bounced",
        "case.closed_with_its_tickets",
    ],
)
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


def test_a_letter_to_where_mail_comes_back_from_is_found(drain, frozen_clock):
    make_customer()
    ContactMedium.objects.update(bounced_at=clock.now())
    frozen_clock.advance("1h")
    letter = Notification.objects.create(
        customer=Customer.objects.get(),
        key="planted",
        template="welcome",
        recipient=ContactMedium.objects.get(medium_type="email").value,
        subject="Hello",
        body="Hello",
        state="sent",
    )

    assert broken("notification.not_to_bounced") == [{"notification": letter.public_id}]
    assert broken("notification.not_to_bounced", clock.real() + timedelta(hours=1)) == []


def test_a_ticket_left_in_a_closed_case_is_found():
    case_id = make_case()
    ticket_id = make_ticket(case_id=case_id)
    Case.objects.update(state="closed")

    assert broken("case.closed_with_its_tickets") == [{"ticket": ticket_id}]
    assert broken("case.closed_with_its_tickets", clock.real() + timedelta(hours=1)) == []
