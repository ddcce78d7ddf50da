import threading

import pytest
from django.db import connection

from apps.crm.models import ContactMedium
from apps.crm.tests.factories import make_customer
from bss.core.errors import BssError
from bss.core.models import StoredEvent
from bss.core.operations import run, run_internal

pytestmark = pytest.mark.usefixtures("committed")


def add(customer_id, medium_type, value):
    return run(
        "customer.add_contact_medium", customer_id=customer_id, medium_type=medium_type, value=value
    )


def media(customer, kind):
    return [m for m in customer["contactMedium"] if m["mediumType"] == kind]


def test_it_adds_a_second_phone_that_is_not_the_first_choice():
    customer_id = make_customer(phone="91000001")

    customer = add(customer_id, "mobile", "9100 0002")

    assert [(m["value"], m["isPrimary"]) for m in media(customer, "phone")] == [
        ("91000001", True),
        ("91000002", False),
    ]
    event = StoredEvent.objects.get(name="customer.contact_medium_added")
    assert event.payload["medium_type"] == "phone"
    assert "91000002" not in str(event.payload)


def test_it_adds_a_postal_address():
    customer = add(make_customer(), "address", "1 Main  Street\n018989")

    assert media(customer, "postal")[0]["value"] == "1 Main Street 018989"


def test_a_first_email_may_be_added_and_a_second_may_not(refused):
    customer_id = make_customer(email=None)

    customer = add(customer_id, "email", "ada@mail.test")

    assert media(customer, "email")[0]["value"] == "ada@mail.test"
    with refused("customer.contact_medium.email_must_use_change_flow"):
        add(customer_id, "email", "eve@mail.test")


def test_adding_an_email_of_somebody_else_is_refused(refused):
    make_customer(email="ada@mail.test")
    other = make_customer(email=None)

    with refused("customer.create.email_unique"):
        add(other, "email", "Ada@mail.test")


def test_updating_replaces_the_phone_and_keeps_the_old_one(frozen_clock):
    customer_id = make_customer(phone="91000001")
    frozen_clock.advance("1d")

    customer = run("customer.update_contact", customer_id=customer_id, phone="91000002")

    assert [m["value"] for m in media(customer, "phone")] == ["91000002"]
    old = ContactMedium.objects.get(value="91000001")
    assert old.valid_to is not None
    assert old.valid_to > old.valid_from
    assert StoredEvent.objects.filter(name="customer.contact_medium_updated").count() == 1


def test_updating_to_the_same_values_changes_nothing():
    customer_id = make_customer(email="ada@mail.test", phone="91000001")

    run("customer.update_contact", customer_id=customer_id, email="ADA@mail.test", phone="91000001")

    assert not StoredEvent.objects.filter(name="customer.contact_medium_updated").exists()


def test_updating_the_email_is_refused(refused):
    customer_id = make_customer()

    with refused("customer.contact_medium.email_must_use_change_flow"):
        run("customer.update_contact", customer_id=customer_id, email="eve@mail.test")


def test_updating_needs_something(refused):
    customer_id = make_customer()

    with refused("customer.update_contact.no_fields"):
        run("customer.update_contact", customer_id=customer_id)


def test_removing_elects_the_next_one():
    customer_id = make_customer(phone="91000001")
    customer = add(customer_id, "phone", "91000002")
    first = media(customer, "phone")[0]["id"]

    answer = run("customer.remove_contact_medium", customer_id=customer_id, medium_id=first)

    assert answer == {"ok": True, "customerId": customer_id, "mediumId": first}
    left = media(run("customer.get", customer_id=customer_id), "phone")
    assert [(m["value"], m["isPrimary"]) for m in left] == [("91000002", True)]


def test_removing_leaves_the_first_choice_alone():
    customer_id = make_customer(phone="91000001")
    second = media(add(customer_id, "phone", "91000002"), "phone")[1]["id"]

    run("customer.remove_contact_medium", customer_id=customer_id, medium_id=second)

    left = media(run("customer.get", customer_id=customer_id), "phone")
    assert [(m["value"], m["isPrimary"]) for m in left] == [("91000001", True)]


def test_the_last_contact_stays(refused):
    customer_id = make_customer(email=None)
    (only,) = run("customer.get", customer_id=customer_id)["contactMedium"]

    with refused("customer.contact_medium.last_not_removable"):
        run("customer.remove_contact_medium", customer_id=customer_id, medium_id=only["id"])


def test_the_email_stays_so_that_no_other_takes_its_place(refused):
    customer_id = make_customer()
    email = media(run("customer.get", customer_id=customer_id), "email")[0]

    with refused("customer.contact_medium.email_must_use_change_flow"):
        run("customer.remove_contact_medium", customer_id=customer_id, medium_id=email["id"])


def test_a_contact_of_somebody_else_is_not_found(refused):
    customer_id, stranger = make_customer(), make_customer()
    theirs = run("customer.get", customer_id=stranger)["contactMedium"][0]["id"]

    with refused("customer.contact.medium_not_found"):
        run("customer.remove_contact_medium", customer_id=customer_id, medium_id=theirs)


@pytest.mark.parametrize("value", ["", "x", "12345678901234567"])
def test_a_useless_value_is_refused(refused, value):
    customer_id = make_customer()

    with refused("customer.contact_medium.invalid_value"):
        add(customer_id, "phone", value)


def test_a_proven_address_replaces_the_old_one_and_both_are_told_apart(drain, mailbox):
    customer_id = make_customer(email="ada@mail.test")

    changed = run_internal(
        "customer.change_email", {"customer_id": customer_id, "email": "lady@mail.test"}
    ).result
    drain()

    assert [m["value"] for m in media(changed, "email")] == ["lady@mail.test"]
    letters = [letter.read_text() for letter in mailbox.glob("contact_changed*.eml")]
    assert len(letters) == 2
    assert all("e-mail address of your" in letter for letter in letters)


def test_the_first_phone_may_come_by_an_update():
    customer_id = make_customer(phone=None)

    customer = run("customer.update_contact", customer_id=customer_id, phone="91000001")

    assert [(m["value"], m["isPrimary"]) for m in media(customer, "phone")] == [("91000001", True)]


def test_removing_the_only_phone_leaves_the_email():
    customer_id = make_customer(phone="91000001")
    phone = media(run("customer.get", customer_id=customer_id), "phone")[0]

    run("customer.remove_contact_medium", customer_id=customer_id, medium_id=phone["id"])

    left = run("customer.get", customer_id=customer_id)["contactMedium"]
    assert [m["mediumType"] for m in left] == ["email"]


@pytest.mark.django_db(transaction=True)
def test_two_customers_racing_to_add_one_address_do_not_both_get_it():
    people = [make_customer(email=None), make_customer(email=None)]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def claim(customer_id: str) -> None:
        together.wait()
        try:
            add(customer_id, "email", "same@mail.test")
            outcomes.append("done")
        except BssError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["customer.create.email_unique", "done"]
