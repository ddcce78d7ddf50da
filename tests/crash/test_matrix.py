"""A process dies at every commit and every send of a journey; nothing paid is lost."""

from __future__ import annotations

import pytest

from tests.crash import journeys
from tests.crash.journeys import Journey
from tests.crash.matrix import Matrix

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.timeout(600)]

# Those that everything stands on die at every point, the others at every fifth.
CLOSELY = [journeys.SIGN_UP, journeys.DECLINED, journeys.RENEWAL, journeys.TOP_UP]
LOOSELY = [
    *(journeys.PROMOTED, journeys.DECLINED_PROMOTED, journeys.BY_ITSELF, journeys.PLAN_CHANGE),
    *(journeys.REFUND, journeys.DEVICE_CHANGE, journeys.PORT_IN),
]
JOURNEYS = CLOSELY + LOOSELY
APART = 5
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
    matrix.crash(range(1, matrix.points + 1, 1 if journey in CLOSELY else APART))
    with capsys.disabled():
        print(f"\n  {matrix.report()}")
    assert matrix.failures == {}


@pytest.mark.crash
@pytest.mark.parametrize("journey", CLOSELY, ids=lambda journey: journey.name)
def test_deaths_during_recovery(journey: Journey, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = Matrix.of(journey)
    matrix.crash(range(TWICE // 2, matrix.points + 1, TWICE), again=TWICE_AGAIN)
    with capsys.disabled():
        print(f"\n  {matrix.report()} (twice)")
    assert matrix.failures == {}
