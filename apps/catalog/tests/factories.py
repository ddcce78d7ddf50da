"""Plans for tests, made through the operations a catalog manager would use."""

from itertools import count
from typing import Any

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


def make_price(offering_id: str, **overrides: Any) -> Any:
    """A new price of a plan."""
    price = {
        "offering_id": offering_id,
        "price_id": f"PRICE_TEST_{next(_numbers)}",
        "amount": "10.00",
    }
    return invoke("catalog.add_price", price | overrides).result
