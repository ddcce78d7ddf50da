"""What is on sale, at what price, and what is taken off it."""

from .plans import (
    Allowance,
    AllowanceKind,
    LifecycleStatus,
    ProductOffering,
    ProductOfferingPrice,
    ProductServiceMapping,
    ProductSpecification,
    RoamingZone,
    SellableQuerySet,
    ServiceSpecification,
    VasOffering,
    Windowed,
    WindowedQuerySet,
)
from .promotions import Assignment, CodeKind, Discounted, Promotion, Redemption

__all__ = [
    "RoamingZone",
    "Allowance",
    "AllowanceKind",
    "Assignment",
    "CodeKind",
    "Discounted",
    "LifecycleStatus",
    "ProductOffering",
    "ProductOfferingPrice",
    "ProductServiceMapping",
    "ProductSpecification",
    "Promotion",
    "Redemption",
    "SellableQuerySet",
    "ServiceSpecification",
    "VasOffering",
    "Windowed",
    "WindowedQuerySet",
]
