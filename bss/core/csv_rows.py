"""Files of rows as people send them: a header that names columns, then lines to be judged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """What the values of a column must look like, and how that is said."""

    shape: re.Pattern[str]
    meaning: str
    # May be empty, or missing from the file altogether.
    optional: bool = False

    def accepts(self, value: str) -> bool:
        """True for a value that may stand here."""
        return self.optional and not value or bool(self.shape.fullmatch(value))


Columns = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file."""

    line: int
    values: dict[str, str]

    def wrong_column(self, columns: Columns) -> str:
        """The first column whose value cannot stand there; empty when all can."""
        wrong = (name for name, value in self.values.items() if not columns[name].accepts(value))
        return next(wrong, "")

    def judged(self, columns: Columns) -> dict[str, Any] | None:
        """What is wrong with it by itself, as an answer tells it; nothing when it is good."""
        if not (name := self.wrong_column(columns)):
            return None
        value = self.values[name]
        said = f"not {value[:40]!r}" if value else "and is empty"
        return self.fault(name, f"{name} must be {columns[name].meaning}, {said}")

    def fault(self, column: str, error: str) -> dict[str, Any]:
        """Where something is wrong and why."""
        value = self.values.get(column, "")[:40]
        return {"line": self.line, "column": column, "value": value, "error": error}


def read_rows(text: str, columns: Columns, *, limit: int, above: int = 0) -> list[Row]:
    """The rows below a header that names the columns in any order; ValueError for other files.

    `above` lines of a longer file stand between its header and these rows.
    """
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), skipinitialspace=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    require_header(names, columns)
    reader.fieldnames = names
    rows = []
    for row in reader:
        values = {name: (row.get(name) or "").strip() for name in columns}
        rows.append(Row(above + reader.line_num, values))
        if len(rows) > limit:
            raise ValueError(f"there are more than {limit}")
    return rows


def require_header(names: list[str], columns: Columns) -> None:
    """Refuse a header that lacks a column or names one that nobody knows."""
    needed = {name for name, column in columns.items() if not column.optional}
    if missing := sorted(needed.difference(names)):
        raise ValueError(f"it does not name {', '.join(missing)}")
    if unknown := sorted(set(names).difference(columns)):
        raise ValueError(f"nobody knows {', '.join(map(repr, unknown))}")
    if len(set(names)) < len(names):
        raise ValueError("it names a column twice")
