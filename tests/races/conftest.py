from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from apps.ordering.tests.factories import make_stock
from bss.core import work
from tests import books


@pytest.fixture(autouse=True)
def shop(
    transactional_db: None, outside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stocked shop on a database that several connections see."""
    monkeypatch.setattr(settings, "BSS", replace(settings.BSS, mailbox=tmp_path / "mailbox"))
    make_stock()


@pytest.fixture
def drained() -> Iterator[Callable[[], None]]:
    """Do all open work; at the end of the test all is done and all books agree."""

    def drain() -> None:
        work.drain_everything(due_only=False)

    yield drain
    drain()
    assert books.complaints() == []
