from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bss.core.errors import PolicyViolation

from .factories import make_card, make_customer

Refused = Callable[[str], Any]
Product = Callable[..., None]


@pytest.fixture
def refused() -> Refused:
    """Expect a rule to say no: `with refused("payment.charge.positive_amount"): …`."""

    @contextmanager
    def expecting(rule: str) -> Iterator[None]:
        with pytest.raises(PolicyViolation) as refusal:
            yield
        assert refusal.value.rule == rule

    return expecting


@pytest.fixture(autouse=True)
def product(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Product:
    """Decide installation settings for one test: `product(gateways={"cards": "stripe"})`."""

    def change(**decisions: Any) -> None:
        monkeypatch.setattr(settings, "BSS", replace(settings.BSS, **decisions))

    change(mailbox=tmp_path / "mailbox")
    return change


@pytest.fixture
def ada(committed: None) -> str:
    """A customer who pays."""
    return make_customer()


@pytest.fixture
def cleo(committed: None) -> str:
    """A stranger to Ada."""
    return make_customer()


@pytest.fixture
def card(ada: str) -> str:
    """Ada's card."""
    return make_card(ada)
