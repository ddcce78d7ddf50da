"""What a terminal may be shown: the words of strangers as words, and nothing that it would obey."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

# What could move a terminal's cursor, name its window, or turn the direction of writing.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class SafeConsole(Console):
    """Shows words of strangers as words: no control characters, no markup, no emoji codes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Everything that is printed passes here."""
        for segment in super().render(renderable, options):
            if segment.control or not UNSAFE.search(segment.text):
                yield segment
            else:
                yield Segment(UNSAFE.sub("", segment.text), segment.style)


def harmless(text: str | None) -> str | None:
    """Words that a spreadsheet does not take for a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text


def escaped(text: str) -> str:
    """JSON with what it may leave unescaped, but a terminal would obey, escaped too."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
