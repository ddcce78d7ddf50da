"""The verbs of the catalog."""

from apps.catalog.operations.offerings import (
    add_offering,
    get_offering,
    list_active_offerings,
    list_offerings,
    retire_offering,
    window_offering,
)
from apps.catalog.operations.prices import add_price, get_active_price
from apps.catalog.operations.seeds import restore, seed
from apps.catalog.operations.topups import get_vas, list_vas
from apps.catalog.operations.zones import list_zones, set_coverage, set_zone

__all__ = [
    "add_offering",
    "add_price",
    "get_active_price",
    "get_offering",
    "get_vas",
    "list_active_offerings",
    "list_offerings",
    "list_vas",
    "list_zones",
    "restore",
    "retire_offering",
    "seed",
    "set_coverage",
    "set_zone",
    "window_offering",
]
