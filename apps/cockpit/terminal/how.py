"""How a command is to be carried out, and as whom."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from typing import Annotated, Any

import typer

from bss.core.context import Context, acting, traced
from bss.core.errors import NotFound, Rule
from bss.core.models import OperatorProfile, User
from bss.core.registry import ROLES, Operation
from bss.core.roles import defaults_of, permissions_of

ROLE_NEEDS_SANDBOX = Rule(
    "terminal.as.sandbox_required",
    "Acting as the role {role} works only on a sandbox database; name a person instead.",
)
PANEL = "How"
Command = Callable[..., None]


@dataclass(frozen=True)
class How:
    """The options that every command has."""

    as_json: bool = False
    acting_as: str | None = None
    dry_run: bool = False
    key: str | None = None
    yes: bool = False
    wait: bool = True
    allow_destructive: bool = False
    as_csv: bool = False

    @property
    def confirmed(self) -> bool:
        """True when nobody needs to be asked any more."""
        return self.yes or self.allow_destructive


NAMES = tuple(option.name for option in fields(How))


def option(*flags: str, text: str = "", hidden: bool = False, word: str | None = None) -> Any:
    """An option in the panel of common ones."""
    return typer.Option(
        *flags, help=text, rich_help_panel=PANEL, hidden=hidden, metavar=word, show_default=False
    )


Json = Annotated[bool, option("--json", text="Print JSON for programs.")]
As = Annotated[
    str | None, option("--as", text="Act as this person; on a sandbox also as a role.", word="WHO")
]
DryRun = Annotated[bool, option("--dry-run", text="Show what would happen, and change nothing.")]
Key = Annotated[
    str | None, option("--idempotency-key", text="Makes it safe to repeat.", word="KEY")
]
Yes = Annotated[bool, option("--yes", "-y", text="Do not ask for confirmation.")]
Wait = Annotated[
    bool, option("--wait/--no-wait", text="Stay until the outside world has answered, or leave.")
]
Allow = Annotated[bool, option("--allow-destructive", hidden=True)]
Csv = Annotated[bool, option("--csv", text="Print comma-separated values for spreadsheets.")]
OPTIONS = dict(zip(NAMES, (Json, As, DryRun, Key, Yes, Wait, Allow, Csv), strict=True))
READING = ("as_json", "acting_as")
REPORTING = (*READING, "as_csv")
WRITING = tuple(name for name in NAMES if name != "as_csv")


def parameters(operation: Operation) -> Iterator[inspect.Parameter]:
    """The common options of an operation's command; reads need fewer."""
    if operation.noun == "report":
        return of_kind(REPORTING)
    return of_kind(READING if operation.is_read else WRITING)


def of_kind(names: tuple[str, ...]) -> Iterator[inspect.Parameter]:
    """Some of How's options, as keyword parameters."""
    kind = inspect.Parameter.KEYWORD_ONLY
    for one in fields(How):
        if one.name in names:
            yield inspect.Parameter(
                one.name, kind, default=one.default, annotation=OPTIONS[one.name]
            )


def chosen(given: dict[str, Any]) -> How:
    """Take How's options out of what was typed."""
    return How(**{name: given.pop(name) for name in NAMES if name in given})


def with_how(names: tuple[str, ...]) -> Callable[[Command], Command]:
    """Give a command the common options; it gets them as its last argument, `how`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            how = chosen(given)
            command(**given, how=how)

        asked = [
            one
            for one in inspect.signature(command, eval_str=True).parameters.values()
            if one.name != "how"
        ]
        asked = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in asked]
        return typed(run, [*asked, *of_kind(names)])

    return decorate


def typed(run: Command, asked: list[inspect.Parameter]) -> Command:
    """Let Typer read these parameters from a function that takes anything."""
    run.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in asked}
    # Typer would look through to the function underneath.
    run.__dict__.pop("__wrapped__", None)
    return run


@contextmanager
def identity(acting_as: str | None = None) -> Iterator[Context]:
    """Act as the operator at this machine, or as somebody else."""
    with acting(traced(context_of(acting_as))) as context:
        yield context


def context_of(acting_as: str | None) -> Context:
    """The operator is trusted as far as the machine; a person or a role has their permissions."""
    if acting_as is None:
        return Context(actor="operator", channel="cli")
    if acting_as in ROLES:
        return Context(actor="operator", channel="cli", permissions=held_by_role(acting_as))
    person = User.objects.filter(username=acting_as, is_active=True).first()
    if person is None:
        raise NotFound("person", acting_as)
    return Context(actor=acting_as, channel="cli", permissions=permissions_of(person))


def held_by_role(role: str) -> frozenset[str]:
    """What a role may do, where trying it out is allowed."""
    if not OperatorProfile.load().sandbox:
        raise ROLE_NEEDS_SANDBOX(role=role)
    return defaults_of(role)
