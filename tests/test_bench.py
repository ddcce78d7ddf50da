"""Every part of the bench works; what it measures is only said on demand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.mark.bench
@pytest.mark.timeout(900)
def test_a_tiny_run_measures_everything():
    said = subprocess.run(
        [sys.executable, "-m", "bench", "--tiny", "--json"],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "", "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
    )

    assert said.returncode in (0, 1), said.stderr
    result = json.loads(said.stdout)
    names = {one["name"] for one in result["figures"]}
    assert {"commit", "cores", "load"} <= set(result)
    assert len(names) >= 20


def test_a_run_tells_its_bounds_and_keeps_them():
    from bench.figures import Figure

    fast = Figure("rate", 61.0, "/s", at_least=60)
    slow = Figure("time", 301.0, "ms", at_most=300)

    assert (fast.holds, slow.holds) == (True, False)
    assert (fast.bound, slow.bound) == ("≥ 60", "≤ 300")
