#!/usr/bin/env python
"""Django's command line, in the project's own environment."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def use_own_environment() -> None:
    """Start again with the project's Python when this one lacks Django."""
    if find_spec("django"):
        return
    if not PYTHON.exists() or Path(sys.prefix) == PYTHON.parent.parent:
        sys.exit("The project's environment is missing or incomplete; ./run makes it.")
    os.execv(PYTHON, [str(PYTHON), *sys.argv])


def main() -> None:
    """Serve, or run one command with the services at hand."""
    use_own_environment()
    from bss.embedded.doors import attached, supervise
    from bss.settings import choose

    if sys.argv[1:2] in (["serve"], ["stop"]):
        sys.exit(supervise(sys.argv[1:]))
    with attached(sys.argv[1:]):
        choose()
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as refusal:
            sys.exit(str(refusal))


if __name__ == "__main__":
    main()
