"""Long files of rows, read in parts that fit into one transaction each."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bss.core.errors import Rule

NOT_READABLE = Rule("terminal.import.not_readable", "{path} cannot be read: {reason}.")
ROWS = 200
# What would make an operation refuse the whole part, and not say where.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass
class Part:
    """Some rows of a file with its header above them."""

    text: str
    # Lines of the file between its header and these rows.
    above: int
    size: int
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def parts_of(path: Path, rows: int = ROWS) -> Iterator[Part]:
    """A file in parts, never more than one of them in memory."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from _parts(_Recorder(lines), rows)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error)
        raise NOT_READABLE(path=path, reason=reason) from None


class _Recorder:
    """Hands lines on and keeps them until somebody takes them: rows may be longer than a line."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.kept, self.read = lines, list[str](), 0

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.read += 1
            if CONTROL.search(line):
                raise ValueError(f"line {self.read} holds control characters")
            self.kept.append(line)
            yield line

    def take(self) -> str:
        """The lines read since somebody asked."""
        text, self.kept = "".join(self.kept), []
        return text


def _parts(recorder: _Recorder, rows: int) -> Iterator[Part]:
    reader = csv.reader(iter(recorder), skipinitialspace=True)
    names = [name.strip().lower() for name in next(reader, [])]
    header, tall = recorder.take(), recorder.read
    header = header if header.endswith("\n") else f"{header}\n"
    above, found = 0, list[tuple[int, dict[str, str]]]()
    for row in reader:
        if row:
            values = dict(zip(names, (value.strip() for value in row), strict=False))
            found.append((recorder.read, values))
        if len(found) == rows:
            yield _part(header, recorder.take(), above, found)
            above, found = recorder.read - tall, []
    if found or not above:
        yield _part(header, recorder.take(), above, found)


def _part(header: str, text: str, above: int, rows: list[tuple[int, dict[str, str]]]) -> Part:
    return Part(header + text, above, len(text.encode()), rows)


class Doubles:
    """Finds what stands twice in one file, on disk, however long the file is."""

    def __init__(self, once: tuple[str, ...], belongs: dict[str, str]) -> None:
        # Values of a column in `once` stand in one row; of the others with one owner each.
        self.columns = {**dict.fromkeys(once, ""), **belongs}
        self.seen = sqlite3.connect("")
        self.seen.execute(
            "CREATE TABLE seen (name, value, owner, line, PRIMARY KEY (name, value)) WITHOUT ROWID"
        )

    def faults(self, part: Part) -> Iterator[dict[str, Any]]:
        """The rows that repeat what is another row's."""
        for line, values in part.rows:
            for name, whose in self.columns.items():
                if value := values.get(name, ""):
                    yield from self._fault(line, name, value, values.get(whose, str(line)))

    def _fault(self, line: int, name: str, value: str, owner: str) -> Iterator[dict[str, Any]]:
        row = (name, value.casefold(), owner, line)
        if self.seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", row).rowcount:
            return
        found = "SELECT owner, line FROM seen WHERE name = ? AND value = ?"
        first_owner, first = self.seen.execute(found, row[:2]).fetchone()
        if first_owner != owner:
            error = f"{name} {value} is in line {first} already; take it out of one of the two."
            yield {"line": line, "column": name, "value": value, "error": error}
