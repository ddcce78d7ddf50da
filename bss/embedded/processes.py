"""Child processes: started with a log, known by more than a number, stopped for certain."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bss.embedded import Refusal
from bss.embedded.places import PROJECT

LOG_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one child is started and stopped."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    stdin: bytes = field(default=b"", repr=False)
    account: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 8


@dataclass(frozen=True)
class Identity:
    """A process: its number alone may have been given to another one."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity":
        return cls(pid, started(pid))

    @property
    def alive(self) -> bool:
        return bool(self.started) and started(self.pid) == self.started


def started(pid: int) -> str:
    """When a process was started, in the machine's own words; empty once it is gone."""
    if sys.platform != "linux":
        asked = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until it is so, for a while."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def spawn(recipe: Recipe, log: Path) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, writing to its log."""
    rotate(log)
    user, group = recipe.account or (None, None)
    with log.open("ab") as output:
        child = subprocess.Popen(
            recipe.command,
            cwd="/" if recipe.account else PROJECT,
            env={**os.environ, **recipe.env},
            stdin=subprocess.PIPE if recipe.stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    if child.stdin:
        child.stdin.write(recipe.stdin)
        child.stdin.close()
    return child


def rotate(log: Path) -> None:
    """Begin a log anew once it is large; its writer appends and does not notice."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.with_suffix(".old.log").write_bytes(log.read_bytes())
        os.truncate(log, 0)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, indented."""
    if not log.exists():
        return ""
    return "\n".join(
        f"    {line}" for line in log.read_text(errors="replace").splitlines()[-lines:]
    )


def stop(identity: Identity, how: signal.Signals, grace: float) -> None:
    """Ask a process to stop, then end it and whatever it started."""
    if not identity.alive:
        return
    os.kill(identity.pid, how)
    wait_until(lambda: not identity.alive, grace)
    # Its session outlives it while one of its own children does.
    try:
        os.killpg(identity.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    wait_until(lambda: not identity.alive, 5)


def run_once(recipe: Recipe, log: Path, seconds: float = 300) -> None:
    """Run a command to its end; when it fails, say so with the end of its log."""
    log.unlink(missing_ok=True)
    child = spawn(recipe, log)
    try:
        code = child.wait(seconds)
    except BaseException:
        child.kill()
        child.wait()
        raise
    if code:
        raise Refusal(f"{recipe.name} failed; the end of {log}:\n{tail(log)}")
