import pytest

from apps.cockpit.scenarios.variables import (
    StepFailed,
    capture,
    define,
    interpolate,
    other_spelling,
)

VARIABLES = {"count": 10, "name": "Ada", "none": None, "list": [1]}


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("{{ count }}", 10),
        ("  {{count}}  ", 10),
        ("{{ none }}", None),
        ("{{ list }}", [1]),
        ("{{ name }}-{{ count }}", "Ada-10"),
        ({"{{ name }}": ["{{ count }}", {"a": "x{{count}}"}]}, {"{{ name }}": [10, {"a": "x10"}]}),
        (True, True),
        ("{{ not a name }}", "{{ not a name }}"),
    ],
)
def test_a_placeholder_keeps_its_type_when_it_stands_alone(value, filled) -> None:
    assert interpolate(value, VARIABLES) == filled


def test_an_unknown_name_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="'nobody' is not defined"):
        interpolate("{{ nobody }}", VARIABLES)


def test_each_variable_sees_those_before_it() -> None:
    defined = define({"a": "{{ run_id }}"}, {"b": "{{ a }}-b"}, start={"run_id": "f00"})

    assert defined == {"run_id": "f00", "a": "f00", "b": "f00-b"}
    with pytest.raises(StepFailed):
        define({"a": "{{ b }}", "b": 1}, start={})


RESULT = [{"id": "SUB-1", "currentPeriodStart": "x", "task_type": "HLR"}, {"id": "SUB-2"}]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$[0].id", "SUB-1"),
        ("$[*].id", "SUB-1"),
        ("$[1].id", "SUB-2"),
        ("$[0].current_period_start", "x"),
        ("$[0].taskType", "HLR"),
        ("$[?(@.id == 'SUB-2')].id", "SUB-2"),
    ],
)
def test_a_capture_takes_the_first_match_in_either_spelling(path, found) -> None:
    assert capture({"it": path}, RESULT) == {"it": found}


@pytest.mark.parametrize("path", ["$[7].id", "$.id", "$[", ""])
def test_a_capture_without_a_match_fails_the_step(path) -> None:
    with pytest.raises(StepFailed):
        capture({"it": path}, RESULT)


@pytest.mark.parametrize(
    ("one", "other"),
    [("customer_id", "customerId"), ("taskType", "task_type"), ("id", "id"), ("lpa", "lpa")],
)
def test_keys_have_two_spellings(one, other) -> None:
    assert other_spelling(one) == other
    assert other_spelling(other) == one
