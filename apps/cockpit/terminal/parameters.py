"""An operation's argument model as options and arguments of a command."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, get_origin

import typer

from apps.cockpit.queries.slots import Slot
from bss.core.errors import InvalidArguments
from bss.core.registry import Operation

# A command with more required values than this names them all as options.
MOST_POSITIONS = 3
POSITION = "position_"
# Without its name it would look like an option.
NEGATIVE = re.compile(r"-[\d.]")
HINTS = ((int, "N"), (float, "N"), (Decimal, "AMOUNT"), (datetime, "MOMENT"), (date, "DAY"))


def kebab(word: str) -> str:
    """`customer-id` of `customerId` and `customer_id`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word).replace("_", "-").lower()


def respelt(words: Iterable[str]) -> Iterator[str]:
    """The words of a command line with every `--customerId` and `--customer_id` as we spell it."""
    plain, before = False, ""
    for word in words:
        plain = plain or word == "--"
        if NEGATIVE.match(word) and not plain and not before.startswith("-"):
            raise InvalidArguments(f"{word}: a negative value stands behind its --name, or a --.")
        before = word
        flag, equals, value = word.partition("=")
        is_flag = flag.startswith("--") and not plain
        yield f"--{kebab(flag[2:])}{equals}{value}" if is_flag else word


def slots_of(
    operation: Operation,
    flags: Mapping[str, str] = types.MappingProxyType({}),
    loose: frozenset[str] = frozenset(),
) -> list[Slot]:
    """The arguments of an operation; `flags` gives some of them another option name first."""
    fields = operation.arguments.model_fields
    return [
        Slot(name, field, tuple(flags_of(name, set(fields), flags.get(name))), name in loose)
        for name, field in fields.items()
    ]


def flags_of(name: str, taken: set[str], preferred: str | None) -> Iterator[str]:
    """The option names of an argument: short before long."""
    if preferred:
        yield "/".join(f"--{word}" for word in preferred.split("/"))
    short = name.removesuffix("_id")
    if short != name and short not in taken and f"--{kebab(short)}" != f"--{preferred}":
        yield f"--{kebab(short)}"
    if f"--{kebab(name)}" != f"--{preferred}":
        yield f"--{kebab(name)}"


def positional(slots: list[Slot]) -> list[Slot]:
    """The arguments that may be given without their names; one list may stand at the end."""
    needed = [slot for slot in slots if slot.required and slot.is_plain]
    lists = [slot for slot in slots if slot.required and slot.is_list]
    needed += lists if len(lists) == 1 else []
    return needed if len(needed) <= MOST_POSITIONS else []


def parameters(slots: list[Slot]) -> Iterator[inspect.Parameter]:
    """The parameters of a command, as Typer reads them from a function."""
    by_place = positional(slots)
    for slot in by_place:
        named = f"or {slot.flags[0]}"
        info = typer.Argument(metavar=slot.name.upper(), help=named, show_default=False)
        yield keyword(f"{POSITION}{slot.name}", Annotated[slot.shown_type | None, info])
    for slot in sorted(slots, key=lambda slot: not slot.required):
        yield keyword(slot.name, Annotated[slot.shown_type | None, option(slot, slot in by_place)])


def keyword(name: str, annotation: Any) -> inspect.Parameter:
    """A keyword parameter that may be left out."""
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=None, annotation=annotation)


def option(slot: Slot, hidden: bool) -> Any:
    """The option of an argument."""
    first, *more = slot.flags
    declared = [first, *more]
    if slot.shown_type is bool:
        off = "" if "/" in first else f"/--no-{first.removeprefix('--')}"
        declared = [f"{first}{off}", *more]
    return typer.Option(
        *declared, help=explain(slot), hidden=hidden, metavar=hint(slot), show_default=False
    )


def is_choice(slot: Slot) -> bool:
    """True when only certain words fit."""
    return get_origin(slot.shown_type) is Literal


def hint(slot: Slot) -> str | None:
    """What kind of word an option takes; a choice shows its choices by itself."""
    if slot.shown_type is bool or is_choice(slot):
        return None
    return next((word for kind, word in HINTS if slot.type is kind), "TEXT")


def explain(slot: Slot) -> str:
    """What a person must know about an option."""
    told = [slot.field.description] if slot.field.description else []
    if slot.required:
        told.append("Required.")
    elif not slot.field.is_required() and slot.field.default not in (None, False, ""):
        told.append(f"Otherwise {slot.field.default}.")
    if slot.is_structure:
        told.append("JSON.")
    if slot.is_list:
        told.append("Repeat it, or separate with commas.")
    return " ".join(told)


def collect(slots: list[Slot], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments to call the operation with, from what was typed."""
    args = {
        slot.name: slot.read(given[slot.name])
        for slot in slots
        if given.get(slot.name) not in (None, [])
    }
    places = [slot for slot in positional(slots) if slot.name not in args]
    words = list(typed_words(slots, given))
    for slot in places:
        taken = words if slot.is_list else words[:1]
        words = words[len(taken) :]
        if taken:
            args[slot.name] = slot.read(taken if slot.is_list else taken[0])
    if words:
        raise InvalidArguments(f"{' '.join(map(str, words))}: more than the command takes.")
    require_all(slots, args)
    return args


def typed_words(slots: list[Slot], given: Mapping[str, Any]) -> Iterator[Any]:
    """What was typed without a name, in the order it was typed."""
    for slot in positional(slots):
        word = given.get(f"{POSITION}{slot.name}")
        yield from word if isinstance(word, list) else [] if word is None else [word]


def require_all(slots: list[Slot], args: Mapping[str, Any]) -> None:
    """Refuse with the option names of whatever is missing."""
    missing = [slot.flags[0] for slot in slots if slot.required and slot.name not in args]
    if missing:
        raise InvalidArguments(
            f"Missing: {', '.join(missing)}.", {flag: "missing" for flag in missing}
        )
