"""The children of one process, recorded so that a later start finds what a kill left behind."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bss.embedded import Refusal
from bss.embedded.interrupts import held
from bss.embedded.places import Places, read_private, write_private
from bss.embedded.processes import Identity, Recipe, spawn, stop, tail, wait_until

FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.2, 5.0, 10.0


@dataclass
class Child:
    """One running child, or one that waits for its next start."""

    recipe: Recipe
    log: Path
    popen: subprocess.Popen[bytes]
    identity: Identity
    since: float
    pause: float = FIRST_PAUSE
    due: float | None = None

    @property
    def running(self) -> bool:
        return self.popen.poll() is None


class Tree:
    """Starts children, keeps them running, and stops them in reverse order."""

    def __init__(self, found: Places) -> None:
        self.found = found
        self.children: list[Child] = []

    def start(self, recipe: Recipe) -> Child:
        """Start a child and write down who it is."""
        log = self.found.logs / f"{recipe.name}.log"
        with held():
            popen = spawn(recipe, log)
            child = Child(recipe, log, popen, Identity.of(popen.pid), time.monotonic())
            self.children.append(child)
            self.record()
        return child

    def start_ready(self, recipe: Recipe, ready: Callable[[], bool], seconds: float = 60) -> Child:
        """Start a child and wait until it can be used."""
        child = self.start(recipe)
        wait_until(lambda: not child.running or ready(), seconds)
        if not child.running or not ready():
            raise Refusal(
                f"{recipe.name} did not start; the end of {child.log}:\n{tail(child.log)}"
            )
        return child

    def record(self) -> None:
        write_private(record_of(self.found), [row(self.found, child) for child in self.children])

    def restart_dead(self) -> list[Child]:
        """Start again what has stopped, each after its own growing pause; say which stopped."""
        now, stopped = time.monotonic(), []
        for child in self.children:
            if child.due is None and not child.running:
                stopped.append(child)
                child.pause = FIRST_PAUSE if now - child.since > STEADY else child.pause
                child.due = now + child.pause
            elif child.due is not None and now >= child.due:
                self.again(child)
        return stopped

    def again(self, child: Child) -> None:
        with held():
            child.popen = spawn(child.recipe, child.log)
            child.identity = Identity.of(child.popen.pid)
            child.since, child.due = time.monotonic(), None
            child.pause = min(2 * child.pause, LONGEST_PAUSE)
            self.record()

    def stop(self) -> None:
        """Stop everything, the last started first, and leave nothing running."""
        while self.children:
            child = self.children[-1]
            stop(child.identity, child.recipe.stop_signal, child.recipe.grace)
            child.popen.wait()
            self.children.pop()
        record_of(self.found).unlink(missing_ok=True)


def record_of(found: Places) -> Path:
    return found.var / "children.json"


def row(found: Places, child: Child) -> dict[str, object]:
    return {
        "name": child.recipe.name,
        "var": str(found.var),  # a copied folder must not stop the children of the original
        "pid": child.identity.pid,
        "started": child.identity.started,
        "signal": int(child.recipe.stop_signal),
        "grace": child.recipe.grace,
    }


def reap(found: Places) -> int:
    """Stop what an earlier start left behind when it was killed."""
    rows = [row for row in read_private(record_of(found)) or [] if row["var"] == str(found.var)]
    left = 0
    for row in reversed(rows):
        identity = Identity(row["pid"], row["started"])
        left += identity.alive
        stop(identity, signal.Signals(row["signal"]), row["grace"])
    record_of(found).unlink(missing_ok=True)
    return left
