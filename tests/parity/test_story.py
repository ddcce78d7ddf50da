"""Every operation that others rely on is run, and every key of what it gives is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.tests.loyalty_server import serving
from apps.ordering.tests.test_loyalty import with_engine
from tests.parity.facts import OPERATIONS, SHAPES, facts, looked_at
from tests.parity.story import Story
from tests.previews.conftest import shop as shop

NULLS = facts("nulls")
SOMETIMES: dict[str, str] = NULLS["sometimes"]
NEVER: dict[str, str] = NULLS["never"]


@pytest.mark.timeout(120)
def test_every_operation_gives_what_it_should(
    committed: None, shop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story()
    with serving() as (url, _):
        with_engine(monkeypatch, url)
        story.week()

    assert set(OPERATIONS) - set(story.told) == set()
    seen = {name: keys_of(name, story.told[name]) for name in OPERATIONS}
    assert [fault for _, faults in seen.values() for fault in faults] == []
    empty = {
        (name, key) for name, (keys, _) in seen.items() for key, full in keys.items() if not full
    }
    full = {key for keys, _ in seen.values() for key, filled in keys.items() if filled}
    assert {f"{name}: {key}" for name, key in empty if key not in SOMETIMES | NEVER} == set()
    # An excuse that nothing needs is gone, and one for some is disproved by another.
    assert set(SOMETIMES) - full == set()
    assert set(NEVER) & full == set()
    assert set(SOMETIMES | NEVER) - {key for _, key in empty} == set()


def keys_of(name: str, answers: list[Any]) -> tuple[dict[str, bool], list[str]]:
    """Which keys had a value at least once, and what was wrong with any."""
    gives = OPERATIONS[name]["gives"]
    looks = [seen for answer in answers for seen in looked_at(gives, answer)]
    keys: dict[str, bool] = {}
    for seen in looks:
        if not seen.fault:
            keys[seen.key] = keys.get(seen.key, False) or seen.value is not None
    return keys, [f"{name}: {seen.fault}" for seen in looks if seen.fault]


def test_every_list_in_a_story_is_one_of_shapes() -> None:
    kinds = {
        kind if isinstance(kind, str) else kind[0] for s in SHAPES.values() for kind in s.values()
    }

    assert kinds - set(SHAPES) <= {"str", "int", "float", "bool", "list", "dict"}
