"""Over all operations: a preview leaves nothing behind, and then exactly what it told happens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from bss.core import work
from bss.core.models import Call
from bss.core.operations import run_internal
from bss.core.previews import Preview, preview
from bss.core.registry import registry
from tests import books
from tests.previews import care as care
from tests.previews import partners as partners
from tests.previews import portability as portability
from tests.previews.dumps import difference, dump, written
from tests.previews.mine import whoever_acts
from tests.previews.recipes import HANDING_BACK, RECIPES

PUBLIC = sorted(
    name
    for name, one in registry().items()
    if not (one.internal or one.is_read or ".tests." in one.function.__module__)
)
each_operation = pytest.mark.parametrize("name", PUBLIC)


def test_every_operation_has_a_recipe() -> None:
    assert sorted(RECIPES) == PUBLIC


@pytest.mark.usefixtures("committed")
class TestInOneTransaction:
    """Fast: everything is taken back at the end of the test."""

    @each_operation
    def test_what_is_told_is_what_happens(self, shop: None, name: str) -> None:
        assert differences(name, RECIPES[name]()) == []


@pytest.mark.crash
@pytest.mark.usefixtures("transactional_db", "outside")
class TestCommitted:
    """Slow: every transaction really ends."""

    @each_operation
    def test_what_is_told_is_what_happens(self, shop: None, name: str) -> None:
        assert differences(name, RECIPES[name]()) == []


@pytest.mark.usefixtures("committed")
def test_an_order_tells_its_price_and_its_letter(shop: None) -> None:
    seen = preview("order.create", RECIPES["order.create"]())
    assert {one["amount"] for one in seen.money} == {2500}
    assert [one["subject"] for one in seen.recipients] == ["Your line 90000011 is active"]
    assert seen.changes["receipt"] == {"created": 1, "changed": 0, "deleted": 0}


def differences(name: str, args: dict[str, Any]) -> list[str]:
    """What a preview left behind, or told otherwise than it then happened."""
    work.drain_everything(due_only=False)
    before = dump()
    with whoever_acts(name):
        seen = preview(name, args)
        assert seen.refusal is None, seen.refusal
        left = [f"the preview left something in {table}" for table in difference(before)]
        return left + compared(seen, name, args)


def compared(seen: Preview, name: str, args: dict[str, Any]) -> list[str]:
    """What a preview told otherwise than it then happened."""
    last = Call.objects.order_by("-id").values_list("id", flat=True).first() or 0
    waiting = list(Call.objects.exclude(state="done").values_list("id", flat=True))

    def really() -> None:
        # As after a confirmation: some operations cannot be had without one.
        run_internal(name, args, wait=5.0)
        if name not in HANDING_BACK:
            work.drain_everything(due_only=False)

    rows, told = written(really), without_zeros(seen.changes)
    calls = Call.objects.filter(id__gt=last)
    # Money moves through new calls, and through old ones that got their answer.
    cards = (calls | Call.objects.filter(id__in=waiting, state="done")).filter(gateway="cards")
    return [
        *books.differences("rows of", rows, told),
        *unlike("money", as_lines(seen.money), as_lines(map(paid, cards))),
        *unlike(
            "letters",
            as_lines(seen.recipients),
            as_lines(map(letter, calls.filter(gateway="mail"))),
        ),
        *seen.warnings,
    ]


def without_zeros(rows: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Only what there is, of models that have any."""
    return {
        noun: {kind: number for kind, number in kinds.items() if number}
        for noun, kinds in rows.items()
    }


def unlike(what: str, told: Any, real: Any) -> list[str]:
    """A sentence when the two are not the same."""
    return [] if told == real else [f"{what}: told {told}, really {real}"]


def paid(call: Call) -> dict[str, Any]:
    """What was charged, reserved or given back: what was shown, with the amount really sent."""
    kinds = call.shown.keys() & {"amount", "refund"}
    return {**call.shown, **{kind: call.args["amount"] for kind in kinds}} if kinds else {}


def letter(call: Call) -> dict[str, Any]:
    """Who was really told, and what."""
    return {"recipient": call.args["to"], "subject": call.args["subject"]}


def as_lines(shown: Iterable[dict[str, Any]]) -> list[str]:
    """Each as a line; ids of new rows are made up anew each time."""
    lines = (json.dumps(one, sort_keys=True) for one in shown if one)
    return sorted(re.sub(r"\b([A-Z]{2,5})-\d{6,}", r"\1", line) for line in lines)
