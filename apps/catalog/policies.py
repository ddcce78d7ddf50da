"""What is refused about the catalog, with the words for it."""

from datetime import datetime

from apps.catalog import queries, rules
from apps.catalog.models import LifecycleStatus, ProductOffering, ProductOfferingPrice
from bss.core.errors import rule

OFFERING_EXISTS = rule("catalog.offering.already_exists", "There is already an offering {id}.")
PRICE_EXISTS = rule("catalog.price.already_exists", "There is already a price {id}.")
RETIRED = rule("catalog.offering.already_retired", "{id} is retired for good.")
NO_PRICE = rule("catalog.price.no_active_row", "{offering_id} has no price at {at}.")
BACKWARDS = rule("catalog.window.ends_before_start", "The window must end after it starts.")
OTHER_CURRENCY = rule(
    "catalog.price.other_currency", "Prices here are in {ours}, not in {currency}."
)


NO_ROAMING = rule(
    "catalog.coverage.no_roaming", "{offering_id} grants no roaming data that a zone could bound."
)


def require_new_offering(offering_id: str) -> None:
    """An id names one offering for ever."""
    if ProductOffering.objects.filter(pk=offering_id).exists():
        raise OFFERING_EXISTS(id=offering_id)


def require_new_price(price_id: str) -> None:
    """An id names one price for ever, because lines keep it."""
    if ProductOfferingPrice.objects.filter(pk=price_id).exists():
        raise PRICE_EXISTS(id=price_id)


def require_in_use(offering: ProductOffering) -> None:
    """A retired offering does not come back."""
    if offering.lifecycle_status == LifecycleStatus.RETIRED:
        raise RETIRED(id=offering.pk)


def require_window(valid_from: datetime | None, valid_to: datetime | None) -> None:
    """A window closes after it opens."""
    if not rules.ends_in_order(valid_from, valid_to):
        raise BACKWARDS()


def own_currency(given: str | None) -> str:
    """The operator's currency; a price in another one is refused."""
    ours = queries.currency()
    if given is not None and given != ours:
        raise OTHER_CURRENCY(ours=ours, currency=given)
    return ours


def price_that_holds(offering_id: str, at: datetime) -> ProductOfferingPrice:
    """The active price; there is no falling back to one that is not."""
    price = queries.active_price(offering_id, at)
    if price is None:
        raise NO_PRICE(offering_id=offering_id, at=at.isoformat())
    return price
