"""Every story that ships is played."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps.cockpit.scenarios.actions import call
from apps.cockpit.scenarios.grammar import read
from apps.cockpit.scenarios.runner import play
from bss.core import clock

FILES = sorted((Path(__file__).resolve().parents[3] / "scenarios").glob("*.yaml"))


@pytest.fixture
def stage(bss, sandbox, settings):
    """A seeded sandbox whose clock scenarios may move, with an outside that takes no time."""
    settings.BSS = replace(settings.BSS, simulated_delay=0.0)
    bss("seed")
    clock.pin(None)
    yield
    clock.pin(clock.Reading())


def call_and_look_at_the_clock(name, args):
    """In a test's transaction nobody hears of a commit, so the clock is asked anew each time."""
    result = call(name, args)
    clock.forget()
    return result


@pytest.mark.timeout(30)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_story_plays_to_its_end(stage, file: Path) -> None:
    scenario = read(file)

    report = play(scenario, call_and_look_at_the_clock)

    assert report.passed, [report.error, *(step.detail for step in report.failed_steps())]
    assert "hero" in scenario.tags
