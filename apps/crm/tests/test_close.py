import pytest

from apps.crm.models import ContactMedium
from apps.crm.tests.factories import attest, make_customer
from bss.core.models import StoredEvent
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


def test_it_ends_the_customer_and_their_contacts():
    customer_id = make_customer(email="ada@mail.test")

    closed = run("customer.close", customer_id=customer_id, reason="moved abroad")

    assert (closed["status"], closed["contactMedium"]) == ("closed", [])
    event = StoredEvent.objects.get(name="customer.closed")
    assert event.payload == {"customer_id": customer_id, "reason": "moved abroad"}


def test_the_address_is_free_again_and_still_known_for_a_last_mail(drain):
    customer_id = make_customer(email="ada@mail.test")
    run("customer.close", customer_id=customer_id)

    assert make_customer(email="ada@mail.test") != customer_id
    drain()
    letters = run("notification.list", customer_id=customer_id)
    assert {letter["template"] for letter in letters} == {"welcome", "account_closed"}
    assert {letter["recipient"] for letter in letters} == {"ada@mail.test"}


def test_it_says_goodbye(drain, mailbox):
    customer_id = make_customer(email="ada@mail.test")
    run("customer.close", customer_id=customer_id)
    drain()

    (letter,) = mailbox.glob("account_closed*.eml")
    assert "To: ada@mail.test" in letter.read_text()


def test_it_happens_once(refused):
    customer_id = make_customer()
    run("customer.close", customer_id=customer_id)

    with refused("customer.transition.invalid"):
        run("customer.close", customer_id=customer_id)


def test_nothing_is_attested_or_added_afterwards(refused):
    customer_id = make_customer()
    run("customer.close", customer_id=customer_id)

    with refused("customer.update.closed"):
        attest(customer_id)
    with refused("customer.update.closed"):
        run(
            "customer.add_contact_medium",
            customer_id=customer_id,
            medium_type="phone",
            value="91000001",
        )
    assert not ContactMedium.objects.live().exists()
