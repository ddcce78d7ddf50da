import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bss.embedded.places import PROJECT, free_port, places, read_private
from bss.embedded.processes import Identity, wait_until
from bss.embedded.tree import reap

START_SECONDS = 120


@pytest.fixture
def found(tmp_path):
    """The folders of a var/ that is nobody's, with a space in its path."""
    made = places(tmp_path / "a var")
    yield made
    shutil.rmtree(made.store, ignore_errors=True)


@dataclass
class Terminal:
    """Somebody at a terminal, who serves and runs commands over one var/."""

    var: Path
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    serving: subprocess.Popen | None = None

    @property
    def env(self):
        ours = ("BSS_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {"BSS_VAR": str(self.var), "BSS_DOTENV": os.devnull} | self.extra

    @property
    def said(self):
        """What the one who serves has printed."""
        return (self.var.parent / "said").read_text()

    @property
    def children(self):
        """The processes that serve, by name."""
        rows = read_private(self.var / "children.json") or []
        return {row["name"]: Identity(row["pid"], row["started"]) for row in rows}

    def manage(self, *arguments, **options):
        command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
        return subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=120, **options
        )

    def shell(self, code):
        """A command that stays open until its input ends."""
        command = [sys.executable, str(PROJECT / "manage.py"), "shell", "--no-imports", "-c", code]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.env, stdin=pipe, stdout=pipe, stderr=pipe)

    @property
    def cluster(self):
        """Where PostgreSQL keeps its files."""
        return places(self.var).cluster

    def start(self):
        """Begin to serve, without waiting."""
        command = [sys.executable, str(PROJECT / "manage.py"), "serve", "--port", str(self.port)]
        with (self.var.parent / "said").open("w") as said:
            self.serving = subprocess.Popen(
                command, env=self.env, stdout=said, stderr=said, start_new_session=True
            )

    def serve(self):
        """Serve, and wait until it does."""
        self.start()
        over = lambda: "Ready" in self.said or self.serving.poll() is not None  # noqa: E731
        assert wait_until(over, START_SECONDS)
        assert "Ready" in self.said, self.said

    def leave(self, how=signal.SIGINT):
        """Stop serving, and say how it ended."""
        self.serving.send_signal(how)
        return self.serving.wait(60)

    def get(self, path):
        """The status of a page."""
        ask = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=10).status)"
        url = f"http://127.0.0.1:{self.port}{path}"
        done = subprocess.run([sys.executable, "-c", ask, url], capture_output=True, text=True)
        return int(done.stdout or 0)


# What a prepared var/ is made of, besides the cluster.
PREPARED = ("prepared.json", "logins.json", "schedule.json")


@contextmanager
def somewhere():
    """A terminal over an empty var/ with a space in its path, tidied up whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="bss-test-serve-", dir="/tmp"))
    one = Terminal(folder / "a var")
    try:
        yield one
    finally:
        tidy(one, folder)


def tidy(one, folder):
    """Stop what a terminal has started and remove its folders."""
    if one.serving and one.serving.poll() is None:
        one.leave(signal.SIGTERM)
    reap(places(one.var))
    store = places(one.var).store
    assert not any(child.alive for child in one.children.values())
    for path in (store, folder):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def empty_terminal():
    """A terminal where nobody has ever started anything."""
    with somewhere() as one:
        yield one


@pytest.fixture(scope="session")
def prepared():
    """A terminal that has started once and serves nothing now; others copy its files."""
    with somewhere() as one:
        done = one.manage("migrate", "--check")
        assert done.returncode == 0, done.stderr
        yield one


@pytest.fixture
def terminal(prepared):
    """A terminal where everything was started and stopped before."""
    with somewhere() as one:
        # With owners and times: PostgreSQL looks at the first, the stamp at the others.
        subprocess.run(["cp", "-a", prepared.cluster, one.cluster], check=True)
        for name in PREPARED:
            shutil.copy(prepared.var / name, one.var / name)
        yield one
