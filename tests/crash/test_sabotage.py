"""The matrix is worth something: a build without one of its safeties does not pass it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.crash import journeys, sabotage
from tests.crash.matrix import Matrix

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.timeout(300), pytest.mark.crash]

Build = Callable[[], AbstractContextManager[None]]
# How far apart the points are that workers with leases must survive, and without; and how
# long one of them is busy, which is cut short when the other comes along.
STEP, BUSY_SECONDS = {False: 40, True: 7}, {False: 0.3, True: 2.0}


@pytest.mark.parametrize(
    ("build", "shows"),
    [
        (sabotage.no_unique_key, "captured"),
        (sabotage.no_final_check, "payment.transition.invalid"),
        (sabotage.no_lane, "was told after"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_build_is_caught(build: Build, shows: str, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = Matrix.of(journeys.TOP_UP)
    with build():
        matrix.crash_until_caught(range(1, matrix.points + 1, 2))
    tell(capsys, build, matrix)
    assert any(shows in found for failure in matrix.failures.values() for found in failure)


@pytest.mark.parametrize(
    ("build", "caught"), [(sabotage.no_lease, True), (nullcontext, False)], ids=["without", "with"]
)
def test_workers_need_leases(
    build: Build, caught: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = Matrix.of(journeys.TOP_UP)
    # More than there are things to send at a time, so that one is always free to take.
    matrix.workers = 4
    with build(), sabotage.slow_sends(BUSY_SECONDS[caught]):
        matrix.crash_until_caught(range(3, matrix.points, STEP[caught]))
    tell(capsys, build, matrix)
    assert bool(matrix.failures) is caught


def tell(capsys: pytest.CaptureFixture[str], build: Build, matrix: Matrix) -> None:
    """Print what showed that something was missing."""
    found = [complaint for failure in matrix.failures.values() for complaint in failure]
    with capsys.disabled():
        print(f"\n  {build.__name__}: {matrix.runs} runs; {found[:3] or 'nothing found'}")
