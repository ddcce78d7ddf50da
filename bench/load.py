"""Load over HTTP, sent by wrk."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .figures import Unmeasured

SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Result:
    """What a load came to."""

    requests: int
    seconds: float
    p50: float  # milliseconds
    p99: float
    failed: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and the token that it takes."""

    port: int
    token: str

    def load(self, requests: Iterable[str], *, clients: int, seconds: float) -> Result:
        """Send the requests over and over from some clients for some time; none may fail."""
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.writelines(f"{request}\n" for request in requests)
            file.flush()
            said = subprocess.run(
                self.command(file.name, clients, seconds), capture_output=True, text=True
            )
        result = read(said.stdout, said.stderr)
        if result.failed:
            raise Unmeasured(f"{result.failed} of {result.requests} requests failed.")
        return result

    def command(self, file: str, clients: int, seconds: float) -> list[str]:
        """How wrk is called."""
        return [
            *(require_wrk(), "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s"),
            *("--timeout", "20s", "-s", str(SCRIPT), f"http://127.0.0.1:{self.port}"),
            *("--", file, self.token),
        ]


def require_wrk() -> str:
    """Where wrk is."""
    found = shutil.which("wrk")
    if not found:
        raise Unmeasured("wrk sends the load and was not found; install it (apt install wrk).")
    return found


def read(output: str, errors: str) -> Result:
    """What the script said at the end."""
    for line in output.splitlines():
        if line.startswith("RESULT "):
            said: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return Result(
                requests=said["requests"],
                seconds=said["micros"] / 1e6,
                p50=said["p50"] / 1e3,
                p99=said["p99"] / 1e3,
                failed=said["failed"],
            )
    raise Unmeasured(f"wrk said nothing that can be read: {errors or output}")
