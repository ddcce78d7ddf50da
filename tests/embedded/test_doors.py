import pytest

from bss.embedded.doors import lent, stands_alone
from bss.embedded.owner import announce, announced, owner, owning
from bss.embedded.services import given_settings

BOTH = {"DATABASE_URL": "postgresql:///given", "REDIS_URL": "redis://given"}


@pytest.fixture
def development(monkeypatch):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    monkeypatch.delenv("BSS_ENV", raising=False)


@pytest.mark.parametrize("words", [[], ["help"], ["check"], ["bss", "--help"], ["makemigrations"]])
def test_a_command_that_needs_no_services_gets_none(development, words):
    assert stands_alone(words)


@pytest.mark.parametrize("words", [["bss", "customer", "list"], ["shell"], ["migrate"]])
def test_other_commands_are_lent_them(development, words):
    assert not stands_alone(words)


def test_production_has_its_own(development, monkeypatch):
    monkeypatch.setenv("BSS_ENV", "production")

    assert stands_alone(["migrate"])


def test_what_is_given_wins_over_what_we_make_up(found, monkeypatch):
    for name, value in {**BOTH, "SECRET_KEY": "given"}.items():
        monkeypatch.setenv(name, value)

    with lent(found, given_settings()) as env:
        assert env["SECRET_KEY"] == "given"
        assert env["DATABASE_URL"] == "postgresql:///given"


def test_a_secret_is_made_up_for_given_services(found):
    with lent(found, BOTH) as env:
        assert len(env["SECRET_KEY"]) >= 50


def test_the_services_have_one_owner(found):
    with owning(found) as first, owning(found) as second:
        assert (first, second) == (True, False)
        assert owner(found).alive


def test_what_is_announced_ends_with_its_owner(found):
    with owning(found):
        announce(found, BOTH, "serve")
        assert announced(found)["env"] == BOTH

    assert announced(found) is None
