"""Resolves pyproject.toml into the two lock files."""

import subprocess
import sys

from bss.embedded.places import PROJECT

COMPILE = [
    *[sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--system-certs"],
    *["--universal", "--fork-strategy", "fewest", "--python-version", "3.11"],
    *["--only-binary", ":all:", "--generate-hashes", "--no-annotate", "--no-header"],
    "pyproject.toml",
]


def main(arguments: list[str]) -> None:
    """Write both locks; the one for tests holds the other one's versions."""
    for more in (
        ["-o", "requirements.lock"],
        ["-c", "requirements.lock", "--group", "dev", "-o", "requirements-dev.lock"],
    ):
        subprocess.run([*COMPILE, *more, *arguments], cwd=PROJECT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
