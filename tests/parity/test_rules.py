"""Every refusal that others know by name is made, by that name or by another named here.

That each rule is really tripped by something, a whole run of the tests shows by itself.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from bss.core.errors import BssError, rules
from bss.core.operations import invoke
from tests.parity.facts import facts
from tests.previews.conftest import shop as shop

RULES = facts("rules")
KNOWN = {rule.id for rule in rules()}


def test_those_of_the_same_name_are_listed() -> None:
    assert [name for name in RULES["same"] if name not in KNOWN] == []


def test_those_refused_by_another_name_have_one() -> None:
    assert {name for name in RULES["instead"].values() if name not in KNOWN} == set()


def test_none_is_excused_that_is_listed_after_all() -> None:
    others = RULES["instead"] | RULES["tried"] | RULES["absent"]

    assert [name for name in others if name in KNOWN] == []


@pytest.mark.parametrize("name", sorted(RULES["tried"]))
def test_what_is_no_rule_is_refused_all_the_same(
    committed: None, shop: None, as_role: Any, name: str
) -> None:
    row = RULES["tried"][name]
    role = row.get("as")

    with as_role(role) if role else nullcontext(), pytest.raises(BssError) as refusal:
        invoke(row["try"], row["with"])

    assert refusal.value.code == row["code"]  # type: ignore[attr-defined]
