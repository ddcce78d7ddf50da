"""Carry out an operation for somebody at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import typer
from rich.text import Text

from apps.cockpit.queries import has_open_calls
from apps.cockpit.queries.slots import sentence
from bss.core.context import current
from bss.core.errors import BssError, Rule
from bss.core.operations import Answer, invoke
from bss.core.registry import Operation, find
from bss.core.work import drain_everything

from .how import How, identity
from .output import console, error_console, print_csv, print_json, waiting
from .refusals import CONFLICT, FAILED, REFUSED
from .words import Extra

# Not registered: the terminal minds its own manners, the rules of the business are elsewhere.
NOT_CONFIRMED = Rule(
    "terminal.confirm.required",
    "{operation} {effect}; add --yes, or --dry-run to see what it would do.",
)
GRAVITY = {"charge": "moves money", "destructive": "cannot be taken back"}
# A terminal is patient: what is not settled by then, draining takes up.
WAIT_SECONDS = 30.0
# What a command was not given for, though nothing was refused.
UNWANTED = {
    **dict.fromkeys(("order.create", "order.submit", "order.wait_until"), ("failed", "cancelled")),
    "customer.confirm_email_change": ("requested", "failed"),
    "payment.charge": ("declined", "voided"),
    "subscription.renew_now": ("blocked",),
}
Also = Sequence[tuple[Extra, Any]]


def carry_out(
    operation: Operation, arguments: Callable[[], dict[str, Any]], how: How, also: Also = ()
) -> None:
    """Preview, confirm, run and show, as the options say; then whatever was asked for also."""
    with identity(how.acting_as):
        args = arguments()
        if how.dry_run:
            show_preview(operation, args, how)
            return
        if operation.second_person:
            propose_it(operation, args, how)
            return
        if operation.needs_confirmation and not how.confirmed:
            ask_first(operation.name, how, lambda: show_preview(operation, args, how))
        answer, result = perform(operation, args, how)
        finish(operation, result, how, also)
        if how.wait and answer.pending and has_open_calls(current().trace_id):
            tell_pending()
        require_wanted(operation, args, result)


def finish(operation: Operation, result: Any, how: How, also: Also = ()) -> None:
    """Show an answer, and the answers of the operations that follow it."""
    if how.as_csv:
        print_csv(result)
        return
    if not how.as_json:
        show(operation, result, as_json=False)
    whole = result
    for extra, value in also:
        more = follow(extra, value, result, how)
        whole = {**whole, extra.name: more}
        if not how.as_json:
            show(find(extra.operation), more, as_json=False)
    if how.as_json:
        print_json(whole)


def follow(extra: Extra, value: Any, result: Mapping[str, Any], how: How) -> Any:
    """Run the operation of an extra option; its refusal names what is done already."""
    key = how.key and f"{how.key}/{extra.name}"
    try:
        operation = find(extra.operation)
        return perform(operation, extra.arguments(value, result), replace(how, key=key))[1]
    except BssError as error:
        error.context.setdefault("done", result["id"])
        raise


def require_wanted(operation: Operation, args: Mapping[str, Any], result: Any) -> None:
    """End with a failure when the answer is one."""
    state = result.get("state") if isinstance(result, Mapping) else None
    if state in UNWANTED.get(operation.name, ()) and state != args.get("target_state"):
        reason = str(result.get("stateReason") or result.get("declineReason") or "").strip()
        verb = "has" if state == "failed" else "is"
        words = f"{result['id']} {verb} {state}{': ' if reason else ''}{reason}."
        error_console().print(Text(words, style="bold red"), soft_wrap=True)
        raise typer.Exit(FAILED)


def perform(operation: Operation, args: dict[str, Any], how: How) -> tuple[Answer, Any]:
    """Run it, drain what it set going, and read the result as it is then."""
    if operation.is_read:
        answer = invoke(operation.name, args)
        return answer, answer.result
    with waiting(sentence(operation), quiet=how.as_json):
        answer = invoke(operation.name, args, key=how.key, wait=WAIT_SECONDS if how.wait else 0.0)
        return answer, drained(operation, answer, how)


def drained(operation: Operation, answer: Answer, how: How) -> Any:
    """The result once all that an answer set going is done, if somebody waits for that."""
    if how.wait:
        drain_everything()
    if operation.result and answer.subject:
        return operation.result(answer.subject)
    return answer.result


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


def ask_first(name: str, how: How, show_it: Callable[[], None]) -> None:
    """Show the consequence and ask; without anybody to ask it is refused."""
    if how.as_json or not sys.stdin.isatty():
        raise NOT_CONFIRMED(operation=name, effect=GRAVITY.get(find(name).effect, "takes two"))
    show_it()
    if not typer.confirm("Go ahead?"):
        error_console().print(Text("Nothing was done."))
        raise typer.Exit(REFUSED)


def propose_it(operation: Operation, args: dict[str, Any], how: How) -> None:
    """Keep what takes two for somebody else to confirm."""
    from bss.core.proposals import propose

    proposal, _ = propose(operation.name, args)
    proposed = invoke("proposal.get", {"proposal_id": proposal.public_id}).result
    show(find("proposal.get"), proposed, as_json=how.as_json)
    if not how.as_json:
        line = f"bss proposals confirm {proposal.public_id} --as SOMEBODY_ELSE"
        console().print(f"It takes two. Somebody else does it with: {line}", soft_wrap=True)
