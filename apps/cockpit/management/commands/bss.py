"""`manage.py bss …`: the operator's command line."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from apps.cockpit.terminal.main import run

MORE = (("scenario", "apps.cockpit.scenarios.commands"),)


class Command(BaseCommand):
    help = "The operator's command line; without words it lists them."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Everything after `bss` belongs to the command tree, options included."""
        try:
            code = run(argv[2:], MORE)
        finally:
            connections.close_all()
        sys.exit(code)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*")

    def handle(self, *args: Any, words: list[str], **options: Any) -> None:
        """For `call_command("bss", "customer", "list")`."""
        if code := run(words, MORE):
            sys.exit(code)
