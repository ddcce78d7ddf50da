from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from apps.catalog.tests.factories import seed_catalog
from bss.core.errors import PolicyViolation


@pytest.fixture
def catalog(committed: None) -> None:
    """The seeded catalog."""
    seed_catalog()


@pytest.fixture
def refused() -> Callable[[str], Any]:
    """Expect a rule to say no: `with refused("catalog.price.no_active_row"): …`."""

    @contextmanager
    def expecting(rule: str) -> Iterator[None]:
        with pytest.raises(PolicyViolation) as refusal:
            yield
        assert refusal.value.rule == rule

    return expecting
