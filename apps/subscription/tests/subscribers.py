"""Files of subscribers as somebody's former system writes them."""

from __future__ import annotations

from typing import Any

from apps.provisioning.models import EsimProfile
from apps.subscription.rules.imports import COLUMNS
from bss.core.operations import run

from .factories import make_stock

# Two weeks of the period are left at the time at which the tests stand still.
PAID_UNTIL = "2026-03-16T12:00:00+00:00"


def iccids() -> list[str]:
    """The profiles in stock."""
    return list(EsimProfile.objects.order_by("iccid").values_list("iccid", flat=True))


def subscriber(number: int, **changes: Any) -> dict[str, str]:
    """One customer with a line on the n-th number and eSIM of the stock."""
    row = {
        "customer_reference": f"C-{number}",
        "name": f"Ada Lovelace {number}",
        "email": f"ada{number}@mail.test",
        "date_of_birth": "1990-12-10",
        "verified_on": "2025-06-01",
        "document_type": "passport",
        "document_number": f"E{number:07d}",
        "document_country": "SG",
        "card_token": f"tok_former_{number}",
        "card_brand": "Visa",
        "card_last4": "4242",
        "card_exp_month": "12",
        "card_exp_year": "2030",
        "line_reference": f"L-{number}",
        "msisdn": f"{90000000 + number}",
        "iccid": f"8910101{number:012d}",
        "offering": "PLAN_S",
        "activated_on": "2024-01-31",
        "paid_until": PAID_UNTIL,
        "data_left_mb": "1024",
        "voice_left_minutes": "40",
        "sms_left": "7",
        "data_roaming_left_mb": "0",
    }
    return row | {name: str(value) for name, value in changes.items()}


def a_file(*rows: dict[str, str]) -> str:
    """The rows as a file."""
    lines = [",".join(row.get(name, "") for name in COLUMNS) for row in rows]
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"


def take(*rows: dict[str, str]) -> dict[str, Any]:
    """What an import of these rows answers."""
    make_stock()
    told: dict[str, Any] = run("subscriber.import_csv", text=a_file(*rows))
    return told
