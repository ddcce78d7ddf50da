"""Who runs the services of one var/: a lock that a kill cannot leave behind."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import IO, Any

from bss.embedded.interrupts import Stopped, stoppable
from bss.embedded.places import Places, read_private, write_private
from bss.embedded.processes import Identity, wait_until

START_SECONDS = 180


def note_of(found: Places) -> Path:
    return found.var / "run.json"


@contextmanager
def owning(found: Places) -> Iterator[bool]:
    """Own the services for the block, if nobody else does; tells which it is."""
    with opened(found, "up.lock") as file:
        if not taken(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield False
            return
        withdraw(found)
        write_private(found.var / "owner.json", astuple(Identity.of(os.getpid())))
        try:
            yield True
        finally:
            withdraw(found)


@contextmanager
def opened(found: Places, name: str) -> Iterator[IO[str]]:
    descriptor = os.open(found.var / name, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        yield file


def taken(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True


def owner(found: Places) -> Identity | None:
    """The living process that owns the services."""
    kept = read_private(found.var / "owner.json")
    identity = Identity(*kept) if kept else None
    return identity if identity and identity.alive else None


def announce(found: Places, env: dict[str, str], kind: str) -> None:
    """Tell other terminals how to reach the services."""
    write_private(note_of(found), {"kind": kind, "pid": os.getpid(), "env": env})


def withdraw(found: Places) -> None:
    """Tell nobody any more."""
    note_of(found).unlink(missing_ok=True)


def announced(found: Places) -> dict[str, Any] | None:
    """What the owner has announced."""
    note = read_private(note_of(found))
    return dict(note) if note else None


def wait_for_note(found: Places) -> None:
    """Wait until the owner has started and announces something, or is gone."""

    def settled() -> bool:
        return bool(announced(found)) or not owner(found)

    if not wait_until(settled, 2):
        print("Waiting for ./run to finish starting …", file=sys.stderr, flush=True)
        wait_until(settled, START_SECONDS)


@contextmanager
def using(found: Places) -> Iterator[None]:
    """Keep a command that owns the services from stopping them during the block."""
    with opened(found, "users.lock") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


@contextmanager
def unused(found: Places) -> Iterator[None]:
    """Wait until nobody uses the services, and let nobody begin during the block."""
    with opened(found, "users.lock") as file:
        if not taken(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            print("Another command still uses the database; Ctrl-C does not wait.", file=sys.stderr)
            with suppress(Stopped), stoppable():
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
