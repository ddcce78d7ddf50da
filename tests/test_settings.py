import os
import sys
from datetime import time
from importlib import import_module

import pytest
from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv
from environ.fileaware_mapping import FileAwareMapping

import bss
from bss.embedded.places import PROJECT

SAFE = {
    "BSS_ENV": "production",
    "SECRET_KEY": "x" * 25 + "y" * 25,
    "DATABASE_URL": "postgresql://bss:pw@db/bss",
    "REDIS_URL": "redis://:pw@valkey/0",
    "ALLOWED_HOSTS": "bss.test",
    "BSS_BASE_URL": "https://bss.test",
    "BSS_PAYMENT_PROVIDER": "stripe",
    "BSS_PAYMENT_STRIPE_API_KEY": "sk_live_1",
    "BSS_PAYMENT_STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    "BSS_PAYMENT_STRIPE_WEBHOOK_SECRET": "whsec_1",
    "BSS_PORTAL_KYC_PROVIDER": "didit",
    "BSS_PORTAL_KYC_DIDIT_API_KEY": "didit_1",
    "BSS_PORTAL_KYC_DIDIT_WORKFLOW_ID": "flow_1",
    "BSS_PORTAL_KYC_DIDIT_WEBHOOK_SECRET": "hook_1",
    "BSS_PORTAL_EMAIL_PROVIDER": "smtp",
    "BSS_ALLOW_SIMULATED_NETWORK": "true",
}


@pytest.fixture
def load(monkeypatch):
    """Read a settings module anew, under another environment."""

    def load(environment, module="bss.settings.prod"):
        for name in [name for name in os.environ if name.startswith("BSS_")]:
            monkeypatch.delenv(name)
        for name, value in {**environment, "BSS_DOTENV": os.devnull}.items():
            monkeypatch.setenv(name, value)
        return import_module(module)

    # The values that files hold would be remembered from one test to the next.
    monkeypatch.setattr(FileAwareEnv, "ENVIRON", FileAwareMapping(cache=False))
    before = {name: sys.modules[name] for name in ours()}
    monkeypatch.setattr(bss, "settings", bss.settings)
    for name in before:
        del sys.modules[name]
    yield load
    for name in ours():
        del sys.modules[name]
    sys.modules.update(before)


def ours():
    return [name for name in sys.modules if name.startswith("bss.settings")]


def test_production_starts_when_everything_is_given(load):
    settings = load(SAFE)

    assert settings.BSS.env == "production"
    assert not settings.BSS.sandbox
    assert settings.DATABASES["default"]["HOST"] == "db"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "at least 50"),
        ("SECRET_KEY", "changeme" * 10, "placeholder"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("DATABASE_URL", "postgresql://bss:changeme@db/bss", "placeholder"),
        ("DATABASE_URL", "nonsense nonsense", "cannot be read"),
        ("REDIS_URL", "redis://:changeme@valkey/0", "placeholder"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS is not set"),
        ("BSS_PAYMENT_PROVIDER", "mock", "only pretends"),
        ("BSS_PAYMENT_PROVIDER", "paypal", "must be one of: mock, stripe"),
        ("BSS_PAYMENT_STRIPE_API_KEY", "", "BSS_PAYMENT_STRIPE_API_KEY is needed"),
        ("BSS_PAYMENT_STRIPE_API_KEY", "changeme", "BSS_PAYMENT_STRIPE_API_KEY is needed"),
        ("BSS_PAYMENT_STRIPE_PUBLISHABLE_KEY", "pk_test_1", "mix test and live"),
        ("BSS_PORTAL_KYC_PROVIDER", "prebaked", "only pretends"),
        ("BSS_LOYALTY_PROVIDER", "http", "BSS_LOYALTY_API_TOKEN is needed"),
        ("BSS_PORTAL_KYC_DIDIT_API_KEY", "", "BSS_PORTAL_KYC_DIDIT_API_KEY is needed"),
        ("BSS_PORTAL_EMAIL_PROVIDER", "mailbox", "only pretends"),
        ("BSS_QUIET_HOURS", "all night", "write 22:00-08:00"),
        ("BSS_ALLOW_SIMULATED_NETWORK", "false", "this is meant"),
        ("BSS_ALLOW_ADMIN_RESET", "true", "erase the database"),
        ("BSS_KYC_ALLOW_PREBAKED", "true", "nobody checked"),
        ("BSS_KYC_ALLOW_DOC_REUSE", "true", "many people"),
    ],
)
def test_production_refuses(load, name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        load({**SAFE, name: value})


@pytest.mark.parametrize(("serves", "cut_off"), [(True, True), (False, False)])
def test_only_requests_are_cut_off(load, serves, cut_off):
    import_module("bss.settings").choose(serves=serves)

    settings = load({**SAFE, "BSS_STATEMENT_TIMEOUT_SECONDS": "7"})

    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    assert ("-c statement_timeout=7s" in options) is cut_off


def test_quiet_hours_are_two_times(load):
    settings = load({**SAFE, "BSS_QUIET_HOURS": "22:00-08:00"})

    assert settings.BSS.quiet_hours == (time(22), time(8))


def test_the_example_is_refused(load):
    lines = (PROJECT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        load(example)


def test_development_needs_nothing_and_may_pretend(load, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")

    settings = load({}, "bss.settings.dev")

    assert settings.BSS.gateways["cards"] == "mock"
    assert settings.BSS.sandbox


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "changeme"),
        ("DATABASE_URL", "postgresql://bss:changeme@db/bss"),
        ("REDIS_URL", "redis://:changeme@valkey/0"),
    ],
)
def test_development_refuses_what_was_left_of_the_example(load, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"{name} .*placeholder"):
        load({name: value}, "bss.settings.dev")


def test_an_unknown_environment_is_refused(load, monkeypatch):
    monkeypatch.setenv("BSS_ENV", "staging")

    with pytest.raises(ImproperlyConfigured, match="must be one of: development, production"):
        import_module("bss.settings").choose()


def test_a_secret_may_lie_in_a_file(load, tmp_path):
    file = tmp_path / "key"
    file.write_text("z" * 60)

    settings = load({**SAFE, "SECRET_KEY_FILE": str(file)})

    assert settings.SECRET_KEY == "z" * 60


def test_the_roles_of_settings_are_those_of_the_kernel():
    from bss.core.registry import ROLES
    from bss.settings.product import STAFF_ROLES

    assert STAFF_ROLES == ROLES


def test_production_demands_second_factors_of_whoever_moves_money(load):
    with pytest.raises(ImproperlyConfigured, match="password alone"):
        load(SAFE | {"BSS_SECOND_FACTOR_ROLES": "care"})


def test_an_unknown_role_is_refused(load):
    with pytest.raises(ImproperlyConfigured, match="names boss"):
        load(SAFE | {"BSS_SECOND_FACTOR_ROLES": "boss"})
