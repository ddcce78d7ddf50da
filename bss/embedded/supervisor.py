"""Starts the whole tree, keeps it running, and takes it down in order."""

import os
import signal
import socket
import sys
import time
from contextlib import suppress

from bss.embedded import Refusal
from bss.embedded.interrupts import Stopped, deaf, stoppable
from bss.embedded.owner import announce, announced, owner, owning, withdraw
from bss.embedded.places import Places, read_private
from bss.embedded.preparing import prepare
from bss.embedded.processes import Recipe, rotate, wait_until
from bss.embedded.services import SERVICES, given_settings, start_services
from bss.embedded.tree import Tree, reap
from bss.settings.environment import env as settings_env

CELERY = ["-m", "celery", "-A", "bss.celery", "--quiet"]
LOOK_SECONDS = 0.25
# Threads would otherwise keep a heap each.
FRUGAL = {"MALLOC_ARENA_MAX": "2"}


def serve(found: Places, port: int) -> int:
    """Run everything until somebody asks us to stop."""
    if settings_env("BSS_ENV", default="") == "production":
        raise Refusal("./run serves development only; production is described in compose.yaml.")
    wait_for_command(found)
    with owning(found) as mine:
        if not mine:
            raise Refusal(already_running(found))
        if reap(found):
            say("The last run was killed; what it left behind has been stopped.")
        require_port(port)
        tree = Tree(found)
        try:
            with stoppable():
                start(tree, port)
                keep_running(tree)
        except Stopped:
            say("\nStopping …")
        finally:
            with deaf():
                withdraw(found)
                tree.stop()
    say("Stopped.")
    return 0


def stop_serving(found: Places) -> int:
    """Stop what serves from the same folder and wait until it is gone."""
    running = owner(found)
    if not running:
        say("Nothing is running.")
        return 0
    os.kill(running.pid, signal.SIGTERM)
    if not wait_until(lambda: not running.alive, 60):
        raise Refusal(f"Process {running.pid} does not stop; look into {found.logs}.")
    return 0


def say(line: str) -> None:
    with suppress(OSError):  # the terminal may have been closed
        print(line, flush=True)


def wait_for_command(found: Places) -> None:
    note = announced(found)
    running = owner(found)
    if running and note and note["kind"] == "command":
        say(f"Waiting for a command to finish (process {running.pid}) …")
        wait_until(lambda: not running.alive, 30)


def already_running(found: Places) -> str:
    note, running = announced(found), owner(found)
    where = f" at {note['env']['BSS_BASE_URL']}" if note and "BSS_BASE_URL" in note["env"] else ""
    who = f" (process {running.pid})" if running else ""
    return f"BSS already runs from this folder{where}{who}. Stop it with: ./run stop"


def require_port(port: int) -> None:
    """Refuse a port that somebody else uses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise Refusal(
                f"Port {port} on 127.0.0.1 cannot be used ({error}). "
                "Choose another one with: ./run --port N"
            ) from error


def start(tree: Tree, port: int) -> None:
    """Bring everything up, each part when what it needs is ready."""
    begun = time.monotonic()
    given = given_settings()
    ours = [service for name, service in SERVICES.items() if name not in given]
    if ours:
        say(f"Starting {' and '.join(ours)} …")
    address = f"http://127.0.0.1:{port}"
    env = {"BSS_BASE_URL": address, **start_services(tree, given), **FRUGAL}
    say("Preparing the database …")
    prepare(tree.found, env, given)
    say("Starting the web server, a worker and the schedule …")
    tree.start(worker(env))
    web = tree.start(web_server(env, port))
    tree.start(beat(env))
    if not wait_until(lambda: not web.running or is_live(port), 120) or not web.running:
        raise Refusal(f"The web server did not start; see {web.log}.")
    announce(tree.found, env, "serve")
    say(greeting(address, tree.found))
    say(f"Ready after {time.monotonic() - begun:.1f} s. Ctrl-C stops everything.")


def greeting(address: str, found: Places) -> str:
    """Where everything is."""
    rows = [
        ("Self-serve", f"{address}/"),
        ("Cockpit", f"{address}/cockpit/"),
        *[("  sign in", login) for login in read_private(found.var / "logins.json") or ()],
        ("Logs", str(found.logs)),
    ]
    return "\n".join(["", *(f"  {what:<12}{where}" for what, where in rows), ""])


def keep_running(tree: Tree) -> None:
    """Start again whatever stops, for ever."""
    while True:
        for child in tree.restart_dead():
            how = child.popen.returncode
            say(f"{child.recipe.name} stopped ({how}) and is started again; see {child.log}")
        for child in tree.children:
            rotate(child.log)
        time.sleep(LOOK_SECONDS)


def web_server(env: dict[str, str], port: int) -> Recipe:
    where = ["--host", "127.0.0.1", "--port", str(port)]
    how = ["--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "5"]
    command = [sys.executable, "-m", "uvicorn", "bss.asgi:application", *where, *how]
    return Recipe(name="web", command=command, env=env)


def worker(env: dict[str, str]) -> Recipe:
    quiet = ["--without-gossip", "--without-mingle"]
    command = [sys.executable, *CELERY, "worker", "--pool", "threads", "--concurrency", "4"]
    return Recipe(name="worker", command=[*command, *quiet, "--loglevel", "INFO"], env=env)


def beat(env: dict[str, str]) -> Recipe:
    return Recipe(name="beat", command=[sys.executable, "-m", "bss.embedded.metronome"], env=env)


def is_live(port: int) -> bool:
    """Whether the web server answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(b"GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in line.recv(64)
    except OSError:
        return False
