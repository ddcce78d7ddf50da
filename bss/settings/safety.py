"""What may never start, with one sentence each and the way out."""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from bss.settings.environment import env, is_placeholder
from bss.settings.product import Product

PRETENDING = {"cards": "mock", "kyc": "prebaked", "mail": "mailbox"}
SIMULATED = {"network": "simulator", "esim": "simulator", "porting": "simulator"}


def refuse_incomplete(product: Product) -> None:
    """Refuse a chosen gateway whose keys are missing or of the wrong kind, in any environment."""
    raise_all(incomplete(product))


def refuse_unsafe(product: Product) -> None:
    """Refuse whatever would be a lie or a hole in production."""
    raise_all([*pretending(product), *holes(product)])


def refuse_placeholders() -> None:
    """Refuse what people leave in example files: it is nobody's secret, in any environment."""
    raise_all(placeholders())


def placeholders() -> Iterator[str]:
    if is_placeholder(env("SECRET_KEY", default="")):
        yield "SECRET_KEY still holds a placeholder."
    for name in ("DATABASE_URL", "REDIS_URL"):
        if is_placeholder(urlsplit(env(name, default="")).password or ""):
            yield f"The password in {name} is still a placeholder."


def incomplete(product: Product) -> Iterator[str]:
    token = product.loyalty["token"]
    if product.gateways["loyalty"] != "off" and (not token or is_placeholder(token)):
        yield "BSS_LOYALTY_API_TOKEN is needed with BSS_LOYALTY_PROVIDER=http."
    if product.gateways["cards"] == "stripe":
        yield from missing("BSS_PAYMENT_STRIPE", product.stripe, "BSS_PAYMENT_PROVIDER=stripe")
        live = {"_live_" in product.stripe[name] for name in ("api_key", "publishable_key")}
        if len(live) > 1:
            yield "The two Stripe keys mix test and live mode."
    if product.gateways["kyc"] == "didit":
        yield from missing("BSS_PORTAL_KYC_DIDIT", product.didit, "BSS_PORTAL_KYC_PROVIDER=didit")


def missing(prefix: str, keys: Mapping[str, str], choice: str) -> Iterator[str]:
    for name, value in keys.items():
        if not value or is_placeholder(value):
            yield f"{prefix}_{name.upper()} is needed with {choice}."


def pretending(product: Product) -> Iterator[str]:
    for gateway, adapter in PRETENDING.items():
        if product.gateways[gateway] == adapter:
            yield f"The {gateway} gateway is '{adapter}', which only pretends."
    if not env.bool("BSS_ALLOW_SIMULATED_NETWORK", default=False):
        for gateway, adapter in SIMULATED.items():
            if product.gateways[gateway] == adapter:
                yield (
                    f"The {gateway} gateway is '{adapter}', which only pretends; "
                    "BSS_ALLOW_SIMULATED_NETWORK=true says that this is meant."
                )


def holes(product: Product) -> Iterator[str]:
    if product.sandbox:
        yield "BSS_ALLOW_ADMIN_RESET lets anyone on the staff erase the database."
    if product.kyc_allow_prebaked:
        yield "BSS_KYC_ALLOW_PREBAKED accepts a proof of identity that nobody checked."
    if product.kyc_allow_doc_reuse:
        yield "BSS_KYC_ALLOW_DOC_REUSE lets one document prove many people."
    if not product.second_factor_roles >= {"admin", "finance"}:
        yield "BSS_SECOND_FACTOR_ROLES lets admin or finance sign in with a password alone."
    if product.stripe["api_key"].startswith("sk_test_"):
        yield "BSS_PAYMENT_STRIPE_API_KEY is a test key."


def raise_all(faults: Iterable[str]) -> None:
    """Refuse to start, naming every fault at once."""
    found = list(faults)
    if found:
        raise ImproperlyConfigured("\n".join(["Refused to start:", *found]))
