"""The command tree: operations first, then the well-known words, then what is made by hand."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bss.core.registry import Operation

from . import how
from .doing import carry_out
from .parameters import Slot, collect, kebab, keyword, parameters, positional, slots_of
from .words import WORDS, Extra, Word, word_for

SETTINGS = {"help_option_names": ["-h", "--help"]}
NOUNS, TOOLS, WORDS_TOO = "What the business does", "Running it", "Other words for the same"
# Nouns that would collide with commands made by hand.
SPOKEN = {"call": "calls", "delivery": "deliveries", "events": "audit", "proposal": "proposals"}


@dataclass
class Branch:
    """A place in the tree: a command, or further words."""

    make: Callable[[], Any] | None = None
    words: dict[str, Branch] = field(default_factory=dict)
    help: str = ""
    panel: str = NOUNS

    def put(self, path: Iterable[str], make: Callable[[], Any], panel: str = NOUNS) -> None:
        """Hang a command at a path; what was there before gives way."""
        here = self
        for word in path:
            here = here.words.setdefault(word, Branch(panel=panel))
        here.make, here.panel = make, panel

    def build(self, name: str) -> Any:
        """The command, or the group of commands."""
        if self.words:
            return Lazy(self, name)
        assert self.make is not None
        command = self.make()
        command.name = name
        command.rich_help_panel = None if self.panel == NOUNS else self.panel
        return command


class Lazy(TyperGroup):
    """A group that makes its commands when somebody looks."""

    def __init__(self, branch: Branch, name: str, **attrs: Any) -> None:
        self.branch = branch
        super().__init__(
            name=name,
            help=branch.help,
            short_help=branch.help or listed(branch.words),
            no_args_is_help=True,
            context_settings=SETTINGS,
            rich_help_panel=branch.panel,
            rich_markup_mode="rich",
            **attrs,
        )
        # Only the names: suggestions for a mistyped word come from here.
        names: dict[str, Any] = dict.fromkeys(sorted(branch.words))
        self.commands = names

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = self.branch.words.get(cmd_name) or self.branch.words.get(kebab(cmd_name))
        return found.build(cmd_name) if found else None

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)


def listed(words: Mapping[str, Branch]) -> str:
    """What a group offers, for the list of groups."""
    names = sorted(words)
    return ", ".join(names[:7]) + (", …" if len(names) > 7 else "")


def tree(operations: Mapping[str, Operation], by_hand: Iterable[tuple[str, str]]) -> Lazy:
    """The root command; `by_hand` names a path and the module with a Typer app for it."""
    root = Branch(help="A small mobile operator, from one terminal.")
    public = {name: found for name, found in operations.items() if not found.internal}
    for name, found in public.items():
        root.put(words_of(name), maker(found))
    for word in WORDS:
        if word.operation in public:
            words = word.path.split()
            panel = NOUNS if words == words_of(word.operation) else WORDS_TOO
            root.put(words, maker(public[word.operation], word), panel)
    for path, module in by_hand:
        hang(root, path.split(), import_module(module).app)
    return Lazy(root, "bss")


def words_of(name: str) -> list[str]:
    """`inventory msisdn list-available` of `inventory.msisdn.list_available`."""
    noun, *rest = (kebab(word) for word in name.split("."))
    return [SPOKEN.get(noun, noun), *rest]


def spelled(operation: Operation, args: Mapping[str, Any]) -> str:
    """The command line a person would type to run an operation with these arguments."""
    word = word_for(operation.name)
    path = words_of(word.path) if word.path == operation.name else word.path.split()
    slots = [slot for slot in slots_of(operation, word.flags) if slot.name in args]
    by_place = positional(slots)
    values = [word for slot in by_place for word in quoted(args[slot.name])]
    for slot in slots:
        if slot not in by_place:
            values += [slot.flags[0], *quoted(args[slot.name])]
    return " ".join(["bss", *path, *values])


def quoted(value: Any) -> list[str]:
    """A value as words of a shell."""
    return [shlex.quote(str(one)) for one in (value if isinstance(value, list) else [value])]


def hang(root: Branch, path: list[str], app: typer.Typer) -> None:
    """Hang the commands of a Typer app below a path; a group keeps what is there already."""
    made = typer.main.get_command(app)
    commands = made.commands.items() if isinstance(made, TyperGroup) else [(made.name, made)]
    for name, command in commands:
        root.put([*path, str(name)], partial(identity, command), panel=TOOLS)
    if path and isinstance(app.info.help, str):
        root.words[path[0]].help = app.info.help


def identity(command: Any) -> Any:
    """A command that is made already."""
    return command


def maker(operation: Operation, word: Word | None = None) -> Callable[[], Any]:
    """Something that makes the command of an operation when it is needed."""
    return lambda: command_of(operation, word or Word(operation.name, operation.name))


def command_of(operation: Operation, word: Word) -> Any:
    """The command that runs an operation."""
    all_slots = slots_of(operation, word.flags, word.loose)
    slots = [slot for slot in all_slots if slot.name not in word.fixed]

    def run(**given: Any) -> None:
        chosen = how.chosen(given)
        also = [(one, value) for one in word.extras if (value := given.pop(one.name, None))]
        carry_out(operation, partial(arguments, slots, word, given), chosen, also)

    extras = [keyword(one.name, extra_option(one)) for one in word.extras]
    typed = how.typed(run, [*parameters(slots), *extras, *how.parameters(operation)])
    app = typer.Typer(add_completion=False)
    app.command(help=operation.doc, context_settings=SETTINGS)(typed)
    return typer.main.get_command(app)


def extra_option(extra: Extra) -> Any:
    """The option of what comes along."""
    word = None if extra.type is bool else "TEXT"
    option = typer.Option(extra.flag, help=extra.help, metavar=word, show_default=False)
    return Annotated[extra.type | None, option]


def arguments(slots: list[Slot], word: Word, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the operation takes it."""
    args = {**collect(slots, given), **word.fixed}
    return word.prepare(args) if word.prepare else args
