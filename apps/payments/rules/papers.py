"""Receipts and credit notes as PDF: one page, the same bytes for the same facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

LEFT, RIGHT, TOP, STEP = 56.0, 539.0, 780.0, 16.0
COLUMN = 84.0
# Everything a European bank card's owner may be called is in the first; the second has the rest.
LATIN, BOLD, WIDE = "Helvetica", "Helvetica-Bold", "STSong-Light"
LONGEST = 58


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a page, as text."""

    title: str
    seller: Sequence[str]
    buyer: Sequence[str]
    facts: Sequence[tuple[str, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[tuple[str, str]]


def printed(paper: Paper) -> bytes:
    """The page as a PDF."""
    # The library is large; most processes never print.
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfgen.canvas import Canvas

    registerFont(UnicodeCIDFont(WIDE))
    content = BytesIO()
    canvas = Canvas(content, pagesize=A4, invariant=1)
    canvas.setTitle(paper.title)
    _Page(canvas).draw(paper)
    canvas.save()
    return content.getvalue()


class _Page:
    """A pen that goes down the page, and on to the next one at its foot."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.y = TOP

    def draw(self, paper: Paper) -> None:
        self.line([(LEFT, paper.title)], size=18, bold=True)
        self.skip()
        for text in paper.seller:
            self.line([(LEFT, text)])
        self.skip()
        for text in paper.buyer:
            self.line([(LEFT, text)])
        self.skip()
        for name, value in paper.facts:
            self.line([(LEFT, name), (LEFT + COLUMN, value)])
        self.skip()
        self.table(paper)

    def table(self, paper: Paper) -> None:
        self.row(paper.head, bold=True)
        self.rule()
        for row in paper.rows:
            self.row(row)
        self.rule()
        for name, amount in paper.sums:
            self.row((name, amount), bold=(name, amount) == paper.sums[-1])

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        first, *others = cells
        for amount, column in zip(reversed(others), range(len(others)), strict=True):
            self.text(RIGHT - column * COLUMN, amount, bold=bold, right=True)
        parts = [first[at : at + LONGEST] for at in range(0, len(first), LONGEST)] or [""]
        for part in parts:
            self.line([(LEFT, part)], bold=bold)

    def line(
        self, texts: Sequence[tuple[float, str]], *, size: float = 10, bold: bool = False
    ) -> None:
        for x, text in texts:
            self.text(x, text, size=size, bold=bold)
        self.skip()

    def text(
        self, x: float, text: str, *, size: float = 10, bold: bool = False, right: bool = False
    ) -> None:
        self.canvas.setFont(font_of(text, bold=bold), size)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, self.y, text)

    def rule(self) -> None:
        self.canvas.line(LEFT, self.y + STEP * 0.7, RIGHT, self.y + STEP * 0.7)
        self.y -= STEP * 0.3

    def skip(self) -> None:
        self.y -= STEP
        if self.y < LEFT:
            self.canvas.showPage()
            self.y = TOP


def font_of(text: str, *, bold: bool) -> str:
    """A font that has every letter of a text."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return WIDE
    return BOLD if bold else LATIN
