import inspect
import json
from datetime import datetime
from typing import Any, Literal

import pytest

from apps.cockpit.terminal import main
from apps.cockpit.terminal.tree import spelled, tree, words_of
from apps.cockpit.terminal.words import WORDS, quantity_with_unit
from bss.core import registry as kernel


def test_a_new_operation_is_a_command(bss, press) -> None:
    assert "gadget" in bss("--help").out
    assert "Press a button." in bss("gadget", "--help").out
    assert json.loads(bss("gadget", "press", "red", "--json").out)["button"] == "red"


def test_an_internal_operation_is_none(bss, gadget) -> None:
    gadget("gadget.settle", lambda: None, internal=True)

    assert "gadget" not in bss("--help").out
    assert bss("gadget", "settle").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("red", "--times", "3", "--loud"),
        ("--button", "red", "--times", "3", "--loud"),
        ("--times", "3", "red", "--loud"),
    ],
)
def test_an_argument_may_be_named_or_not(bss, press, words) -> None:
    answer = json.loads(bss("gadget", "press", *words, "--json").out)

    assert answer == {"id": "G-1", "button": "red", "times": 3, "loud": True, "state": "active"}


@pytest.fixture
def wire(gadget):
    def wire_it(
        *,
        customer_id: str,
        cable_id: str,
        kind: Literal["thin", "thick_one"] = "thin",
        ends: list[str] | None = None,
        label: dict[str, Any] | None = None,
        at: datetime | None = None,
        agreed: bool = True,
    ) -> dict[str, Any]:
        """Wire it."""
        return {"all": [customer_id, cable_id, kind, ends, label, at and at.year, agreed]}

    return gadget("gadget.tube.wire_up", wire_it)


@pytest.mark.parametrize(
    ("words", "got"),
    [
        (["C", "W"], ["C", "W", "thin", None, None, None, True]),
        (["--customer", "C", "W"], ["C", "W", "thin", None, None, None, True]),
        (["--cable", "W", "C"], ["C", "W", "thin", None, None, None, True]),
        (["--customerId", "C", "--cable_id", "W"], ["C", "W", "thin", None, None, None, True]),
        (["C", "W", "--kind", "thick_one"], ["C", "W", "thick_one", None, None, None, True]),
        (
            ["C", "W", "--ends", "a,b", "--ends", "c"],
            ["C", "W", "thin", ["a", "b", "c"], None, None, True],
        ),
        (["C", "W", "--label", '{"x": 1}'], ["C", "W", "thin", None, {"x": 1}, None, True]),
        (
            ["C", "W", "--at", "2026-03-01", "--no-agreed"],
            ["C", "W", "thin", None, None, 2026, False],
        ),
    ],
)
def test_every_type_is_typed_as_people_would(bss, wire, words, got) -> None:
    ended = bss("gadget", "tube", "wire-up", *words, "--json", "--yes")

    assert json.loads(ended.out) == {"all": got}, ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing: --customer, --cable"),
        (["C"], "Missing: --cable"),
        (["C", "W", "--kind", "fat"], "'fat' is not one of"),
        (["C", "W", "--label", "{"], "this is not JSON"),
        (["C", "W", "--at", "soon"], "at: Input should be a valid datetime"),
        (["C", "W", "--colour", "red"], "No such option"),
    ],
)
def test_what_does_not_fit_is_refused(bss, wire, words, said) -> None:
    ended = bss("gadget", "tube", "wire_up", *words)

    assert ended.code == 2
    assert said in ended.err


def test_a_choice_is_offered_in_the_help(bss, wire) -> None:
    told = bss("gadget", "tube", "wire-up", "--help").out

    assert "thin|thick_one" in told
    assert "--no-agreed" in told


def command_at(words):
    """The command at a path of the real tree."""
    command = tree(kernel.registry(), main.BY_HAND)
    for word in words:
        command = command.get_command(None, word)
        assert command is not None, words
    return command


def test_every_public_operation_has_its_command() -> None:
    for name, found in kernel.registry().items():
        if not found.internal and not name.startswith("trace."):
            assert command_at(words_of(name)).params, name


def test_every_well_known_word_runs_an_operation_or_waits_for_it() -> None:
    for word in WORDS:
        if word.operation in kernel.registry():
            told = inspect.cleandoc(kernel.registry()[word.operation].doc)
            assert command_at(word.path.split()).help == told


def test_a_command_line_can_be_spelled() -> None:
    vas = kernel.find("subscription.purchase_vas")
    create = kernel.find("customer.create")

    line = spelled(vas, {"subscription_id": "SUB-1", "vas_offering_id": "VAS_X"})

    assert line == "bss subscription vas SUB-1 VAS_X"
    assert spelled(create, {"name": "Ada L"}) == "bss customer create --name 'Ada L'"


def test_bare_words_print_help(bss) -> None:
    assert "What the business does" in bss().out
    assert "Did you mean 'customer'" in bss("custmer").err


@pytest.mark.parametrize(
    ("words", "quantity", "unit"),
    [
        (["--quantity", "1GB"], 1, "gb"),
        (["--quantity", "500mb"], 500, "mb"),
        (["--quantity", "3 min", "--type", "voice"], 3, "minutes"),
        (["--quantity", "7", "--type", "sms"], 7, "count"),
        (["--quantity", "5"], 5, "mb"),
    ],
)
def test_usage_is_told_with_its_unit(words, quantity, unit) -> None:
    pairs = dict(zip(words[::2], words[1::2], strict=True))
    typed = {"quantity": pairs["--quantity"]}
    if "--type" in pairs:
        typed["event_type"] = pairs["--type"]
    args = quantity_with_unit(typed)

    assert (args["quantity"], args["unit"]) == (quantity, unit)


def test_a_quantity_that_is_none_is_refused(bss) -> None:
    ended = bss("usage", "simulate", "90000000", "--quantity", "lots")

    assert (ended.code, "not a quantity" in ended.err) == (2, True)
