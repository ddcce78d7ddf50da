"""Every event that others may listen to is told, by its name or by another that is named here."""

from __future__ import annotations

from bss.core.events import event_types
from tests.parity.facts import facts

EVENTS = facts("events")
KNOWN = set(event_types())


def test_those_of_the_same_name_are_told() -> None:
    assert [name for name in EVENTS["same"] if name not in KNOWN] == []


def test_those_told_by_another_name_have_one() -> None:
    assert {name for name in EVENTS["instead"].values() if name not in KNOWN} == set()


def test_none_is_excused_that_is_told_after_all() -> None:
    assert [name for name in EVENTS["instead"] | EVENTS["rows"] if name in KNOWN] == []
