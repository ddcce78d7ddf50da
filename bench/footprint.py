"""What `./run` takes: memory of everything it starts, and the time until there is a page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from bss.embedded.places import PROJECT, free_port

from .box import fresh_places, remove
from .figures import Figure, Unmeasured

PAGES = ("/", "/cockpit/login/", "/health/ready", "/tmf-api/docs")
MOST_MB, MOST_SECONDS = 450, 10
PATIENCE = 240.0


def measure() -> list[Figure]:
    """Memory after one order and a visit to each surface; then a second start, timed."""
    found = fresh_places()
    env = {"BSS_VAR": str(found.var), "BSS_DOTENV": os.devnull, "DATABASE_URL": "", "REDIS_URL": ""}
    env["DJANGO_SETTINGS_MODULE"] = ""
    clean = {name: value for name, value in {**os.environ, **env}.items() if value}
    for name in [name for name in clean if name in ("SECRET_KEY", "BSS_SIMULATED_DELAY")]:
        del clean[name]
    try:
        with running(clean) as (process, port):
            order(clean)
            visit(port)
            memory = memory_of(process.pid)
        started = time.perf_counter()
        with running(clean) as (_, port):
            visit(port)
            seconds = time.perf_counter() - started
    finally:
        remove(found)
    total = sum(memory.values()) / 1024
    parts = ", ".join(f"{name} {kb / 1024:.0f}" for name, kb in memory.items())
    return [
        Figure("memory of everything", total, "MiB PSS", at_most=MOST_MB, beside=parts),
        Figure("warm start to the first page", seconds, "s", at_most=MOST_SECONDS),
    ]


@contextmanager
def running(env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Everything `./run` starts, on a port of its own, until the block ends."""
    port = free_port()
    command = [sys.executable, str(PROJECT / "manage.py"), "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/live", process)
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise Unmeasured(f"{address} never answered.")


def order(env: dict[str, str]) -> None:
    """One order, by the terminal, through to the line in service."""
    customer = bss(env, "customer.create", "name=Ada Lovelace", "email=ada@example.com")["id"]
    proof = ("provider=prebaked", "attestation_token=bench")
    bss(env, "customer.attest_kyc", f"customer_id={customer}", *proof)
    bss(env, "payment.add_card", f"customer_id={customer}", "card_number=4242424242424242")
    bss(env, "order.create", f"customer_id={customer}", "offering_id=PLAN_M")


def bss(env: dict[str, str], *words: str) -> dict[str, str]:
    """What an operation answers."""
    command = [sys.executable, str(PROJECT / "manage.py"), "bss", "call", *words, "--yes", "--json"]
    said = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    if said.returncode:
        raise Unmeasured(f"bss {words[0]} failed: {(said.stderr or said.stdout)[-500:]}")
    answer: dict[str, str] = json.loads(said.stdout)
    return answer


def visit(port: int) -> None:
    """Look at a page of every surface."""
    for page in PAGES:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=30) as answer:
            answer.read()


def memory_of(root: int) -> dict[str, int]:
    """The proportional share of memory of a process and all that came of it, in kilobytes."""
    found: dict[str, int] = {}
    for pid in family(root):
        name = name_of(pid)
        found[name] = found.get(name, 0) + pss(pid)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def family(root: int) -> list[int]:
    """A process and everything below it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def name_of(pid: int) -> str:
    """What a process is, in one word."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return "gone"
    names = {"uvicorn": "web", "celery": "worker", "metronome": "beat", "serve": "supervisor"}
    return next((word for part, word in names.items() if part in command), program(command))


def program(command: str) -> str:
    """The name of a program that is none of ours."""
    first = re.split(r"[ :]", command.strip() or "unknown")[0]
    return Path(first).name


def pss(pid: int) -> int:
    """The proportional set size of a process, in kilobytes."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", text, re.M)
    return int(found[1]) if found else 0
