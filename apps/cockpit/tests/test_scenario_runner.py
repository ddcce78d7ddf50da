from typing import Any

import pytest

from apps.cockpit.scenarios.grammar import parse
from apps.cockpit.scenarios.runner import Report, as_json, play
from apps.cockpit.scenarios.variables import StepFailed
from bss.core.context import current
from bss.core.errors import Conflict, PolicyViolation


class Doors:
    """Stands for the operations: answers from a script and remembers what was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, args: dict[str, Any]) -> Any:
        self.asked.append((name, args))
        answer = self.answers.get(name.replace(".", "_"), {})
        found = answer.pop(0) if isinstance(answer, list) and len(answer) > 1 else answer
        if isinstance(found, Exception):
            raise found
        return found[0] if isinstance(found, list) and found else found


def run(doors: Doors, *steps: dict[str, Any], **parts: Any) -> Report:
    steps_named = [{"name": f"step {number}", **step} for number, step in enumerate(steps, 1)]
    return play(parse({"name": "story", "steps": steps_named, **parts}), doors)


def test_captures_reach_the_steps_that_follow() -> None:
    doors = Doors(order_create={"id": "ORD-1"}, order_get={"state": "completed"})

    report = run(
        doors,
        {"action": "order.create", "args": {"n": "{{ n }}"}, "capture": {"order": "$.id"}},
        {
            "assert": {
                "tool": "order.get",
                "args": {"order_id": "{{ order }}"},
                "expect": {"state": "{{ s }}"},
            }
        },
        variables={"n": 3, "s": "completed"},
    )

    assert report.passed
    assert doors.asked == [("order.create", {"n": 3}), ("order.get", {"order_id": "ORD-1"})]


def test_the_first_failure_skips_the_rest_and_teardown_still_runs() -> None:
    doors = Doors(a_b=PolicyViolation("a.b.no", "Not today."))

    report = run(doors, {"action": "a.b"}, {"action": "c.d"}, teardown={"unfreeze_clock": True})

    assert [step.status for step in report.steps] == ["failed", "skipped"]
    assert report.steps[0].detail == "POLICY_VIOLATION a.b.no: Not today."
    assert [name for name, _ in doors.asked] == ["a.b", "clock.unfreeze"]
    assert as_json(report)["passed"] is False


def test_set_up_comes_first_and_its_failure_ends_everything() -> None:
    setup = {"reset_operational_data": True, "freeze_clock_at": "{{ day }}T00:00:00Z"}
    fine, broken = Doors(), Doors(admin_reset_operational_data=Conflict("busy", "Busy."))

    assert run(fine, setup=setup, variables={"day": "2026-01-01"}).passed
    report = run(broken, {"action": "a.b"}, setup=setup, teardown={"unfreeze_clock": True})

    assert fine.asked == [
        ("admin.reset_operational_data", {"reset_sequences": False}),
        ("clock.freeze", {"at": "2026-01-01T00:00:00Z"}),
    ]
    assert report.error == "Set-up: Busy."
    assert [name for name, _ in broken.asked] == ["admin.reset_operational_data"]


def test_a_failing_teardown_fails_the_scenario() -> None:
    doors = Doors(clock_unfreeze=ValueError("stuck"))

    report = run(doors, {"action": "a.b"}, teardown={"unfreeze_clock": True})

    assert report.error == "Teardown: ValueError: stuck"
    assert not report.passed


def test_polling_looks_until_it_holds() -> None:
    doors = Doors(
        order_get=[{"state": "in_progress"}, {"state": "in_progress"}, {"state": "completed"}]
    )
    poll = {"interval_ms": 1, "timeout_seconds": 2}

    report = run(
        doors, {"assert": {"tool": "order.get", "expect": {"state": "completed"}, "poll": poll}}
    )

    assert report.passed
    assert len(doors.asked) == 3


def test_polling_ends_with_the_last_failure() -> None:
    doors = Doors(order_get={"state": "failed"})
    poll = {"interval_ms": 1, "timeout_seconds": 0.03}

    report = run(
        doors, {"assert": {"tool": "order.get", "expect": {"state": "completed"}, "poll": poll}}
    )

    assert report.steps[0].detail == "state is 'failed', expected 'completed'"
    assert len(doors.asked) > 1


def test_a_refusal_ends_polling_at_once() -> None:
    doors = Doors(order_get=Conflict("gone", "Gone."))
    check = {"tool": "order.get", "expect": {"state": "x"}, "poll": {"timeout_seconds": 60}}

    report = run(doors, {"assert": check})

    assert report.steps[0].detail == "Gone."
    assert len(doors.asked) == 1


def test_without_poll_there_is_one_look() -> None:
    doors = Doors(order_get={"state": "failed"})

    assert not run(doors, {"assert": {"tool": "order.get", "expect": {"state": "x"}}}).passed
    assert len(doors.asked) == 1


def test_the_scenario_acts_under_its_own_name() -> None:
    seen = []

    def door(name: str, args: dict[str, Any]) -> None:
        seen.append((current().actor, current().channel, current().service_identity))

    play(parse({"name": "story", "steps": [{"name": "x", "action": "a.b"}]}), door)

    assert seen == [("scenario:story", "scenario", "default")]


@pytest.mark.parametrize(("may_ask", "said"), [(True, "no agent yet"), (False, "--no-llm")])
def test_asking_fails_with_one_sentence(may_ask, said) -> None:
    steps = [{"name": "x", "ask": "Who is it?"}]

    report = play(parse({"name": "story", "steps": steps}), Doors(), may_ask=may_ask)

    assert said in report.steps[0].detail


def test_files_answer_with_the_last_match(tmp_path) -> None:
    mail = tmp_path / "mail.log"
    mail.write_text("OTP: 111111\nOTP: 222222\n")
    doors = Doors()
    wanted = {"otp": {"source": "body_text", "pattern": r"OTP: (\d{6})"}, "all": r"(OTP).*"}

    report = run(
        doors,
        {"file": "{{ folder }}/mail.log", "capture_regex": wanted},
        {"action": "a.b", "args": {"code": "{{ otp }}", "word": "{{ all }}"}},
        variables={"folder": str(tmp_path)},
    )

    assert report.passed
    assert doors.asked == [("a.b", {"code": "222222", "word": "OTP"})]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"file": "/nowhere/at/all"}, "There is no file"),
        ({"file": __file__, "capture_regex": {"x": "no-such-" + "thing"}}, "matches nothing"),
        (
            {"file": __file__, "capture_regex": {"x": {"source": "body", "pattern": "x"}}},
            "has no body",
        ),
        ({"file": "{{ unknown }}"}, "'unknown' is not defined"),
    ],
)
def test_a_file_that_does_not_fit_fails_the_step(step, said) -> None:
    assert said in run(Doors(), step).steps[0].detail


def test_a_step_that_fails_by_itself_says_why() -> None:
    assert run(Doors(a_b=StepFailed("Because.")), {"action": "a.b"}).steps[0].detail == "Because."
