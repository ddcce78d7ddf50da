"""Carry out an operation for somebody at a terminal."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.text import Text

from apps.cockpit.queries import has_open_calls
from bss.core.context import current
from bss.core.errors import Rule
from bss.core.operations import Answer, invoke
from bss.core.registry import Operation
from bss.core.work import drain_everything

from .how import How, identity
from .output import console, error_console, print_json, waiting
from .parameters import sentence
from .refusals import CONFLICT, REFUSED

# Not registered: the terminal minds its own manners, the rules of the business are elsewhere.
NOT_CONFIRMED = Rule(
    "terminal.confirm.required",
    "{operation} {effect}; add --yes, or --dry-run to see what it would do.",
)
GRAVITY = {"charge": "moves money", "destructive": "cannot be taken back"}
# A terminal is patient: what is not settled by then, draining takes up.
WAIT_SECONDS = 30.0


def carry_out(operation: Operation, args: dict[str, Any], how: How) -> None:
    """Preview, confirm, run and show, as the options say."""
    with identity(how.acting_as):
        if how.dry_run:
            show_preview(operation, args, how)
            return
        if operation.needs_confirmation and not how.confirmed:
            ask_first(operation, args, how)
        answer, result = perform(operation, args, how)
        show(operation, result, as_json=how.as_json)
        if answer.pending and has_open_calls(current().trace_id):
            tell_pending()


def perform(operation: Operation, args: dict[str, Any], how: How) -> tuple[Answer, Any]:
    """Run it, drain what it set going, and read the result as it is then."""
    if operation.is_read:
        answer = invoke(operation.name, args)
        return answer, answer.result
    with waiting(sentence(operation), quiet=how.as_json):
        answer = invoke(operation.name, args, key=how.key, wait=WAIT_SECONDS)
        drain_everything()
    if operation.result and answer.subject:
        return answer, operation.result(answer.subject)
    return answer, answer.result


def tell_pending() -> None:
    """Some outside system has not answered: say so, with an exit code of its own."""
    error_console().print("Pending: an outside system has not answered yet; workers go on with it.")
    raise typer.Exit(CONFLICT)


def show(operation: Operation, result: Any, *, as_json: bool) -> None:
    """Print a result."""
    if as_json:
        print_json(result)
        return
    from .showing import card_of

    console().print(card_of(operation.name, result))


def show_preview(operation: Operation, args: dict[str, Any], how: How) -> None:
    """Print what would happen."""
    from bss.core.previews import preview

    from .foreseeing import preview_card

    foreseen = preview(operation.name, args)
    if how.as_json:
        print_json(foreseen.shown())
    else:
        console().print(preview_card(operation, foreseen))
    if foreseen.refusal:
        raise typer.Exit(REFUSED)


def ask_first(operation: Operation, args: dict[str, Any], how: How) -> None:
    """Show the consequence and ask; without anybody to ask it is refused."""
    if how.as_json or not sys.stdin.isatty():
        raise NOT_CONFIRMED(operation=operation.name, effect=GRAVITY[operation.effect])
    show_preview(operation, args, how)
    if not typer.confirm("Go ahead?"):
        error_console().print(Text("Nothing was done."))
        raise typer.Exit(REFUSED)
