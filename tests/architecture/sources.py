"""The project's own files, as the tests of this folder read them."""

import subprocess
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@cache
def project_files(*patterns: str) -> list[Path]:
    """Files that belong to the project, committed or about to be, relative order kept."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (PROJECT / name for name in sorted(set(listing.stdout.splitlines())))
    return [path for path in paths if path.is_file()]


def product_files() -> list[Path]:
    """The Python of the product: no tests, no migrations."""
    return [
        path
        for path in project_files("*.py")
        if not {"tests", "migrations", "bench"} & set(path.relative_to(PROJECT).parts)
        and path.name not in ("testing.py", "conftest.py")
    ]


def files_of_tests() -> list[Path]:
    """The Python of the tests."""
    return [path for path in project_files("*.py") if path.name.startswith("test_")]
