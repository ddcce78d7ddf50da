"""Where the embedded services keep their things."""

import hashlib
import json
import os
import secrets
import shutil
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bss.embedded import Refusal

PROJECT = Path(__file__).resolve().parents[2]
ROOTS_STORE = Path("/var/lib/bss-embedded")
LONGEST_SOCKET = 100
NEEDED_BYTES = 300 * 1024 * 1024


@dataclass(frozen=True)
class Places:
    """The folders of one tree of processes."""

    var: Path
    store: Path  # what the PostgreSQL account must reach: outside var/ for root

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def sockets(self) -> Path:
        return short_enough(self.store / "run")

    @property
    def cluster(self) -> Path:
        return self.store / "postgres"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"


def places(var: Path) -> Places:
    """The folders for one var/, made where they are missing."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = Places(var=var, store=roots_store(var) if os.geteuid() == 0 else var)
        for folder in (found.logs, found.valkey):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"{var} cannot be written ({error.strerror}); check it and the disk."
        ) from error
    return found


def roots_store(var: Path) -> Path:
    """The folder that var/ names, since no other account may enter root's own folders."""
    link = var / "postgres"
    if link.is_symlink():
        return link.readlink().parent
    store = ROOTS_STORE / secrets.token_hex(6)
    for folder in (ROOTS_STORE, store):
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.chmod(0o755)  # whatever the umask says
    link.symlink_to(store / "postgres")
    return store


def short_enough(folder: Path) -> Path:
    """The folder itself, or one in /tmp where a socket's path would be too long in it."""
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"bss-{os.geteuid()}-{name}"


def own_folder(folder: Path, mode: int, account: tuple[int, int] | None) -> None:
    """Make a folder that belongs to one account, and refuse one that is somebody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), (account or (0,))[0]):
        raise Refusal(f"{folder} belongs to somebody else; remove it and start again.")
    if account:
        os.chown(folder, *account)
    folder.chmod(mode)


def require_disk(folder: Path) -> None:
    """Refuse to start on a disk that is nearly full."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise Refusal(
            f"Only {free // 2**20} MB are free on the disk of {folder}; "
            f"free at least {NEEDED_BYTES // 2**20} MB and start again."
        )


def free_port(preferred: int = 0) -> int:
    """A port nobody listens on: the preferred one while it is free."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Refusal("No port is free on 127.0.0.1.")


def write_private(path: Path, content: Any) -> None:
    """Replace a JSON file at once, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
    draft.replace(path)


def read_private(path: Path) -> Any:
    """The content of a JSON file, or None when it is missing or half written."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def own_secrets(found: Places) -> dict[str, Any]:
    """The secrets of this installation, made up on the first start."""
    path = found.var / "secrets.json"
    kept = read_private(path)
    if not kept:
        kept = {
            "secret_key": secrets.token_urlsafe(50),
            "valkey_password": secrets.token_urlsafe(32),
            "valkey_port": free_port(),
        }
        write_private(path, kept)
    return dict(kept)
