"""Look-ups stay look-ups with a hundred thousand customers: each has an index to use."""

import pytest
from django.db import connection

from apps.crm.models import (
    Case,
    ContactMedium,
    Customer,
    EmailChange,
    Individual,
    Interaction,
    KycSession,
    Notification,
    Ticket,
)
from bss.core import clock

pytestmark = pytest.mark.usefixtures("committed")


def plan_of(query):
    with connection.cursor() as cursor:
        # An empty table would be read whole; what matters is whether the index fits the question.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        return query.explain()


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (lambda: ContactMedium.objects.with_phone_ending("1234567"), "contact_phone_ending"),
        (lambda: Customer.objects.filter(state="active").order_by(), "customer_by_state"),
        (
            lambda: Customer.objects.filter(
                kyc_status="verified", kyc_expires_at__lte=clock.now()
            ).order_by("kyc_expires_at"),
            "customer_kyc_due",
        ),
        (
            lambda: Interaction.objects.filter(customer=1).order_by("-occurred_at", "-id")[:50],
            "interaction_newest",
        ),
        (lambda: Case.objects.overdue(clock.now()).order_by("sla_due_at"), "case_overdue"),
        (lambda: Ticket.objects.overdue(clock.now()).order_by("sla_due_at"), "ticket_overdue"),
        (lambda: Case.objects.filter(customer=1).order_by("-id")[:50], "case_newest"),
        (lambda: Ticket.objects.filter(customer=1).order_by("-id")[:50], "ticket_newest"),
        (
            lambda: EmailChange.objects.filter(
                state="requested", expires_at__lte=clock.now()
            ).order_by("expires_at"),
            "email_change_due",
        ),
        (
            lambda: KycSession.objects.filter(
                state__in=KycSession.UNDER_WAY, expires_at__lte=clock.now()
            ).order_by("expires_at"),
            "kyc_session_due",
        ),
        (
            lambda: Notification.objects.filter(state="held", send_at__lte=clock.now()).order_by(
                "send_at"
            ),
            "notification_held",
        ),
    ],
)
def test_a_question_finds_its_index(query, index):
    assert index in plan_of(query())


def test_an_address_finds_its_index():
    with connection.cursor() as cursor:
        # In an empty table every index of e-mails costs the same; with the other one out of the
        # way it shows whether this one fits the question.
        cursor.execute("DROP INDEX contact_one_email_each")

    assert "contact_email_once" in plan_of(ContactMedium.objects.with_email("ada@mail.test"))


def test_a_part_of_a_name_finds_its_index():
    with connection.cursor() as cursor:
        # The trigram index is only ever read as a bitmap; a walk along the keys is no match for it
        # unless the table is as small as here.
        cursor.execute("SET LOCAL enable_indexscan = off")

    assert "individual_name" in plan_of(Individual.objects.filter(folded_name__contains="lovelace"))


def test_the_address_of_a_customer_is_one_short_look_up():
    emails = ContactMedium.objects.filter(customer_id=1, medium_type="email")

    assert "customer_id" in plan_of(emails)
