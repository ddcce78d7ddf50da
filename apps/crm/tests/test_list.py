import pytest

from apps.crm.tests.factories import make_customer
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed")


def names(found):
    return [f"{c['individual']['givenName']} {c['individual']['familyName']}" for c in found]


@pytest.fixture
def people():
    return {
        name: make_customer(name=name, email=f"{name.split()[0].lower()}@mail.test")
        for name in ("Ada Lovelace", "Ben Love", "Cleo Lim")
    }


def test_it_finds_part_of_a_name_in_any_case(people):
    assert names(run("customer.list", name_contains="lOVe")) == ["Ada Lovelace", "Ben Love"]
    assert names(run("customer.list", nameContains="ada l")) == ["Ada Lovelace"]


def test_a_name_is_not_a_pattern(people):
    assert run("customer.list", name_contains="%") == []


def test_it_never_matches_mail_addresses(people):
    assert run("customer.list", name_contains="mail.test") == []


def test_it_lists_one_state(people):
    run("customer.close", customer_id=people["Ben Love"])

    assert names(run("customer.list", state="closed")) == ["Ben Love"]


def test_it_continues_behind_the_last_one_seen(people):
    first = run("customer.list", limit=2)
    second = run("customer.list", limit=2, after=first[-1]["id"])

    assert names(first) == ["Ada Lovelace", "Ben Love"]
    assert names(second) == ["Cleo Lim"]


def test_it_needs_as_many_statements_for_thirty_as_for_three(django_assert_num_queries):
    for size in (3, 27):
        for _ in range(size):
            make_customer()
        with django_assert_num_queries(2):
            run("customer.list", limit=30)
