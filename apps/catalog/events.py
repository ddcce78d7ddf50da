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
