"""How long an order may wait, and for whom."""

from __future__ import annotations

from datetime import timedelta

# An order that is not submitted holds its price and its number this long.
VALID_FOR = timedelta(hours=24)
