"""The facts that this product must live up to, as they are kept beside the tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FACTS = Path(__file__).parent
KINDS = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}


def facts(name: str) -> Any:
    """One file of facts."""
    return yaml.safe_load((FACTS / f"{name}.yaml").read_text())


OPERATIONS: dict[str, dict[str, Any]] = facts("operations")["operations"]
SHAPES: dict[str, dict[str, Any]] = facts("operations")["shapes"]


@dataclass(frozen=True)
class Seen:
    """A key of a shape as a result had it."""

    key: str
    value: Any
    fault: str = ""


def looked_at(gives: Any, value: Any, key: str = "") -> list[Seen]:
    """Every key of a shape in a result, each with what is wrong about it."""
    if isinstance(gives, list):
        if not isinstance(value, list):
            return [Seen(key, value, f"{key or 'it'} is no list but {value!r}")]
        return [seen for one in value for seen in looked_at(gives[0], one, key)]
    if gives in KINDS:
        right = isinstance(value, KINDS[gives]) and (gives == "bool" or value is not True)
        return [] if right else [Seen(key, value, f"{key} is no {gives} but {value!r}")]
    if not isinstance(value, dict):
        return [Seen(key, value, f"{key or 'it'} is no {gives} but {value!r}")]
    return [seen for name, kind in SHAPES[gives].items() for seen in _in(gives, name, kind, value)]


def _in(shape: str, name: str, kind: Any, value: dict[str, Any]) -> list[Seen]:
    key = f"{shape}.{name}"
    if name not in value:
        return [Seen(key, None, f"{key} is missing")]
    found = value[name]
    return [Seen(key, found)] + ([] if found is None else looked_at(kind, found, key))
