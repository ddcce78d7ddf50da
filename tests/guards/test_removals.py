"""Every guard is worth something: without it the test that stands for it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections

from tests.guards.removals import REMOVALS
from tests.guards.without import ROOT

# One worker of a parallel run does all of it: the work is shared out here already.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("guards")]

LANES = 2
# Numbered databases of Valkey that no other process of a run uses.
FIRST_BOOK = 12


@pytest.fixture(scope="module")
def endings(django_db_setup, django_db_blocker):
    """How the test of each guard ended without it, and how all of them did with everything."""
    with django_db_blocker.unblock():
        lanes = [make_lane(number) for number in range(LANES)]
        numbers = ["all", *map(str, range(len(REMOVALS)))]
        shares = [numbers[lane::LANES] for lane in range(LANES)]
        with ThreadPoolExecutor(LANES) as pool:
            told = [line for share in pool.map(run_lane, lanes, shares) for line in share]
        with connection.cursor() as cursor:
            for lane in range(LANES):
                cursor.execute(f"DROP DATABASE {database(lane)} WITH (FORCE)")
    return {one["number"]: one for one in told}


def database(lane: int) -> str:
    return f"test_guards_{lane}"


def make_lane(lane: int) -> dict[str, str]:
    """A copy of the tests' database, and the environment of who uses it."""
    made = connection.settings_dict["NAME"]
    given = urlsplit(os.environ["DATABASE_URL"])
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database(lane)} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {database(lane)} TEMPLATE {made}")
    ours = database(lane).removeprefix("test_")
    book = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{FIRST_BOOK + lane}")
    kept = {name: value for name, value in os.environ.items() if "XDIST" not in name}
    # A socket's URL has no host, which geturl() would forget to write.
    url = f"{given.scheme}://{given.netloc}/{ours}?{given.query}"
    return kept | {"DATABASE_URL": url, "REDIS_URL": book.geturl()}


def run_lane(env: dict[str, str], numbers: list[str]) -> list[dict[str, object]]:
    """What a lane tells about its share of the guards."""
    command = [sys.executable, "-m", "tests.guards.without", *numbers]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_with_every_guard_all_of_them_pass(endings):
    assert endings["all"]["code"] == 0, endings["all"]["said"]


@pytest.mark.parametrize("number", range(len(REMOVALS)), ids=lambda n: REMOVALS[n].name)
def test_without_it_its_test_fails(endings, number):
    ended = endings[str(number)]
    failed = (
        ended["code"] == 1 and " failed" in ended["said"] and "error" not in ended["said"][-99:]
    )
    assert failed, f"{REMOVALS[number].test} noticed nothing:\n{ended['said']}"
