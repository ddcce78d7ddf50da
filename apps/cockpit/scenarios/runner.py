"""Play a scenario from its set-up to its teardown."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bss.core.context import Context, acting
from bss.core.errors import PolicyViolation, translate

from .grammar import Scenario, Step, kind_of
from .steps import Call, Stage, perform
from .variables import StepFailed, define


@dataclass
class StepReport:
    """What became of one step."""

    number: int
    kind: str
    name: str
    status: str = "skipped"
    ms: int = 0
    detail: str = ""


@dataclass
class Report:
    """What became of a scenario."""

    name: str
    steps: list[StepReport] = field(default_factory=list)
    error: str = ""  # of set-up or teardown
    seconds: float = 0.0
    tags: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """True when set-up, every step and teardown worked."""
        return not self.error and all(step.status == "passed" for step in self.steps)

    def failed_steps(self) -> list[StepReport]:
        """The steps that failed."""
        return [step for step in self.steps if step.status == "failed"]


Listener = Callable[[StepReport], None]


def play(
    scenario: Scenario,
    call: Call,
    *,
    may_ask: bool = True,
    tell: Listener = lambda report: None,
) -> Report:
    """Run a scenario; `call` performs one operation by name, `tell` hears of each step."""
    report = Report(scenario.name, tags=scenario.tags)
    report.steps = [
        StepReport(number, str(kind_of(step)), step.name)
        for number, step in enumerate(scenario.steps, start=1)
    ]
    started = time.monotonic()
    with acting(Context(actor=f"scenario:{scenario.name}", channel="scenario")):
        stage = Stage(call, may_ask=may_ask)
        if set_up(scenario, stage, report):
            walk(scenario.steps, stage, report.steps, tell)
            tear_down(scenario, stage, report)
    report.seconds = round(time.monotonic() - started, 3)
    return report


def set_up(scenario: Scenario, stage: Stage, report: Report) -> bool:
    """Reset, define the variables and stop the clock; without them no step makes sense."""
    setup = scenario.setup
    with reasons() as faults:
        if setup.reset_operational_data:
            reset = {"reset_sequences": setup.reset_sequences}
            stage.call("admin.reset_operational_data", reset)
        run_id = {"run_id": secrets.token_hex(4)}
        stage.variables = define(setup.variables, scenario.variables, start=run_id)
        if setup.freeze_clock_at is not None:
            stage.call("clock.freeze", {"at": stage.filled(setup.freeze_clock_at)})
    report.error = "".join(f"Set-up: {fault}" for fault in faults)
    return not faults


def walk(steps: list[Step], stage: Stage, reports: list[StepReport], tell: Listener) -> None:
    """Perform the steps in order, up to the first that fails."""
    for step, report in zip(steps, reports, strict=True):
        started = time.monotonic()
        with reasons() as faults:
            perform(step, stage)
        report.ms = round((time.monotonic() - started) * 1000)
        report.status, report.detail = ("failed", faults[0]) if faults else ("passed", "")
        tell(report)
        if faults:
            return


def tear_down(scenario: Scenario, stage: Stage, report: Report) -> None:
    """Let the clock run again, if the scenario says so."""
    with reasons() as faults:
        if scenario.teardown.unfreeze_clock:
            stage.call("clock.unfreeze", {})
    report.error = "".join(f"Teardown: {fault}" for fault in faults)


@contextmanager
def reasons() -> Iterator[list[str]]:
    """Collect why the block failed; a bug fails its step too, so that the teardown still runs."""
    faults: list[str] = []
    try:
        yield faults
    except StepFailed as fault:
        faults.append(str(fault))
    except Exception as error:  # noqa: BLE001
        faults.append(reason(error))


def reason(error: Exception) -> str:
    """One line for a refusal or a bug."""
    known = translate(error)
    if isinstance(known, PolicyViolation):
        return f"POLICY_VIOLATION {known.rule}: {known.message}"
    return known.message if known else f"{type(error).__name__}: {error}"


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs."""
    return {
        "name": report.name,
        "passed": report.passed,
        "seconds": report.seconds,
        "error": report.error or None,
        "steps": [vars(step) for step in report.steps],
    }
