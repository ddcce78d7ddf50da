from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from apps.crm import rules


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" Ada@Mail.test ", "Ada@Mail.test"),
        ("ada", None),
        ("ada@mail", None),
        ("a b@mail.test", None),
        ("ada@mail.test, eve@mail.test", None),
        ("ada@mail.test\nBcc: eve@mail.test", None),
        ("a" * 250 + "@mail.test", None),
    ],
)
def test_clean_email(text, cleaned):
    assert rules.clean_email(text) == cleaned


@given(st.text())
def test_a_clean_email_is_one_address_on_one_line(text):
    cleaned = rules.clean_email(text)
    assert cleaned is None or (cleaned.count("@") == 1 and len(cleaned.split()) == 1)


@given(st.text(alphabet="0123456789 +-().ab"))
def test_a_clean_phone_cleans_to_itself(text):
    cleaned = rules.clean_phone(text)
    assert cleaned is None or rules.clean_phone(cleaned) == cleaned


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_age_grows_by_one_each_birthday(born, day):
    age = rules.age_on(day, born)
    assert 0 <= (day - born).days - age * 365.2425 + 1.5 <= 368


def test_a_leap_day_child_comes_of_age_in_march():
    assert not rules.of_age(date(2026, 2, 28), date(2008, 2, 29))
    assert rules.of_age(date(2026, 3, 1), date(2008, 2, 29))


@given(st.text(alphabet="ab1 -", min_size=1))
def test_a_document_is_recognised_in_any_spelling(number):
    spellings = {number, number.upper(), f" {number}-", number.replace(" ", "")}
    assert len({rules.document_text("passport", "SG", text) for text in spellings}) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ 1000|money:'SGD' }}", "SGD 10.00"),
        ("{{ 5368709120|quantity:'data' }}", "5 GB"),
        ("{{ 1610612736|quantity:'data' }}", "1.5 GB"),
        ("{{ 524288000|quantity:'data_roaming' }}", "500 MB roaming"),
        ("{{ 6000|quantity:'voice' }}", "100 minutes"),
        ("{{ -1|quantity:'voice' }}", "unlimited minutes"),
        ("{{ -1|quantity:'data' }}", "unlimited data"),
        ("{{ -1|quantity:'data_roaming' }}", "unlimited roaming data"),
        ("{{ -1|quantity:'sms' }}", "unlimited messages"),
        ("{{ 100|quantity:'sms' }}", "100 messages"),
        ("{{ '90000005'|number }}", "9000 0005"),
        ("{{ '+6590000005'|number }}", "+65 9000 0005"),
        ("{{ at|day:'Asia/Singapore' }}", "31 May 2026"),
        ("{{ '2026-05-30T20:00:00+00:00'|day }}", "30 May 2026"),
    ],
)
def test_mails_speak_as_people_do(text, shown):
    at = datetime(2026, 5, 30, 20, tzinfo=UTC)
    assert Template("{% load mail %}" + text).render(Context({"at": at})) == shown
