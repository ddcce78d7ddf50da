"""The product's own settings: `from django.conf import settings; settings.BSS.sandbox`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

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
    }
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
    call_threads: int  # calls of one request performed at the same time
    wake_workers: bool
    write_spans: bool
    stripe: Mapping[str, str] = field(repr=False)


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
        call_threads=env.int("BSS_CALL_THREADS", default=4),
        wake_workers=True,
        write_spans=True,
        stripe=read_stripe(),
    )
