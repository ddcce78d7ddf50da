"""Services, database and processes that exist for one measurement and never touch `var/`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bss.embedded.places import PROJECT, Places, free_port, places, read_private, write_private
from bss.embedded.processes import Identity, Recipe, run_once, stop, wait_until
from bss.embedded.services import start_services
from bss.embedded.supervisor import beat, is_live, web_server, worker
from bss.embedded.tree import Tree, reap

PREFIX = "bss-bench-"
SERVICES = ("postgres", "valkey")
SETTINGS = "bench.settings"


@dataclass
class Box:
    """A running PostgreSQL and Valkey, and how to reach them."""

    tree: Tree
    env: dict[str, str]
    ports: list[int] = field(default_factory=list)

    def serve(self, webs: int = 1, workers: int = 1) -> list[int]:
        """Start web servers, workers and the schedule; answers the ports once they are live."""
        self.tree.start(beat(self.env))
        for _ in range(workers):
            self.tree.start(named(worker(self.env), len(self.tree.children)))
        for _ in range(webs):
            port = free_port()
            self.tree.start(named(web_server(self.env, port), len(self.tree.children)))
            self.ports.append(port)
        if not wait_until(lambda: all(map(is_live, self.ports)), 120):
            raise RuntimeError(f"The web server did not start; see {self.tree.found.logs}.")
        return self.ports

    def stop_serving(self) -> None:
        """Stop web servers and workers; the services stay."""
        served = [child for child in self.tree.children if child.recipe.name not in SERVICES]
        for child in reversed(served):
            stop(child.identity, child.recipe.stop_signal, child.recipe.grace)
            child.popen.wait()
            self.tree.children.remove(child)
        self.ports.clear()

    def manage(self, *words: str, seconds: float = 300) -> None:
        """Run one of Django's commands in the box."""
        command = [sys.executable, str(PROJECT / "manage.py"), *words]
        log = self.tree.found.logs / f"{words[0]}.log"
        run_once(Recipe(name=words[0], command=command, env=self.env), log, seconds)


def named(recipe: Recipe, number: int) -> Recipe:
    """A recipe under a name, and so with a log, of its own."""
    return Recipe(name=f"{recipe.name}-{number}", command=recipe.command, env=recipe.env)


@contextmanager
def opened(options: Mapping[str, str] | None = None) -> Iterator[Box]:
    """A box with a prepared database, in a folder of its own that is gone afterwards."""
    sweep()
    tree = Tree(fresh_places())
    try:
        # What the person who measures has given would be somebody's real database.
        env = start_services(tree, {})
        env |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "BSS_DOTENV": os.devnull}
        env |= {"BSS_SIMULATED_DELAY": "0", "BSS_CARD_DELAY_MS": "0", **(options or {})}
        box = Box(tree, env)
        box.manage("prepare")
        yield box
    finally:
        leave()
        tree.stop()
        remove(tree.found)


def use(box: Box) -> None:
    """Set this process's Django up to work in the box."""
    os.environ.update(box.env)
    import django

    django.setup()


def leave() -> None:
    """Let nothing of this process hold on to a database that is about to stop."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    from bss.core import tracing

    tracing.forget()
    for connection in connections.all():
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def fresh_places() -> Places:
    """A folder in /tmp, where sockets have short paths, that says whose it is."""
    found = places(Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp")))
    owner = Identity.of(os.getpid())
    write_private(found.var / "owner.json", [owner.pid, owner.started])
    return found


def sweep() -> None:
    """Remove what earlier measurements left behind when they were killed."""
    for var in Path("/tmp").glob(f"{PREFIX}*"):
        owner = read_private(var / "owner.json") if os.access(var, os.W_OK) else None
        if owner and not Identity(*owner).alive:
            found = places(var)
            reap(found)
            remove(found)


def remove(found: Places) -> None:
    """Take the folders of a box away."""
    for folder in {found.sockets, found.store, found.var}:
        shutil.rmtree(folder, ignore_errors=True)
