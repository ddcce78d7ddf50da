"""What a step expects of a result, compared path by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .variables import StepFailed, other_spelling

# A list element is found by whichever of these holds the segment.
NAMING_KEYS = ("allowanceType", "type", "id", "name", "channel")
MISSING = object()


def ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison that nothing passes when one side is missing."""
    return lambda value, limit: value is not None and limit is not None and compare(value, limit)


OPERATORS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "eq": ("=", lambda value, wanted: value == wanted),
    "ne": ("≠", lambda value, wanted: value != wanted),
    "gt": (">", ordered(lambda value, limit: value > limit)),
    "gte": ("≥", ordered(lambda value, limit: value >= limit)),
    "lt": ("<", ordered(lambda value, limit: value < limit)),
    "lte": ("≤", ordered(lambda value, limit: value <= limit)),
    "in": ("one of", lambda value, allowed: value in allowed),
    "not_in": ("none of", lambda value, barred: value not in barred),
    "starts_with": ("starting with", lambda value, head: value.startswith(head)),
    "contains": ("containing", lambda value, part: part in value),
    "not_null": ("not null:", lambda value, wanted: (value is not None) == wanted),
}


def failures(expect: Mapping[str, Any], result: Any) -> Iterator[str]:
    """One line for each expectation that the result does not meet."""
    for path, wanted in expect.items():
        if path == "any_match":
            yield from any_match(wanted, result)
        else:
            yield from at_path(path, wanted, result)


def at_path(path: str, wanted: Any, result: Any) -> Iterator[str]:
    """Compare what stands at a dotted path."""
    value = resolve(path, result)
    if value is MISSING:
        yield f"{path} is not there"
    elif isinstance(wanted, Mapping):
        yield from (f"{path}: {line}" for line in by_operator(wanted, value))
    elif value != wanted:
        yield f"{path} is {shown(value)}, expected {shown(wanted)}"


def by_operator(wanted: Mapping[str, Any], value: Any) -> Iterator[str]:
    """A mapping holds operators, and all of them must hold."""
    for operator, operand in wanted.items():
        if operator == "any_match":
            yield from any_match(operand, value)
        elif operator not in OPERATORS:
            raise StepFailed(f"'{operator}' is not an operator (known: {', '.join(OPERATORS)}).")
        elif not holds(operator, value, operand):
            yield f"is {shown(value)}, expected {OPERATORS[operator][0]} {shown(operand)}"


def holds(operator: str, value: Any, operand: Any) -> bool:
    """Apply one operator; values that cannot be compared do not match."""
    try:
        return bool(OPERATORS[operator][1](value, operand))
    except (TypeError, AttributeError):
        return False


def any_match(wanted: Any, value: Any) -> Iterator[str]:
    """One element of a list must meet every sub-expectation."""
    if not isinstance(wanted, Mapping):
        raise StepFailed("any_match needs a mapping of expectations.")
    if not isinstance(value, list):
        yield f"any_match needs a list, not {shown(value)}"
    elif not any(not list(failures(wanted, element)) for element in value):
        yield f"none of {len(value)} elements matches {shown(dict(wanted))}"


def resolve(path: str, result: Any) -> Any:
    """The value at a dotted path, or MISSING; null on the way is a miss, at its end a value."""
    value = result
    for segment in path.split("."):
        value = step_into(value, segment)
        if value is MISSING:
            return MISSING
    return value


def step_into(value: Any, segment: str) -> Any:
    """One segment further down."""
    if isinstance(value, Mapping):
        return next((value[key] for key in spellings(segment) if key in value), MISSING)
    if isinstance(value, list):
        return element(value, segment)
    return MISSING


def element(values: list[Any], segment: str) -> Any:
    """The element at an index, or the first one that bears the name."""
    if segment.isdigit():
        return values[int(segment)] if int(segment) < len(values) else MISSING
    named = (item for item in values if isinstance(item, Mapping) and bears(item, segment))
    return next(named, MISSING)


def bears(item: Mapping[str, Any], name: str) -> bool:
    """True when one of the naming keys holds the name."""
    return any(item.get(key) == name for word in NAMING_KEYS for key in spellings(word))


def spellings(key: str) -> tuple[str, str]:
    """A key as it stands, then in the other spelling."""
    return key, other_spelling(key)


def shown(value: Any) -> str:
    """A value short enough for one line."""
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:157]}…"
