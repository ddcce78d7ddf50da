"""Runs tests against a product from which one guard was taken out, never touching its files.

    python -m tests.guards.without 0 3 17

Every removal has a fork of its own, which imports the product anew; what others made is imported
once. One line of JSON tells how each of them ended.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import os
import sys
import tempfile
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.guards.removals import REMOVALS, Removal

ROOT = Path(__file__).resolve().parents[2]
# Nothing that reads settings as it is imported: those may be what is thinned.
OTHERS = (
    *("django.contrib.admin", "django.db.backends.postgresql.base", "django.test", "pydantic"),
    *("celery", "redis", "psycopg", "reportlab.pdfgen.canvas", "babel.numbers"),
    *("httpx", "stripe", "rich.console", "segno", "prompt_toolkit", "phonenumbers", "stdnum"),
    *("jsonpath_ng.ext", "typer", "asgiref.sync", "pytest"),
)


class Thinned(importlib.machinery.SourceFileLoader):
    """Loads one module with its guard taken out."""

    def __init__(self, name: str, path: str, removal: Removal) -> None:
        super().__init__(name, path)
        self.removal = removal

    def get_code(self, fullname: str) -> CodeType:
        """The module's code, compiled from the thinned source."""
        return compile(self.removal.thinned(ROOT), self.path, "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the one module that is to be thinned; everything else is found as usual."""

    def __init__(self, removal: Removal) -> None:
        self.path, self.removal = str(ROOT / removal.file), removal

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        """The usual place of a module, read by another loader when it is ours."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin == self.path:
            spec.loader = Thinned(name, self.path, self.removal)
        return spec


def run(tests: list[str], removal: Removal | None) -> None:
    """Run tests in this process, which ends with them."""
    import pytest

    if removal is not None:
        sys.meta_path.insert(0, Finder(removal))
    # What was imported before it could be rewritten is nothing that asserts.
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    options = [
        *quiet,
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "--reuse-db",
        "--timeout=60",
    ]
    code = pytest.main([*options, "--tb=line", *tests])
    sys.stdout.flush()
    os._exit(int(code))


def in_a_fork(tests: list[str], removal: Removal | None) -> tuple[int, str]:
    """How tests ended in a process of their own, and what they said."""
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            for stream in (1, 2):
                os.dup2(said.fileno(), stream)
            run(tests, removal)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read()


def main(chosen: list[str]) -> None:
    """Take out the guards with these numbers one after the other; `all` runs every test whole."""
    for module in OTHERS:
        importlib.import_module(module)
    for number in chosen:
        if number == "all":
            code, said = in_a_fork(sorted({one.test for one in REMOVALS}), None)
        else:
            removal = REMOVALS[int(number)]
            code, said = in_a_fork([removal.test], removal)
        print(json.dumps({"number": number, "code": code, "said": said[-3000:]}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
