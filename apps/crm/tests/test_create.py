import threading
from datetime import date

import pytest
from django.db import connection

from apps.crm.models import ContactMedium
from apps.crm.tests.factories import create, make_customer
from bss.core.errors import BssError
from bss.core.models import StateHistory, StoredEvent
from bss.core.operations import invoke

pytestmark = pytest.mark.usefixtures("committed")


def test_it_answers_with_the_whole_customer(frozen_clock):
    customer = create(name="Ada  King Lovelace", email=" Ada@Mail.test ", phone="+65 9100-0001")

    medium = customer["contactMedium"][0]
    assert customer == {
        "id": customer["id"],
        "href": f"/tmf-api/customerManagement/v4/customer/{customer['id']}",
        "status": "active",
        "statusReason": None,
        "kycStatus": "not_verified",
        "customerSince": "2026-03-02T12:00:00+00:00",
        "individual": {
            "givenName": "Ada",
            "familyName": "King Lovelace",
            "dateOfBirth": None,
        },
        "contactMedium": customer["contactMedium"],
        "@type": "Customer",
    }
    assert medium == {
        "id": medium["id"],
        "mediumType": "email",
        "value": "Ada@Mail.test",
        "isPrimary": True,
        "validFrom": "2026-03-02T12:00:00+00:00",
        "validTo": None,
    }
    assert customer["contactMedium"][1]["value"] == "+6591000001"
    assert customer["id"].startswith("CUST-")


def test_it_takes_names_apart_or_ready_made():
    made = create(
        givenName="Ada",
        familyName="Lovelace",
        phone="91000001",
        dateOfBirth="1990-12-10",
    )

    assert made["individual"] == {
        "givenName": "Ada",
        "familyName": "Lovelace",
        "dateOfBirth": "1990-12-10",
    }


def test_it_needs_a_way_to_reach_the_customer(refused):
    with refused("customer.create.requires_contact_medium"):
        create(name="Ada Tan")


def test_it_needs_a_name(refused):
    with refused("customer.create.requires_name"):
        create(name="  ", email="ada@mail.test")


@pytest.mark.parametrize("contact", [{"email": "ada"}, {"phone": "call me"}])
def test_it_refuses_contacts_that_cannot_be_used(refused, contact):
    with refused("customer.contact_medium.invalid_value"):
        create(name="Ada Tan", **contact)


def test_it_refuses_an_email_somebody_has_in_any_spelling(refused):
    make_customer(email="ada@mail.test")

    with refused("customer.create.email_unique"):
        make_customer(email="ADA@mail.TEST")


def test_an_event_names_nobody():
    customer_id = make_customer(name="Ada Lovelace", email="ada@mail.test")

    event = StoredEvent.objects.get(name="customer.created")
    assert (event.aggregate, event.about) == (customer_id, customer_id)
    everything = f"{event.payload} {event.before} {event.after} {event.summary}"
    assert "Ada" not in everything
    assert "ada@" not in everything


def test_the_first_move_is_written_down():
    customer_id = make_customer()

    history = StateHistory.objects.get(aggregate=customer_id)
    assert (history.was, history.became) == ("pending", "active")


def test_the_same_key_makes_one_customer():
    args = {"name": "Ada Tan", "email": "ada@mail.test"}

    first, again = (invoke("customer.create", args, key="signup-1").result for _ in range(2))

    assert first == again


@pytest.mark.django_db(transaction=True)
def test_two_people_racing_for_one_address_do_not_both_get_it():
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def sign_up(name: str) -> None:
        together.wait()
        try:
            create(name=name, email="Same@mail.test")
            outcomes.append("done")
        except BssError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_up, args=(name,)) for name in ("Ada Tan", "Cleo Lim")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["customer.create.email_unique", "done"]
    assert ContactMedium.objects.with_email("same@mail.test").count() == 1


def test_a_birthday_is_a_date():
    made = create(name="Ada Tan", phone="91000001", date_of_birth=date(1990, 1, 2))

    assert made["individual"]["dateOfBirth"] == "1990-01-02"
