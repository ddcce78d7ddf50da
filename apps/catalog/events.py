from dataclasses import dataclass
from typing import ClassVar

from bss.core.events import Event


@dataclass(frozen=True, kw_only=True)
class OfferingAdded(Event):
    name: ClassVar[str] = "catalog.offering_added"
    offering_id: str
    price_id: str


@dataclass(frozen=True, kw_only=True)
class PriceAdded(Event):
    name: ClassVar[str] = "catalog.price_added"
    offering_id: str
    price_id: str
    amount: int
    currency: str
    retired_price_ids: str  # separated by spaces


@dataclass(frozen=True, kw_only=True)
class OfferingWindowed(Event):
    name: ClassVar[str] = "catalog.offering_windowed"
    offering_id: str


@dataclass(frozen=True, kw_only=True)
class OfferingRetired(Event):
    name: ClassVar[str] = "catalog.offering_retired"
    offering_id: str


@dataclass(frozen=True, kw_only=True)
class RoamingZoneSet(Event):
    name: ClassVar[str] = "catalog.zone_set"
    zone_id: str


@dataclass(frozen=True, kw_only=True)
class CoverageSet(Event):
    name: ClassVar[str] = "catalog.coverage_set"
    offering_id: str
    zone_id: str  # empty when it is good everywhere


@dataclass(frozen=True, kw_only=True)
class CatalogSeeded(Event):
    name: ClassVar[str] = "catalog.seeded"
    added: int


@dataclass(frozen=True, kw_only=True)
class CatalogRestored(Event):
    name: ClassVar[str] = "catalog.restored"
    removed_ids: str  # separated by spaces


@dataclass(frozen=True, kw_only=True)
class VasAdded(Event):
    name: ClassVar[str] = "catalog.vas_added"
    vas_offering_id: str


@dataclass(frozen=True, kw_only=True)
class VasWindowed(Event):
    name: ClassVar[str] = "catalog.vas_windowed"
    vas_offering_id: str


@dataclass(frozen=True, kw_only=True)
class SpecificationAdded(Event):
    name: ClassVar[str] = "catalog.specification_added"
    specification_id: str
    cfs_spec_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionCreated(Event):
    name: ClassVar[str] = "promotion.created"
    promotion_id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class PromotionOpened(Event):
    """New orders can use it."""

    name: ClassVar[str] = "promotion.opened"
    promotion_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionExhausted(Event):
    """No new order can use it."""

    name: ClassVar[str] = "promotion.exhausted"
    promotion_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionAssigned(Event):
    name: ClassVar[str] = "promotion.assigned"
    promotion_id: str
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionUnassigned(Event):
    name: ClassVar[str] = "promotion.unassigned"
    promotion_id: str
    customer_id: str


@dataclass(frozen=True, kw_only=True)
class RedemptionEvent(Event):
    """What every event of a use of a promotion tells."""

    name: ClassVar[str] = ""
    promotion_id: str
    customer_id: str
    order_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionReserved(RedemptionEvent):
    """An order holds one use of it."""

    name: ClassVar[str] = "promotion.reserved"
    code: str
    discount: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class PromotionConsumed(RedemptionEvent):
    """The line it was for is in service."""

    name: ClassVar[str] = "promotion.consumed"


@dataclass(frozen=True, kw_only=True)
class PromotionReleased(RedemptionEvent):
    """The order came to nothing; somebody else can have its use."""

    name: ClassVar[str] = "promotion.released"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PromotionLinkRefused(Event):
    """The loyalty engine does not want it; no order can use it."""

    name: ClassVar[str] = "promotion.link_refused"
    promotion_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoyaltyRefused(Event):
    """The loyalty engine turned down what it was told; nothing here waited for it."""

    name: ClassVar[str] = "promotion.engine_refused"
    about_id: str
    what: str
    reason: str
