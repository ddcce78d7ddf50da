"""The product's own settings: `from django.conf import settings; settings.BSS.sandbox`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from django.core.exceptions import ImproperlyConfigured

from bss.settings.environment import BASE_DIR, env, one_of

# Every gateway, the variable that selects it, and the adapters it may be.
GATEWAYS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cards": ("BSS_PAYMENT_PROVIDER", ("mock", "stripe")),
        "network": ("BSS_NETWORK_PROVIDER", ("simulator",)),
        "esim": ("BSS_ESIM_PROVIDER", ("simulator",)),
        "porting": ("BSS_PORTING_PROVIDER", ("simulator",)),
        "kyc": ("BSS_PORTAL_KYC_PROVIDER", ("prebaked", "didit")),
        "mail": ("BSS_PORTAL_EMAIL_PROVIDER", ("mailbox", "smtp")),
        "loyalty": ("BSS_LOYALTY_PROVIDER", ("off", "http")),
    }
)

# The kernel cannot be asked before the settings are there; a test compares the two.
STAFF_ROLES = (
    "care",
    "supervisor",
    "engineer",
    "finance",
    "catalog_manager",
    "auditor",
    "admin",
)


@dataclass(frozen=True, kw_only=True)
class Product:
    """What an installation may decide, read once at start."""

    env: Literal["development", "production"]
    mode: Literal["embedded", "production"]
    sandbox: bool  # may the database be reset and the clock be moved?
    gateways: Mapping[str, str]
    var: Path
    mailbox: Path
    base_url: str
    brand_name: str
    kyc_allow_prebaked: bool
    kyc_allow_doc_reuse: bool
    simulated_delay: float  # 1.0 is life-like, 0 is at once
    card_delay_ms: int
    order_stuck_seconds: int
    reconciliation_seconds: int
    renewal_tick_seconds: int
    renewal_reminder_seconds: int
    number_pool_low: int
    mail_from: str
    second_factor_roles: frozenset[str]  # whoever has one of them signs in with two factors
    quiet_hours: tuple[time, time] | None  # what is not urgent waits until they end
    call_threads: int  # calls of one request performed at the same time
    wake_workers: bool
    write_spans: bool
    stripe: Mapping[str, str] = field(repr=False)
    loyalty: Mapping[str, str] = field(repr=False)
    didit: Mapping[str, str] = field(repr=False)


def read_gateways() -> Mapping[str, str]:
    """The adapter chosen for each gateway; an unknown name is refused."""
    return MappingProxyType(
        {
            gateway: one_of(variable, adapters, default=adapters[0])
            for gateway, (variable, adapters) in GATEWAYS.items()
        }
    )


def read_stripe() -> Mapping[str, str]:
    """Stripe's three keys, empty where the environment has none."""
    names = ("api_key", "publishable_key", "webhook_secret")
    return MappingProxyType(
        {name: env(f"BSS_PAYMENT_STRIPE_{name.upper()}", default="") for name in names}
    )


def read_loyalty() -> Mapping[str, str]:
    """Where an external loyalty engine is, and the token it knows us by."""
    url = env("BSS_LOYALTY_BASE_URL", default="http://127.0.0.1:8080")
    return MappingProxyType({"url": url, "token": env("BSS_LOYALTY_API_TOKEN", default="")})


def read_didit() -> Mapping[str, str]:
    """What Didit gave us to check identities with, empty where the environment has none."""
    names = ("api_key", "workflow_id", "webhook_secret")
    return MappingProxyType(
        {name: env(f"BSS_PORTAL_KYC_DIDIT_{name.upper()}", default="") for name in names}
    )


def read_second_factor_roles(*, production: bool) -> frozenset[str]:
    """The staff roles that need a second factor: all in production, none to try things out."""
    default = list(STAFF_ROLES) if production else []
    roles = frozenset(env.list("BSS_SECOND_FACTOR_ROLES", default=default))
    if unknown := roles - set(STAFF_ROLES):
        raise ImproperlyConfigured(
            f"BSS_SECOND_FACTOR_ROLES names {', '.join(sorted(unknown))}; "
            f"the roles are {', '.join(STAFF_ROLES)}."
        )
    return roles


def read_quiet_hours() -> tuple[time, time] | None:
    """`22:00-08:00` as two times of the day in the customer's zone; empty means none."""
    text = str(env("BSS_QUIET_HOURS", default=""))
    if not text:
        return None
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ImproperlyConfigured(f"BSS_QUIET_HOURS is '{text}'; write 22:00-08:00.") from None
    return begin, end


def read_product(*, production: bool) -> Product:
    """Everything an installation may decide, with the defaults of its environment."""
    var = Path(env("BSS_VAR", default=str(BASE_DIR / "var"))).resolve()
    return Product(
        env="production" if production else "development",
        mode="production" if production else "embedded",
        sandbox=env.bool("BSS_ALLOW_ADMIN_RESET", default=not production),
        gateways=read_gateways(),
        var=var,
        mailbox=Path(env("BSS_PORTAL_DEV_MAILBOX_PATH", default=str(var / "mailbox"))),
        base_url=env("BSS_BASE_URL", default="http://127.0.0.1:8000"),
        brand_name=env("BSS_BRAND_NAME", default="BSS"),
        kyc_allow_prebaked=env.bool("BSS_KYC_ALLOW_PREBAKED", default=not production),
        kyc_allow_doc_reuse=env.bool("BSS_KYC_ALLOW_DOC_REUSE", default=False),
        simulated_delay=env.float("BSS_SIMULATED_DELAY", default=1.0),
        card_delay_ms=env.int("BSS_CARD_DELAY_MS", default=0),
        order_stuck_seconds=env.int("BSS_ORDER_STUCK_THRESHOLD_SECONDS", default=900),
        reconciliation_seconds=env.int("BSS_RECONCILIATION_INTERVAL_SECONDS", default=60),
        renewal_tick_seconds=env.int("BSS_RENEWAL_TICK_SECONDS", default=60),
        renewal_reminder_seconds=env.int("BSS_RENEWAL_REMINDER_LOOKAHEAD_SECONDS", default=86400),
        number_pool_low=env.int("BSS_INVENTORY_MSISDN_POOL_LOW_THRESHOLD", default=50),
        mail_from=env("BSS_PORTAL_EMAIL_FROM", default="BSS <care@bss.invalid>"),
        second_factor_roles=read_second_factor_roles(production=production),
        quiet_hours=read_quiet_hours(),
        call_threads=env.int("BSS_CALL_THREADS", default=4),
        wake_workers=True,
        write_spans=True,
        stripe=read_stripe(),
        loyalty=read_loyalty(),
        didit=read_didit(),
    )
