"""What customers see of their own; the notes that the staff write to each other are not theirs."""

from __future__ import annotations

from typing import Any

from apps.crm import queries as crm


def without_internal_notes(case: dict[str, Any]) -> dict[str, Any]:
    """A case with those of its notes that were written to the customer."""
    return {**case, "notes": [note for note in case["notes"] if note["is_reply"]]}


def own_case(case_id: str) -> dict[str, Any]:
    """One case, as its customer sees it."""
    return without_internal_notes(crm.case_view(case_id))


def with_charge(line: dict[str, Any]) -> dict[str, Any]:
    """A line with what it costs a period now, and what that is lowered by."""
    return {
        **line,
        "currentMonthlyCharge": line["effectiveAmount"],
        "activeDiscount": _discount_of(line),
    }


def _discount_of(line: dict[str, Any]) -> dict[str, Any] | None:
    if line["discountType"] is None:
        return None
    return {
        "type": line["discountType"],
        "value": line["discountValue"],
        "periodsRemaining": line["discountPeriodsRemaining"],
        "promoCode": line["promoCode"],
    }
