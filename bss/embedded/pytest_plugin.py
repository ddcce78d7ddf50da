"""PostgreSQL and Valkey for one test run, apart from everything that serves."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from bss.embedded.places import Places, places, read_private, write_private
from bss.embedded.processes import Identity
from bss.embedded.services import SERVICES, start_services
from bss.embedded.tree import Tree, reap

PREFIX = "bss-test-"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the services before pytest-django reads the settings."""
    # A .env is for serving; what tests use must be said on the command line.
    os.environ["BSS_DOTENV"] = os.devnull
    os.environ["DJANGO_SETTINGS_MODULE"] = "bss.settings.test"
    given = {name: os.environ[name] for name in SERVICES if os.environ.get(name)}
    if "BSS_TEST_RUN" in os.environ:  # a worker of a parallel run
        return
    sweep()
    tree = Tree(fresh_places())
    atexit.register(finish, tree)
    os.environ["BSS_TEST_RUN"] = str(tree.found.var)
    os.environ.update(start_services(tree, given, volatile=True))


def finish(tree: Tree) -> None:
    """Stop what this process has started, whatever became of the tests, and leave no folder."""
    tree.stop()
    remove(tree.found)


def fresh_places() -> Places:
    """A folder in /tmp, where sockets have short paths, that says whose it is."""
    found = places(Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")))
    owner = Identity.of(os.getpid())
    write_private(found.var / "owner.json", [owner.pid, owner.started])
    return found


def sweep() -> None:
    """Remove what earlier runs left behind when they were killed."""
    for var in Path("/tmp").glob(f"{PREFIX}*"):
        owner = read_private(var / "owner.json") if os.access(var, os.W_OK) else None
        if owner and not Identity(*owner).alive:
            found = places(var)
            reap(found)
            remove(found)


def remove(found: Places) -> None:
    for folder in {found.sockets, found.store, found.var}:
        shutil.rmtree(folder, ignore_errors=True)
