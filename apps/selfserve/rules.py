"""What a customer's concern is in the words of those who look after it."""

from __future__ import annotations

from typing import Literal

Concern = Literal[
    "fraud", "billing_dispute", "regulator_complaint", "identity_recovery", "bereavement", "other"
]
# The category and priority of the case that a concern becomes.
CASES: dict[Concern, tuple[str, str]] = {
    "fraud": ("account", "high"),
    "regulator_complaint": ("account", "high"),
    "identity_recovery": ("account", "high"),
    "bereavement": ("account", "medium"),
    "billing_dispute": ("billing", "medium"),
    "other": ("information", "medium"),
}
