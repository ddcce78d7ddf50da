"""What manage.py does before Django: lend a command the services, or serve."""

import atexit
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGHUP, SIGTERM

from bss.embedded import Refusal
from bss.embedded.interrupts import Stopped, deaf, stoppable
from bss.embedded.owner import announce, announced, owning, unused, using, wait_for_note, withdraw
from bss.embedded.places import PROJECT, Places, own_secrets, places
from bss.embedded.preparing import prepare
from bss.embedded.services import SERVICES, given_settings, start_services
from bss.embedded.supervisor import serve, stop_serving
from bss.embedded.tree import Tree, reap

ALONE = {"check", "collectstatic", "help", "makemigrations", "startapp", "version"}
HELP = {"-h", "--help", "--version"}


def var_folder() -> Path:
    """The folder that keeps what this installation makes."""
    from bss.settings.environment import env

    return Path(env("BSS_VAR", default=str(PROJECT / "var"))).resolve()


def supervise(arguments: Sequence[str]) -> int:
    """Serve, or stop what serves; a refusal is one sentence and exit code 1."""
    parser = ArgumentParser(prog="./run", description="Start everything and serve.")
    parser.add_argument("verb", choices=["serve", "stop"])
    parser.add_argument("--port", type=int, default=8000, help="the web server's port (8000)")
    chosen = parser.parse_args(arguments)
    try:
        found = places(var_folder())
        return serve(found, chosen.port) if chosen.verb == "serve" else stop_serving(found)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
    except OSError as error:
        print(f"The machine refused: {error}. Check the disk and the rights.", file=sys.stderr)
    return 1


@contextmanager
def attached(arguments: Sequence[str]) -> Iterator[None]:
    """Run the block with the services at hand: given, running, or started for its duration."""
    if stands_alone(arguments):
        yield
        return
    borrowing = ExitStack()
    # Registered first and so run last: what the command does on its way out still finds them.
    atexit.register(borrowing.close)
    try:
        given, found = given_settings(), places(var_folder())
        os.environ.update(borrowing.enter_context(lent(found, given)))
        yield
    except Refusal as refusal:
        sys.exit(str(refusal))
    except Stopped:
        sys.exit(130)


def stands_alone(arguments: Sequence[str]) -> bool:
    """Whether a command needs no services, or brings its own settings."""
    if not arguments or arguments[0] in ALONE or HELP & set(arguments):
        return True
    from bss.settings.environment import env

    module = env("DJANGO_SETTINGS_MODULE", default="")
    return env("BSS_ENV", default="") == "production" or module not in ("", "bss.settings.dev")


@contextmanager
def lent(found: Places, given: dict[str, str]) -> Iterator[dict[str, str]]:
    if set(SERVICES) <= set(given):
        known = (announced(found) or {}).get("env", {})
        yield {"SECRET_KEY": own_secrets(found)["secret_key"], **known, **given}
        return
    while True:
        with owning(found) as mine:
            if mine:
                with started(found, given) as env:
                    yield env
                return
        wait_for_note(found)
        with using(found):
            note = announced(found)
            if note:
                yield note["env"] | given
                return


@contextmanager
def started(found: Places, given: dict[str, str]) -> Iterator[dict[str, str]]:
    """Start the services, and stop them when nobody uses them any more."""
    reap(found)
    tree = Tree(found)
    try:
        with stoppable():
            env = start_services(tree, given)
            if "DATABASE_URL" not in given:
                prepare(found, env, given)
            announce(found, env, "command")
        # Ctrl-C is the command's own affair.
        with stoppable([SIGTERM, SIGHUP]):
            yield env
    finally:
        with unused(found), deaf():
            withdraw(found)
            tree.stop()
