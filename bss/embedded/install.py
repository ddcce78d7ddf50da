"""Makes one virtual environment equal to one lock file; needs nothing but Python itself."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"
NEEDED_BYTES = 1200 * 1024 * 1024


def main(folder: Path, lock: Path) -> None:
    """Make the environment, unless another start has made it while we waited for it."""
    with folder.with_name(f"{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # What we start holds the lock as well, so that it outlives us when we are killed.
        os.set_inheritable(file.fileno(), True)
        if stamped(folder) != stamp(folder, lock):
            make(folder, lock)


def make(folder: Path, lock: Path) -> None:
    if shutil.disk_usage(folder.parent).free < NEEDED_BYTES:
        sys.exit(f"{NEEDED_BYTES // 2**20} MB must be free on the disk of {folder.parent}.")
    print(f"Installing what {lock.name} lists into {folder.name} …", file=sys.stderr, flush=True)
    python = folder / "bin" / "python"
    if not works(python, "-m", "uv", "--version"):
        make_with_uv(folder, python)
    sync = ["-m", "uv", "pip", "sync", "--quiet", "--system-certs", "--python", str(python)]
    run([str(python), *sync, str(lock)], "The packages could not be installed.")
    (folder / ".stamp").write_text(stamp(folder, lock))


def make_with_uv(folder: Path, python: Path) -> None:
    pip = [str(python), "-m", "pip"]
    if importlib.util.find_spec("ensurepip"):
        command = [sys.executable, "-m", "venv", "--clear", str(folder)]
    elif importlib.util.find_spec("pip"):
        command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)]
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
    else:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(f"Python's venv is missing. On Debian: apt-get install python{version}-venv")
    run(command, f"{folder} could not be made.")
    run([*pip, "install", "--quiet", UV], "The installer uv could not be installed.")


def works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(command: list[str], sorry: str) -> None:
    """Run one step and show what it said only when it fails."""
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        command,
        env={**os.environ, **quiet},
        close_fds=False,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}{sorry} See above; then start again.")


def stamped(folder: Path) -> str:
    try:
        return (folder / ".stamp").read_text()
    except OSError:
        return ""


def stamp(folder: Path, lock: Path) -> str:
    """What `run` computes too: the environment's Python and the POSIX checksum of the lock."""
    said = ["sh", "-c", '"$0" -V && cksum <"$1"', str(folder / "bin" / "python"), str(lock)]
    done = subprocess.run(said, capture_output=True, text=True, check=False)
    return " ".join(done.stdout.splitlines()) if done.returncode == 0 else "none"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
