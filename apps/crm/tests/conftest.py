from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bss.core.errors import PolicyViolation

SettingsChanger = Callable[..., None]


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> SettingsChanger:
    """Decide installation settings for one test: `product(kyc_allow_prebaked=False)`."""

    def change(**decisions: Any) -> None:
        monkeypatch.setattr(settings, "BSS", replace(settings.BSS, **decisions))

    return change


@pytest.fixture(autouse=True)
def mailbox(tmp_path: Path, product: SettingsChanger) -> Path:
    """Where letters of this test lie."""
    product(mailbox=tmp_path / "mailbox")
    return tmp_path / "mailbox"


@pytest.fixture
def refused() -> Callable[[str], Any]:
    """Expect a rule to say no: `with refused("customer.update.closed"): …`."""

    @contextmanager
    def expecting(rule: str) -> Iterator[None]:
        with pytest.raises(PolicyViolation) as refusal:
            yield
        assert refusal.value.rule == rule

    return expecting
