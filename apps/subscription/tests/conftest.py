from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from bss.core.errors import PolicyViolation


@pytest.fixture(autouse=True)
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where letters of this test lie."""
    monkeypatch.setattr(settings, "BSS", replace(settings.BSS, mailbox=tmp_path / "mailbox"))
    return tmp_path / "mailbox"


@pytest.fixture
def refused() -> Callable[[str], Any]:
    """Expect a rule to say no: `with refused("subscription.renew.not_due"): …`."""

    @contextmanager
    def expecting(rule: str) -> Iterator[None]:
        with pytest.raises(PolicyViolation) as refusal:
            yield
        assert refusal.value.rule == rule

    return expecting
