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
from bss.tmf.resources import Api, Resource, apis
from tests.tmf.conftest import Partner

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
        return [
            f for n, one in items for f in faults(number, schema["items"], one, f"{where}[{n}]")
        ]
    if kind == "object" and isinstance(value, dict):
        return object_faults(number, schema, value, where)
    return [] if fits(kind, schema, value) else [f"{where}: {value!r} is no {kind}"]


def object_faults(number: int, schema: dict[str, Any], value: Any, where: str) -> list[str]:
    found = [
        f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value
    ]
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


def schema_of(api: Api, resource: Resource) -> dict[str, Any] | None:
    """What the contract says one resource looks like; None for an address that is only ours."""
    path = contract(api.number)["paths"].get(f"/{resource.name}/{{id}}")
    found: dict[str, Any] | None = path and path["get"]["responses"]["200"]["schema"]
    return found


# Lists that nothing in the town fills.
EMPTY = {"catalog", "category", "organization", "usageSpecification", "queryUsageConsumption"} | {
    "settlementAccount", "financialAccount", "billingCycleSpecification", "billFormat",
    "billPresentationMedia", "cancelProductOrder", "cancelServiceOrder", "refund",
    "transferBalance", "promotion",
}  # fmt: skip


PARTS = [
    (620, 622, 629, 632, 654),
    (621, 635, 637, 666, 670, 671, 676),
    (638, 639, 640, 641, 677, 678, 681, 683),
]


@pytest.mark.parametrize("numbers", PARTS)
def test_every_row_of_every_list_fits(partner: Partner, numbers: tuple[int, ...]) -> None:
    found: list[str] = []
    for api in (apis[number] for number in numbers):
        for resource in api.resources:
            found += faults_of_list(partner, api, resource)
    assert not found, "\n".join(found)


def faults_of_list(partner: Partner, api: Api, resource: Resource) -> list[str]:
    answer = partner.get(f"{api.path(resource)}?limit=5")
    assert answer.status_code == 200, (resource.name, answer.content)
    assert answer.json() or resource.name in EMPTY, f"{resource.name} shows nothing"
    schema = schema_of(api, resource)
    if schema is None:
        assert resource.name == "balanceActionHistory"
        return []
    return [
        f"TMF{api.number} {resource.name}{fault}"
        for row in answer.json()
        for fault in faults(api.number, schema, row)
    ]


def test_every_api_has_a_contract_and_every_resource_is_in_it() -> None:
    for api in apis.values():
        known = {path.split("/")[1] for path in contract(api.number)["paths"]}
        served = {resource.name for resource in api.resources}
        assert served <= known | {"balanceActionHistory"}, api.number
