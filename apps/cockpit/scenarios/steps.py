"""How each kind of step is carried out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from .expectations import failures
from .grammar import ActionStep, AskStep, AssertStep, FileStep, HttpStep, Poll
from .outside import faults_of_answer, fetch, read_text, regex_captures
from .variables import StepFailed, capture, interpolate

NO_AGENT = "There is no agent yet that could be asked; run the scenario without this step."
NO_ASKING = "Asking the agent is switched off (--no-llm)."
Call = Callable[[str, dict[str, Any]], Any]


@dataclass
class Stage:
    """What a scenario plays on: the door to operations, and the variables so far."""

    call: Call
    variables: dict[str, Any] = field(default_factory=dict)
    may_ask: bool = True
    sleep: Callable[[float], None] = time.sleep

    def filled(self, value: Any) -> Any:
        """The value with its placeholders replaced."""
        return interpolate(value, self.variables)

    def remember(self, captured: dict[str, Any]) -> None:
        """Keep captured values for the steps that follow."""
        self.variables.update(captured)

    def until_right(self, look: Callable[[], list[str]], poll: Poll | None, floor: float) -> None:
        """Look, again and again if the step polls, until nothing is wrong or time is up."""
        deadline = time.monotonic() + (poll.timeout_seconds if poll else 0.0)
        while faults := look():
            if poll is None or time.monotonic() >= deadline:
                raise StepFailed("; ".join(faults))
            self.sleep(max(poll.interval_ms / 1000, floor))


@singledispatch
def perform(step: object, stage: Stage) -> None:
    """Carry out one step; StepFailed says why it did not work."""
    raise TypeError(f"{step!r} is no step")


@perform.register
def run_action(step: ActionStep, stage: Stage) -> None:
    result = stage.call(step.action, stage.filled(step.args))
    stage.remember(capture(step.capture, result))


@perform.register
def run_assert(step: AssertStep, stage: Stage) -> None:
    check = step.check
    args, expect = stage.filled(check.args), stage.filled(check.expect)

    def look() -> list[str]:
        return list(failures(expect, stage.call(check.tool, args)))

    stage.until_right(look, check.poll, floor=0.01)


@perform.register
def run_http(step: HttpStep, stage: Stage) -> None:
    request = fill_request(step, stage)
    answers: list[dict[str, Any]] = []

    def look() -> list[str]:
        answers.append(fetch(request))
        return list(faults_of_answer(request.expect, answers[-1]))

    stage.until_right(look, step.poll, floor=0.05)
    stage.remember(capture(step.capture, answers[-1]))
    stage.remember(regex_captures(step.capture_regex, answers[-1]))


def fill_request(step: HttpStep, stage: Stage) -> HttpStep:
    """The step with placeholders replaced everywhere but in status, patterns and poll numbers."""
    expect = step.expect.model_copy(
        update={
            name: stage.filled(getattr(step.expect, name))
            for name in ("body_contains", "body_not_contains", "headers_match", "body_json_equals")
        }
    )
    names = ("http", "base_url", "headers", "cookies", "form", "json_body")
    filled = {name: stage.filled(getattr(step, name)) for name in names}
    return step.model_copy(update={**filled, "expect": expect})


@perform.register
def run_file(step: FileStep, stage: Stage) -> None:
    path = str(stage.filled(step.file))
    captured: dict[str, Any] = {}

    def look() -> list[str]:
        try:
            text = read_text(path, step.encoding)
            captured.update(regex_captures(step.capture_regex, text, last=True))
        except StepFailed as fault:
            return [str(fault)]
        return []

    stage.until_right(look, step.poll, floor=0.01)
    stage.remember(captured)


@perform.register
def run_ask(step: AskStep, stage: Stage) -> None:
    stage.filled(step.ask)
    raise StepFailed(NO_AGENT if stage.may_ask else NO_ASKING)
