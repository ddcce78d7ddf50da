"""A process dies at every commit and every send of a journey; nothing paid is lost."""

from __future__ import annotations

import os

import pytest

from tests.crash import journeys
from tests.crash.journeys import Journey
from tests.crash.matrix import Matrix

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.timeout(600)]

# How far apart the points of a journey are at which it dies; BSS_CRASH=full takes all of them.
STEPS = {
    journeys.SIGN_UP: 1,
    journeys.DECLINED: 1,
    journeys.RENEWAL: 1,
    journeys.TOP_UP: 1,
    journeys.PROMOTED: 2,
    journeys.DECLINED_PROMOTED: 2,
    journeys.BY_ITSELF: 2,
    journeys.PLAN_CHANGE: 2,
    journeys.REFUND: 1,
    journeys.DEVICE_CHANGE: 2,
    journeys.PORT_IN: 3,
    journeys.PORT_OUT: 3,
}
JOURNEYS = list(STEPS)
FULL = os.environ.get("BSS_CRASH") == "full"
each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
# How many points a thinned run crashes, and how far apart those are that are crashed twice.
FEW, TWICE, TWICE_AGAIN = 3, 20, 13


@each_journey
def test_a_few_deaths(journey: Journey) -> None:
    matrix = Matrix.of(journey)
    apart = matrix.points // FEW
    matrix.crash(range(apart // 2, matrix.points + 1, apart))
    assert matrix.failures == {}


@pytest.mark.crash
@each_journey
def test_every_death(journey: Journey, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = Matrix.of(journey)
    matrix.crash(range(1, matrix.points + 1, 1 if FULL else STEPS[journey]))
    with capsys.disabled():
        print(f"\n  {matrix.report()}")
    assert matrix.failures == {}


@pytest.mark.crash
@each_journey
def test_deaths_during_recovery(journey: Journey, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = Matrix.of(journey)
    often = FULL or STEPS[journey] == 1
    apart, again = (TWICE, TWICE_AGAIN) if often else (2 * TWICE, 2 * TWICE_AGAIN)
    matrix.crash(range(apart // 2, matrix.points + 1, apart), again=again)
    with capsys.disabled():
        print(f"\n  {matrix.report()} (twice)")
    assert matrix.failures == {}
