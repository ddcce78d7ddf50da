"""The registry against the facts: every operation by name, with its arguments and its effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bss.core import registry
from tests.parity.facts import OPERATIONS

# Stricter is the safe side: why an operation is graver than others take it for.
GRAVER = {
    "port_request.approve": "a number that moved to another operator cannot be taken back",
}
JSON = {
    "str": {"string"},
    # A number of any kind may be given where a whole one is.
    "int": {"integer", "number"},
    "float": {"number"},
    "bool": {"boolean"},
    "list": {"array"},
}
each = pytest.mark.parametrize("name", sorted(OPERATIONS))


def words_for(schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """The JSON types that an argument may have."""
    if "$ref" in schema:
        yield from words_for(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    for one in schema.get("anyOf", ()):
        yield from words_for(one, whole)
    if "type" in schema:
        yield schema["type"]


@each
def test_it_takes_what_it_should(name: str) -> None:
    row, operation = OPERATIONS[name], registry.public(name)
    schema = operation.arguments.model_json_schema(by_alias=False)
    wanted = row.get("takes", {}) | row.get("may_take", {})

    wrong = [
        argument
        for argument, kind in wanted.items()
        if not JSON[kind] & set(words_for(schema["properties"].get(argument, {}), schema))
    ]

    assert wrong == []
    assert set(schema.get("required", ())) <= set(row.get("takes", {}))


@each
def test_it_is_as_grave_as_it_should_be(name: str) -> None:
    wanted, effect = OPERATIONS[name]["effect"], registry.public(name).effect
    if name in GRAVER:
        assert registry.EFFECTS.index(effect) > registry.EFFECTS.index(wanted)
    else:
        assert effect == wanted or (wanted, effect) == ("write", "charge")


def test_what_customers_do_names_no_customer() -> None:
    named = {"customer_id", "customer_ids", "email", "customer_email", "msisdn"}

    told = [
        operation.name
        for operation in registry.registry().values()
        if operation.roles == {"customer"} and named & set(operation.arguments.model_fields)
    ]

    assert told == []
    mine = [name for name in OPERATIONS if name.endswith(("_mine", "_for_me"))]
    assert len(mine) == 14
    assert all(registry.public(name).roles == {"customer"} for name in mine)
