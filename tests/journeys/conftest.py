from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.ordering.tests.factories import make_buyer, make_stock
from tests import books


@pytest.fixture(autouse=True)
def shop(
    committed: None, frozen_clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stocked shop at a time that stands still until a test moves it."""
    monkeypatch.setattr(settings, "BSS", replace(settings.BSS, mailbox=tmp_path / "mailbox"))
    make_stock()


@pytest.fixture
def ada() -> str:
    """A verified customer with a card that pays."""
    return make_buyer()


@pytest.fixture
def settled(drain: Callable[..., int]) -> Iterator[Callable[[], None]]:
    """Let all work be done; then all books must agree. They must at the end of the test, too."""

    def settle() -> None:
        drain()
        assert [*books.complaints(), *books.repeated_letters()] == []

    yield settle
    settle()
