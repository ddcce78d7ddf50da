"""How a command is to be carried out, and as whom."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from bss.core.context import Context, acting
from bss.core.errors import NotFound, rule
from bss.core.models import OperatorProfile, User
from bss.core.registry import ROLES, Operation
from bss.core.roles import defaults_of, permissions_of

ROLE_NEEDS_SANDBOX = rule(
    "terminal.as.sandbox_required",
    "Acting as the role {role} works only on a sandbox database; name a person instead.",
)
PANEL = "How"


@dataclass(frozen=True)
class How:
    """The options that every command has."""

    as_json: bool = False
    acting_as: str | None = None
    dry_run: bool = False
    key: str | None = None
    yes: bool = False
    allow_destructive: bool = False

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
As = Annotated[str | None, option("--as", text="Act as this person; on a sandbox also as a role.", word="WHO")]
DryRun = Annotated[bool, option("--dry-run", text="Show what would happen, and change nothing.")]
Key = Annotated[str | None, option("--idempotency-key", text="Makes it safe to repeat.", word="KEY")]
Yes = Annotated[bool, option("--yes", "-y", text="Do not ask for confirmation.")]
Allow = Annotated[bool, option("--allow-destructive", hidden=True)]
READING: tuple[Any, ...] = (Json, As)
WRITING: tuple[Any, ...] = (Json, As, DryRun, Key, Yes, Allow)


def parameters(operation: Operation) -> Iterator[inspect.Parameter]:
    """The common options of an operation's command; reads need fewer."""
    annotations = READING if operation.is_read else WRITING
    for option_field, annotation in zip(fields(How), annotations, strict=False):
        yield inspect.Parameter(
            option_field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=option_field.default,
            annotation=annotation,
        )


@contextmanager
def identity(acting_as: str | None = None) -> Iterator[Context]:
    """Act as the operator at this machine, or as somebody else."""
    with acting(context_of(acting_as)) as context:
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
