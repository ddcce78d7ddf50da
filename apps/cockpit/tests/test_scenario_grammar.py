import pytest
import yaml

from apps.cockpit.scenarios.grammar import InvalidScenario, Scenario, parse, read

STEP = {"name": "one", "action": "clock.now"}


def scenario(**parts: object) -> dict[str, object]:
    return {"name": "story", **parts}


def test_defaults_are_those_of_the_grammar() -> None:
    found = parse(scenario())

    assert (found.tags, found.steps, found.variables) == ([], [], {})
    assert not found.setup.reset_operational_data
    assert found.setup.freeze_clock_at is None
    assert not found.teardown.unfreeze_clock


def test_every_kind_of_step_is_read() -> None:
    found = parse(yaml.safe_load(EVERY_KIND))

    assert [type(step).__name__ for step in found.steps] == [
        "ActionStep",
        "AssertStep",
        "HttpStep",
        "FileStep",
        "AskStep",
    ]
    assert found.setup.freeze_clock_at == "2026-03-01T00:00:00+00:00"


EVERY_KIND = """
name: everything
setup: {reset_operational_data: true, freeze_clock_at: 2026-03-01T00:00:00Z, variables: {a: 1}}
teardown: {unfreeze_clock: true}
steps:
  - {name: act, action: clock.now, args: {}, capture: {now: $.now}}
  - {name: look, assert: {tool: clock.now, expect: {mode: frozen}, poll: {interval_ms: 10}}}
  - name: fetch
    http: GET /welcome
    expect: {status: [200, 303], body_contains: [hello], headers_match: {location: /}}
    capture_regex: {code: {source: headers.location, pattern: "x(.)"}}
  - {name: mail, file: ./mail.log, capture_regex: {otp: {source: body_text, pattern: "OTP: (.*)"}}}
  - {name: ask, ask: who is it, expect_tools_not_called: [customer.close]}
"""

FAULTS = [
    ({"name": 1}, "name"),
    (scenario(colour="red"), "colour"),
    (scenario(setup={"reset": True}), "setup.reset"),
    (scenario(teardown={"freeze": True}), "teardown.freeze"),
    (scenario(steps=[{**STEP, "argz": {}}]), "step 1.argz"),
    (scenario(steps=[STEP, {"name": "two"}]), "step 2"),
    (scenario(steps=[{"name": "x", "do": "y"}]), "a step needs one of the keys"),
    (scenario(steps=[{"name": "x", "assert": {"tool": "t", "wait": 1}}]), "step 1.assert.wait"),
    (scenario(steps=[{"name": "x", "assert": {"tool": "t"}, "capture": {}}]), "step 1.capture"),
    (scenario(steps=[{"name": "x", "http": "PUT /"}]), "step 1.http"),
    (
        scenario(steps=[{"name": "x", "http": "GET /", "form": {}, "json": {}}]),
        "exclude each other",
    ),
    (scenario(steps=[{"name": "x", "http": "GET /", "expect": {"body": 1}}]), "expect.body"),
    (scenario(steps=[{"name": "x", "file": "a", "poll": {"every": 1}}]), "step 1.poll.every"),
    (scenario(steps=[{"name": "x", "ask": "a", "expect_tools": []}]), "step 1.expect_tools"),
    ([], "the top level must be a mapping"),
]


@pytest.mark.parametrize(("content", "said"), FAULTS)
def test_a_fault_is_refused_with_its_place(content: object, said: str) -> None:
    with pytest.raises(InvalidScenario, match=said.replace(".", r"\.")):
        parse(content, where="file.yaml")


def test_the_first_key_that_names_a_kind_decides() -> None:
    with pytest.raises(InvalidScenario, match=r"step 1\.ask"):
        parse(scenario(steps=[{**STEP, "ask": "and who decides?"}]))


def test_a_file_that_is_missing_or_no_yaml_is_refused(tmp_path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [")

    for path in (tmp_path / "none.yaml", broken):
        with pytest.raises(InvalidScenario, match=path.name):
            read(path)


def test_a_model_is_itself_valid_input() -> None:
    first = parse(scenario(steps=[STEP]))

    assert Scenario.model_validate(first.model_dump(by_alias=True)) == first
