"""What was measured, what it must be, and what stood beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Unmeasured(Exception):
    """The machine or the baseline is not fit to say anything about the product."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, with its floor or ceiling and what it is to be compared with."""

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    beside: str = ""
    measured: bool = True

    @property
    def bounded(self) -> bool:
        """Whether it must be anything; else it only informs."""
        return not self.measured or self.at_least is not None or self.at_most is not None

    @property
    def holds(self) -> bool:
        """Whether it is as it must be; what was not measured is not."""
        if not self.measured:
            return False
        if self.at_least is not None and self.value < self.at_least:
            return False
        return self.at_most is None or self.value <= self.at_most

    @property
    def bound(self) -> str:
        """What it must be, for people."""
        if self.at_least is not None:
            return f"≥ {shown(self.at_least)}"
        return "" if self.at_most is None else f"≤ {shown(self.at_most)}"

    def as_dict(self) -> dict[str, Any]:
        """The figure for programs."""
        return {
            "name": self.name,
            "value": round(self.value, 3) if self.measured else None,
            "unit": self.unit,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "holds": self.holds,
            "beside": self.beside,
        }


def unmeasured(part: str, reason: Exception) -> Figure:
    """What stands in the table where a part could not be measured."""
    return Figure(part, 0, "", beside=f"unmeasured: {reason}", measured=False)


def shown(value: float) -> str:
    """A number with as many digits as anybody needs."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


@dataclass(frozen=True, slots=True)
class Size:
    """How much work a run does."""

    lines: int = 1_000
    usage: int = 50_000
    batches: int = 60
    batch: int = 1_000
    copied: int = 200_000
    seconds: float = 8.0
    renewals: int = 400
    singles: int = 40_000
    repeats: int = 5
    grown_lines: int = 100_000
    grown_usage: int = 5_000_000
    # A run too small to say anything does not refuse its baselines.
    strict: bool = True


TINY = Size(
    lines=120,
    usage=600,
    batches=2,
    batch=100,
    copied=1_000,
    seconds=1.0,
    renewals=20,
    singles=300,
    repeats=2,
    grown_lines=200,
    grown_usage=2_000,
    strict=False,
)
