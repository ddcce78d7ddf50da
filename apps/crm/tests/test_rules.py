from datetime import date

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
        ("{{ '90000005'|number }}", "9000 0005"),
        ("{{ '+6590000005'|number }}", "+65 9000 0005"),
        ("{{ '2026-05-30T20:00:00+00:00'|day }}", "30 May 2026"),
        ("{{ '2026-05-01'|day }}", "1 May 2026"),
    ],
)
def test_mails_speak_as_people_do(text, shown):
    assert Template("{% load mail %}" + text).render(Context()) == shown
