"""Placeholders that keep their type, and values taken out of results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class StepFailed(Exception):
    """This step did not do what the scenario says; the message is one sentence."""


def interpolate(value: Any, variables: Mapping[str, Any]) -> Any:
    """The value with every `{{ name }}` replaced, also inside lists and mapping values."""
    if isinstance(value, str):
        return fill(value, variables)
    if isinstance(value, list):
        return [interpolate(item, variables) for item in value]
    if isinstance(value, Mapping):
        return {key: interpolate(item, variables) for key, item in value.items()}
    return value


def fill(text: str, variables: Mapping[str, Any]) -> Any:
    """A text that is one placeholder becomes the variable itself, with its type."""
    whole = PLACEHOLDER.fullmatch(text.strip())
    if whole:
        return look_up(whole[1], variables)
    return PLACEHOLDER.sub(lambda found: str(look_up(found[1], variables)), text)


def look_up(name: str, variables: Mapping[str, Any]) -> Any:
    """The variable of that name."""
    if name not in variables:
        known = ", ".join(sorted(variables)) or "none"
        raise StepFailed(f"The variable '{name}' is not defined here (known: {known}).")
    return variables[name]


def define(*groups: Mapping[str, Any], start: Mapping[str, Any]) -> dict[str, Any]:
    """All variables, each seeing those defined before it."""
    variables = dict(start)
    merged = {name: value for group in groups for name, value in group.items()}
    for name, value in merged.items():
        variables[name] = interpolate(value, variables)
    return variables


def capture(paths: Mapping[str, str], result: Any) -> dict[str, Any]:
    """One variable for each JSONPath: its first match in the result."""
    return {name: first_match(path, result) for name, path in paths.items()}


def first_match(path: str, result: Any) -> Any:
    """What the JSONPath finds first; keys may be spelt in camelCase or snake_case."""
    for candidate in (result, both_spellings(result)):
        found = compiled(path).find(candidate)
        if found:
            return found[0].value
    raise StepFailed(f"The capture {path} found nothing in the result.")


@lru_cache(maxsize=256)
def compiled(path: str) -> Any:
    """The parsed JSONPath."""
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext import parse

    try:
        return parse(path)
    except JSONPathError as error:
        raise StepFailed(f"{path!r} is not a JSONPath: {error}") from None


def other_spelling(key: str) -> str:
    """`customerId` for `customer_id`, and the other way round."""
    if "_" in key:
        head, *tail = key.split("_")
        return head + "".join(word.capitalize() for word in tail)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()


def both_spellings(value: Any) -> Any:
    """The same data with every key in both spellings."""
    if isinstance(value, list):
        return [both_spellings(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    twins = {other_spelling(key): both_spellings(item) for key, item in value.items()}
    return {**twins, **{key: both_spellings(item) for key, item in value.items()}}
