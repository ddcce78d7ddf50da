"""Every answer against the official contracts, when their folder is named.

`BSS_TMF_CONTRACTS` names a folder with the published Swagger files (`TMF620-….swagger.json`).
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import bss.api  # noqa: F401
from bss.tmf.resources import apis

FOLDER = os.environ.get("BSS_TMF_CONTRACTS", "")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="BSS_TMF_CONTRACTS names no folder of contracts"),
    pytest.mark.usefixtures("town"),
]


@cache
def contract(number: int) -> dict[str, Any]:
    (found,) = Path(FOLDER).glob(f"TMF{number}-*.swagger.json")
    loaded: dict[str, Any] = json.loads(found.read_text())
    return loaded


def faults(number: int, schema: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """Where a value is not what a schema of the contract says."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        return faults(number, contract(number)["definitions"][name], value, where)
    for part in schema.get("allOf", []):
        if found := faults(number, part, value, where):
            return found
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind == "array" and isinstance(value, list):
        items = enumerate(value)
        return [f for n, one in items for f in faults(number, schema["items"], one, f"{where}[{n}]")]
    if kind == "object" and isinstance(value, dict):
        return object_faults(number, schema, value, where)
    return [] if fits(kind, schema, value) else [f"{where}: {value!r} is no {kind} {schema.get('format', '')}"]


def object_faults(number: int, schema: dict[str, Any], value: Any, where: str) -> list[str]:
    found = [f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            found += faults(number, inner, value[name], f"{where}.{name}")
    return found


def fits(kind: str | None, schema: dict[str, Any], value: Any) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if kind == "string":
        dated = schema.get("format") != "date-time" or MOMENT.fullmatch(str(value))
        return isinstance(value, str) and bool(dated)
    if kind in ("number", "integer"):
        whole = kind == "number" or isinstance(value, int)
        return isinstance(value, int | float) and not isinstance(value, bool) and whole
    if kind == "boolean":
        return isinstance(value, bool)
    return kind is None


RESOURCES = [(api, resource) for api in apis.values() for resource in api.resources]
NAMES = [f"{api.number} {resource.name}" for api, resource in RESOURCES]


def schema_of(api: Any, resource: Any) -> dict[str, Any] | None:
    """What the contract says one resource looks like; None for an address that is only ours."""
    path = contract(api.number)["paths"].get(f"/{resource.name}/{{id}}")
    found: dict[str, Any] | None = path and path["get"]["responses"]["200"]["schema"]
    return found


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=NAMES)
def test_every_row_of_every_list_fits(partner: Any, api: Any, resource: Any) -> None:
    answer = partner.get(api.path(resource))
    assert answer.status_code == 200, answer.content
    schema = schema_of(api, resource)
    if schema is None:
        assert resource.name == "balanceActionHistory"
        return
    for row in answer.json():
        assert not faults(api.number, schema, row)
        assert partner.get(row["href"]).json() == row


EMPTY = {"catalog", "category", "organization", "usageSpecification", "queryUsageConsumption"} | {
    "settlementAccount", "financialAccount", "billingCycleSpecification", "billFormat",
    "billPresentationMedia", "cancelProductOrder", "cancelServiceOrder", "refund", "transferBalance",
    "promotion",
}  # fmt: skip


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=NAMES)
def test_there_is_something_to_look_at(partner: Any, api: Any, resource: Any) -> None:
    total = int(partner.get(api.path(resource))["X-Total-Count"])
    assert total or resource.name in EMPTY


@pytest.mark.parametrize("number", sorted(apis))
def test_nothing_is_served_that_the_contract_does_not_have(number: int) -> None:
    known = {path.split("/")[1] for path in contract(number)["paths"]}
    assert {resource.name for resource in apis[number].resources} <= known | {"balanceActionHistory"}
