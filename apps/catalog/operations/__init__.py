"""The verbs of the catalog."""

from apps.catalog.operations.loyalty import claim, settle_claim
from apps.catalog.operations.offerings import (
    add_offering,
    get_offering,
    list_active_offerings,
    list_offerings,
    retire_offering,
    window_offering,
)
from apps.catalog.operations.prices import add_price, get_active_price
from apps.catalog.operations.promotions import (
    assign,
    create,
    exhaust,
    reopen,
    show,
    unassign,
)
from apps.catalog.operations.redemptions import consume, release, reserve
from apps.catalog.operations.seeds import reset, restore, seed
from apps.catalog.operations.specifications import add_specification
from apps.catalog.operations.vas import add_vas, get_vas, list_vas, window_vas
from apps.catalog.operations.zones import list_zones, set_coverage, set_zone

__all__ = [
    "add_offering",
    "add_price",
    "add_specification",
    "add_vas",
    "assign",
    "claim",
    "consume",
    "create",
    "exhaust",
    "get_active_price",
    "get_offering",
    "get_vas",
    "list_active_offerings",
    "list_offerings",
    "list_vas",
    "list_zones",
    "release",
    "reserve",
    "reopen",
    "reset",
    "restore",
    "retire_offering",
    "seed",
    "set_coverage",
    "set_zone",
    "settle_claim",
    "show",
    "unassign",
    "window_offering",
    "window_vas",
]
