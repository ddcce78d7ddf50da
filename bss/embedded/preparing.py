"""Brings a database up to date, when there is anything to bring."""

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping

from bss.embedded.places import PROJECT, Places, read_private, write_private
from bss.embedded.processes import Recipe, run_once

SOURCES = ("bss", "apps")


def prepare(found: Places, env: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Migrate and seed, unless our own database has seen this very code and these settings."""
    stamp = found.var / "prepared.json"
    ours = "DATABASE_URL" not in given
    if ours and read_private(stamp) == fingerprint(found):
        return
    command = [sys.executable, str(PROJECT / "manage.py"), "prepare"]
    run_once(Recipe(name="prepare", command=command, env=env), found.logs / "prepare.log")
    if ours:
        write_private(stamp, fingerprint(found))


def fingerprint(found: Places) -> str:
    """Changes with the code, the settings and the cluster."""
    total = hashlib.sha256()
    for part in ingredients(found):
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def ingredients(found: Places) -> Iterator[bytes]:
    for folder in SOURCES:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            yield os.fsencode(path.relative_to(PROJECT)) + path.read_bytes()
    for name, value in sorted(os.environ.items()):
        # Where the stamp lies is no setting.
        if name.startswith("BSS_") and name != "BSS_VAR":
            yield f"{name}={value}".encode()
    yield str((found.cluster / "PG_VERSION").stat().st_mtime_ns).encode()
