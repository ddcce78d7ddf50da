"""What a report is: columns of a kind, rows, and which of them make a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection

from bss.core import clock
from bss.core.models import OperatorProfile
from bss.core.money import money_text

Kind = Literal["text", "date", "count", "money", "percent"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, and how its values are written."""

    name: str
    title: str
    kind: Kind

    def told(self, value: Any) -> Any:
        """A value as answers carry it; money comes in minor units."""
        if value is None:
            return None
        if self.kind == "money":
            return money_text(int(value))
        return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Report:
    """A table that can be charted, written once for terminal, CSV, JSON and screens."""

    name: str
    title: str
    columns: tuple[Column, ...]
    # The columns a chart draws, over the first column.
    series: tuple[str, ...]
    # The columns whose values add up to something.
    summed: tuple[str, ...] = ()

    def of(self, rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
        """The answer that every door shows."""
        rows = list(rows)
        return {
            "report": self.name,
            "title": self.title,
            "at": clock.now().isoformat(),
            "currency": OperatorProfile.load().currency,
            "columns": [
                {"name": one.name, "title": one.title, "kind": one.kind} for one in self.columns
            ],
            "rows": [
                {one.name: one.told(value) for one, value in zip(self.columns, row, strict=True)}
                for row in rows
            ],
            "totals": self.totals(rows),
            "chart": {"label": self.columns[0].name, "series": list(self.series)},
        }

    def totals(self, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """What the columns add up to that do."""
        return {
            one.name: one.told(sum(row[place] or 0 for row in rows))
            for place, one in enumerate(self.columns)
            if one.name in self.summed
        }


def share(part: float, whole: float) -> float | None:
    """A part in percent of a whole, to a tenth; nothing of nothing is no number."""
    return round(100 * part / whole, 1) if whole else None


def found(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
