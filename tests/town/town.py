"""Web servers, workers and the schedule over a database and a Valkey that nobody else uses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from bss.embedded.places import PROJECT, free_port
from bss.embedded.processes import Recipe, run_once, tail, wait_until
from bss.embedded.pytest_plugin import finish, fresh_places
from bss.embedded.services import start_services
from bss.embedded.supervisor import beat, is_live, web_server, worker
from bss.embedded.tree import Child, Tree

START_SECONDS = 120
# A process that was just started has nothing to lose yet.
YOUNG_SECONDS = 3.0
LEFT = """
SELECT (SELECT count(*) FROM core_call WHERE state IN ('open', 'answered'))
    + (SELECT count(*) FROM core_delivery WHERE state = 'open')
"""
# A victim is in the middle of something when it runs a statement or has a transaction open, or
# when somebody took a lease since the last kill and still has it.
IN_FLIGHT = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = %(name)s
        AND (xact_start IS NOT NULL OR state = 'active'))
    + (SELECT count(*) FROM core_call WHERE lease_until - interval '45 s' > %(since)s)
    + (SELECT count(*) FROM core_delivery WHERE lease_until - interval '45 s' > %(since)s)
"""


TROUBLES = """
SELECT 'call', gateway, method, key, state, attempts, then_attempts, lease_until, run_at, error
FROM core_call WHERE state <> 'done'
UNION ALL SELECT 'delivery', queue, handler, lane, state, attempts, 0, lease_until, run_at, error
FROM core_delivery WHERE state <> 'done'
UNION ALL SELECT 'task', t.task_type, s.state, s.order_id, t.state, t.attempts, 0, NULL, NULL,
    t.last_error
FROM provisioning_provisioningtask t JOIN provisioning_serviceorder s ON s.id = t.service_order_id
WHERE t.state NOT IN ('completed', 'cancelled') LIMIT 40
"""


@dataclass
class Town:
    """The processes of one installation, kept running while they are being killed."""

    tree: Tree
    env: dict[str, str]
    ports: list[int]
    kills: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    last_kill: Any = None

    @property
    def victims(self) -> list[Child]:
        """Web servers and workers; nobody kills the database here."""
        return [
            child for child in self.tree.children if child.recipe.name.startswith(("web", "wo"))
        ]

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first value that a query finds."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(sql, parameters or {}).fetchone()[0]  # type: ignore[arg-type, index]

    def run(self, module: str, *arguments: str, seconds: float = 120) -> Any:
        """What a program says about this installation, as JSON on its last line."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=PROJECT,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    def kill_one(self, kind: str = "w") -> bool:
        """Kill a process of a kind in the middle of its work, if there is one."""
        with suppress(psycopg.OperationalError):
            for child in sorted(self.victims, key=lambda child: child.since):
                if child.recipe.name.startswith(kind) and self.is_busy(child):
                    os.kill(child.popen.pid, signal.SIGKILL)
                    self.last_kill = self.ask("SELECT statement_timestamp()")
                    self.kills.append(child.recipe.name)
                    return True
        return False

    def is_busy(self, child: Child) -> bool:
        """True when killing a process would tear something apart."""
        if not child.running or child.due or time.monotonic() - child.since < YOUNG_SECONDS:
            return False
        since = self.last_kill or "-infinity"
        return bool(self.ask(IN_FLIGHT, {"name": child.recipe.name, "since": since}))

    def settle(self, seconds: float) -> None:
        """Wait until nothing is left to do."""
        done = wait_until(lambda: self.stopping.wait(0.5) or self.ask(LEFT) == 0, seconds)
        assert done, f"{self.ask(LEFT)} things are left for ever"

    def troubles(self) -> str:
        """What a person would look at when something does not move."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            rows = connection.execute(TROUBLES).fetchall()
        logs = [tail(child.log, 25) for child in self.victims]
        return "\n".join([*(str(row) for row in rows), *logs])

    def keep_running(self) -> None:
        """Start again whatever dies, until the test is over."""
        while not self.stopping.wait(0.1):
            self.tree.restart_dead()


@contextmanager
def town(webs: int = 2, workers: int = 2, **settings: str) -> Iterator[Town]:
    """An installation for the time of the block."""
    tree = Tree(fresh_places())
    keeper = None
    try:
        one = Town(tree, environment(tree, settings), [free_port() for _ in range(webs)])
        prepare(one)
        start(one, workers)
        keeper = threading.Thread(target=one.keep_running)
        keeper.start()
        assert wait_until(lambda: all(map(is_live, one.ports)), START_SECONDS)
        yield one
    except AssertionError:
        print(one.troubles())
        raise
    finally:
        if keeper is not None:
            one.stopping.set()
            keeper.join()
        finish(tree)


def environment(tree: Tree, settings: Mapping[str, str]) -> dict[str, str]:
    """What the processes of an installation are told."""
    services = start_services(tree, {}, volatile=True)
    return {
        **services,
        "DJANGO_SETTINGS_MODULE": "bss.settings.dev",
        "BSS_LOG_LEVEL": "WARNING",
        "BSS_DOTENV": os.devnull,
        "PYTHONPATH": str(PROJECT),
        **settings,
    }


def prepare(one: Town) -> None:
    """Migrate and seed."""
    command = [sys.executable, str(PROJECT / "manage.py"), "prepare"]
    log = one.tree.found.logs / "prepare.log"
    run_once(Recipe(name="prepare", command=command, env=one.env), log)


def start(one: Town, workers: int) -> None:
    """Start web servers, workers and the schedule, each under a name the database knows."""
    for number, port in enumerate(one.ports, start=1):
        one.tree.start(named(f"web-{number}", web_server(one.env, port)))
    for number in range(1, workers + 1):
        recipe = named(f"worker-{number}", worker(one.env))
        node = ["--hostname", f"worker-{number}@%h"]
        one.tree.start(replace(recipe, command=[*recipe.command, *node]))
    one.tree.start(beat(one.env))


def named(name: str, recipe: Recipe) -> Recipe:
    """The same process under another name, in the database too."""
    return replace(recipe, name=name, env={**recipe.env, "PGAPPNAME": name})
