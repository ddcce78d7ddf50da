"""Figures and the parts they must be the sum of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bss.core.money import money_text

# What quantities are stored in: whole units of these always sum, gigabytes rounded off do not.
STORED = {"data": "bytes", "data_roaming": "bytes", "voice": "seconds", "sms": "messages"}
MONEY = "money"


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a sum, and the row it is read from."""

    text: str
    value: int
    of: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is stated in one place and follows from others."""

    name: str
    unit: str
    stated: int
    parts: tuple[Part, ...]

    @property
    def sum(self) -> int:
        """What the parts come to."""
        return sum(part.value for part in self.parts)

    @property
    def holds(self) -> bool:
        """True when that is what is stated."""
        return self.sum == self.stated

    def told(self) -> dict[str, Any]:
        """The figure as answers carry it."""
        write: Callable[[int], Any] = money_text if self.unit == MONEY else int
        return {
            "name": self.name,
            "unit": self.unit,
            "stated": write(self.stated),
            "sum": write(self.sum),
            "sums": self.holds,
            "parts": [
                {"text": part.text, "value": write(part.value), "of": part.of or None}
                for part in self.parts
            ],
        }

    @property
    def fault(self) -> str:
        """What is wrong with it, in a sentence."""
        write: Callable[[int], Any] = money_text if self.unit == MONEY else int
        unit = "" if self.unit == MONEY else f" {self.unit}"
        return (
            f"{self.name}: {write(self.stated)}{unit} is stated, the parts come to "
            f"{write(self.sum)}{unit}."
        )


def money(name: str, stated: int, parts: Iterable[Part]) -> Figure:
    """A figure in minor units."""
    return Figure(name, MONEY, stated, tuple(parts))


def faults_of(figures: Iterable[Figure]) -> list[str]:
    """What does not add up, in sentences."""
    return [figure.fault for figure in figures if not figure.holds]
