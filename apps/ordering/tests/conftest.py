from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.ordering.tests.factories import make_buyer
from bss.core.errors import PolicyViolation

Refused = Callable[[str], Any]


@pytest.fixture(autouse=True)
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where letters of this test lie."""
    monkeypatch.setattr(settings, "BSS", replace(settings.BSS, mailbox=tmp_path / "mailbox"))
    return tmp_path / "mailbox"


@pytest.fixture
def refused() -> Refused:
    """Expect a rule to say no: `with refused("order.create.no_payment_method"): …`."""

    @contextmanager
    def expecting(rule: str) -> Iterator[None]:
        with pytest.raises(PolicyViolation) as refusal:
            yield
        assert refusal.value.rule == rule

    return expecting


@pytest.fixture
def ada(committed: None) -> str:
    """A customer who may order and pays."""
    return make_buyer()
