import pytest

from apps.crm.tests.factories import make_customer
from bss.core.errors import NotFound
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def ada():
    make_customer(name="Ben Love", email="ben@mail.test", phone="+6598887777")
    return make_customer(name="Ada Lovelace", email="Ada@mail.test", phone="+6591234567")


@pytest.mark.parametrize(
    "text", ["ada@MAIL.test", "lovelace", "+65 9123 4567", "9123-4567", "234567", "{id}", "{low}"]
)
def test_it_understands_what_people_type(ada, text):
    typed = text.format(id=ada, low=ada.lower())

    assert [found["id"] for found in run("customer.search", text=typed)] == [ada]


def test_find_by_email_knows_any_spelling(ada):
    assert run("customer.find_by_email", email="ADA@mail.test")["id"] == ada


def test_find_by_email_finds_nobody():
    with pytest.raises(NotFound):
        run("customer.find_by_email", email="nobody@mail.test")
