"""Plans for tests, made through the operations a catalog manager would use."""

from itertools import count
from typing import Any

from apps.catalog.models import Promotion
from bss.core.operations import invoke, run_internal

_numbers = count(1)


def seed_catalog() -> None:
    """The plans and top-ups every installation starts with."""
    run_internal("catalog.seed", {})


def make_offering(**overrides: Any) -> str:
    """The id of a new plan; the seed must be there."""
    plan = {
        "offering_id": f"PLAN_TEST_{next(_numbers)}",
        "name": "Test plan",
        "amount": "12.00",
        "data_mb": 1024,
    }
    return str(invoke("catalog.add_offering", plan | overrides).result["id"])


def make_promotion(**overrides: Any) -> str:
    """The id of a promotion: ten per cent off every plan, for three periods unless it says more."""
    number = next(_numbers)
    promotion = {
        "promotion_id": f"PROMO_TEST_{number}",
        "code": f"SAVE{number}",
        "discount_type": "percent",
        "discount_value": "10",
        "duration_kind": "multi",
    }
    wanted = promotion | overrides
    if wanted["duration_kind"] == "multi":
        wanted.setdefault("periods_total", 3)
    return str(invoke("promo.create", wanted).result["id"])


def make_targeted(*customers: str, **overrides: Any) -> str:
    """The id of a promotion that some customers were chosen for."""
    promotion = make_promotion(audience="targeted", **overrides)
    invoke("promo.assign", {"promotion_id": promotion, "customer_ids": list(customers)})
    return promotion


def code_of(promotion: str) -> str:
    """What people type for a promotion."""
    return str(Promotion.objects.get(pk=promotion).code)


def make_price(offering_id: str, **overrides: Any) -> Any:
    """A new price of a plan."""
    price = {
        "offering_id": offering_id,
        "price_id": f"PRICE_TEST_{next(_numbers)}",
        "amount": "10.00",
    }
    return invoke("catalog.add_price", price | overrides).result
