"""Sales tax: what a price holds of it, by country, class of goods and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from .money import Line, Wanted

ALL = 10_000
# The class of goods, or the payer's standing, that bears no tax.
EXEMPT = "exempt"
ALWAYS = date.min


@dataclass(frozen=True, slots=True)
class Regime:
    """A country's sales tax: its name, and by class the rates in basis points, newest first."""

    name: str
    rates: dict[str, tuple[tuple[date, int], ...]]

    def rate(self, tax_class: str, on: date) -> int:
        """The rate of a class of goods on a day; what has no rate bears no tax."""
        known = self.rates.get(tax_class or "standard", ())
        return next((rate for since, rate in known if on >= since), 0)


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells: where, and whether the tax office knows them."""

    country: str
    registered: bool

    @property
    def regime(self) -> Regime:
        """The tax to collect; a seller without a tax number collects none."""
        return REGIMES.get(self.country, NO_TAX) if self.registered else NO_TAX


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What a receipt holds of one rate."""

    basis_points: int
    net: int
    tax: int


class Taxed(Protocol):
    """A line whose price has been taken apart."""

    net: int
    tax: int
    tax_basis_points: int


NO_TAX = Regime("Tax", {})
REGIMES = {
    "SG": Regime("GST", {"standard": ((date(2024, 1, 1), 900), (date(2023, 1, 1), 800))}),
    "MY": Regime("SST", {"standard": ((date(2024, 3, 1), 800), (ALWAYS, 600))}),
    "DE": Regime("USt", {"standard": ((ALWAYS, 1900),), "reduced": ((ALWAYS, 700),)}),
    "FR": Regime("TVA", {"standard": ((ALWAYS, 2000),), "reduced": ((ALWAYS, 550),)}),
    "GB": Regime("VAT", {"standard": ((ALWAYS, 2000),), "reduced": ((ALWAYS, 500),)}),
    "AU": Regime("GST", {"standard": ((ALWAYS, 1000),)}),
}


def included(price: int, basis_points: int) -> int:
    """The tax within a price, rounded half up."""
    return _share(price * basis_points, ALL + basis_points)


def added(net: int, basis_points: int) -> int:
    """The tax on top of a net price, rounded half up."""
    return _share(net * basis_points, ALL)


def taken_apart(line: Line, regime: Regime, on: date) -> Line:
    """A line whose price includes tax, as net and tax; one that is apart already stays."""
    rate = regime.rate(line.tax_class, on)
    if line.tax or line.tax_basis_points or not rate:
        return line
    tax = included(line.net, rate)
    return replace(line, net=line.net - tax, tax=tax, tax_basis_points=rate)


def with_tax_added(line: Line, regime: Regime, on: date) -> Line:
    """A line whose price is net, with the tax on top."""
    rate = regime.rate(line.tax_class, on)
    return replace(line, tax=added(line.net, rate), tax_basis_points=rate)


def all_taken_apart(
    wanted: Sequence[Wanted], regime: Regime, on: date, exempt: frozenset[str] = frozenset()
) -> list[Wanted]:
    """Payments wanted, with the tax of every line; `exempt` are the keys of those without any."""
    return [
        replace(
            each,
            lines=[
                without_tax(line) if each.key in exempt else taken_apart(line, regime, on)
                for line in each.lines
            ],
        )
        for each in wanted
    ]


def without_tax(line: Line) -> Line:
    """A line at the same price for somebody who pays no tax; what was added on top goes."""
    return replace(line, tax_class=EXEMPT, tax=0, tax_basis_points=0)


def by_rate(lines: Iterable[Taxed]) -> list[TaxLine]:
    """What a receipt holds of each rate, the highest first."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        sums[line.tax_basis_points][0] += line.net
        sums[line.tax_basis_points][1] += line.tax
    return [TaxLine(rate, net, tax) for rate, (net, tax) in sorted(sums.items(), reverse=True)]


def percent(basis_points: int) -> str:
    """`9` or `5.5`."""
    return f"{basis_points / 100:g}"


def _share(numerator: int, denominator: int) -> int:
    return (numerator * 2 + denominator) // (2 * denominator)
