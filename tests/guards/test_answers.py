"""`docs/guards.md` is complete and true: each weakness has its row, each row its tests."""

import re

from tests.guards.removals import REMOVALS
from tests.guards.without import ROOT

ROW = re.compile(r"^\| (W-\d\d) \| ([CHML]) \| .+ \| (.+) \| (.*) \|$", re.M)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
ROWS = ROW.findall((ROOT / "docs" / "guards.md").read_text())
DECISION = re.compile(r"decision (\d{3})")


def test_every_weakness_has_its_row():
    assert [number for number, *_ in ROWS] == [f"W-{number:02}" for number in range(1, 52)]


def test_every_test_that_is_named_is_there():
    for number, _, _, tests in ROWS:
        for path, name in TEST.findall(tests):
            assert f"def {name}(" in (ROOT / path).read_text(), f"{number}: {path}::{name}"


def test_whatever_is_grave_has_guards_that_are_taken_out():
    grave = {number for number, weight, *_ in ROWS if weight in "CH"}
    assert grave == {removal.weakness for removal in REMOVALS}
    rows = {number: tests for number, _, _, tests in ROWS}
    assert not [one.name for one in REMOVALS if f"`{one.test}`" not in rows[one.weakness]]


def test_the_rest_is_tested_or_decided():
    for number, weight, guard, tests in ROWS:
        decided = DECISION.search(guard)
        assert TEST.search(tests) or (decided and weight in "ML"), number
        if decided:
            assert list((ROOT / "docs" / "decisions").glob(f"{decided[1]}-*.md")), number


def test_every_guard_can_still_be_found():
    for removal in REMOVALS:
        assert removal.thinned(ROOT) != (ROOT / removal.file).read_text()
