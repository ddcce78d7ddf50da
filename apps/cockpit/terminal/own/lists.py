"""`bss operations`, `bss policies`, `bss events`: what the system can do, refuse and tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.text import Text

from apps.cockpit.queries.slots import sentence
from apps.cockpit.terminal.cards import frames
from apps.cockpit.terminal.how import Json
from apps.cockpit.terminal.output import console, print_json
from apps.cockpit.terminal.parameters import slots_of
from bss.core.errors import rules
from bss.core.events import event_types, subscriptions
from bss.core.registry import ROLES, Operation, registry
from bss.core.roles import holders

app = typer.Typer(add_completion=False)
Part = Annotated[str, typer.Argument(help="Only names that contain this.")]
EFFECT_STYLES = {
    "read": frames.QUIET,
    "write": "",
    "charge": frames.WARN,
    "destructive": frames.BAD,
}


def chosen(names: Iterable[str], part: str) -> list[str]:
    """The names that contain a part."""
    return [name for name in names if part.lower() in name.lower()]


@app.command()
def operations(part: Part = "", as_json: Json = False) -> None:
    """List every operation with its effect and who may use it."""
    found = {name: one for name, one in registry().items() if not one.internal}
    picked = [found[name] for name in chosen(found, part)]
    if as_json:
        print_json([operation_view(operation) for operation in picked])
        return
    table = frames.rows("operation", "effect", "what it does, and who may")
    for operation in picked:
        effect = Text(operation.effect, style=EFFECT_STYLES[operation.effect])
        name = Text(operation.name, style=frames.ACCENT)
        told = Text.assemble(sentence(operation), "\n", (who_may(operation), frames.QUIET))
        table.add_row(name, effect, told)
    console().print(table)


def who_may(operation: Operation) -> str:
    """The roles that hold an operation besides the admin, who holds all."""
    found = [role for role in ROLES if role in holders(operation) and role != "admin"]
    return "everybody" if len(found) == len(ROLES) - 1 else ", ".join(found) or "admin only"


def operation_view(operation: Operation) -> dict[str, Any]:
    """An operation for programs."""
    return {
        "name": operation.name,
        "app": operation.app,
        "effect": operation.effect,
        "roles": sorted(holders(operation)),
        "description": sentence(operation),
        "arguments": [
            {"name": slot.name, "required": slot.required, "options": list(slot.flags)}
            for slot in slots_of(operation)
        ],
    }


@app.command()
def policies(part: Part = "", as_json: Json = False) -> None:
    """List every rule that can refuse something."""
    found = {rule.id: rule.message for rule in rules()}
    picked = chosen(found, part)
    if as_json:
        print_json([{"rule": name, "message": found[name]} for name in picked])
        return
    table = frames.rows("rule", "what it says")
    for name in picked:
        table.add_row(Text(name, style=frames.ACCENT), found[name])
    console().print(table)


@app.command()
def events(part: Part = "", as_json: Json = False) -> None:
    """List every kind of event, what it carries and who listens."""
    found = event_types()
    picked = chosen(found, part)
    if as_json:
        print_json([event_view(name) for name in picked])
        return
    table = frames.rows("event", "carries", "listeners")
    for name in picked:
        view = event_view(name)
        listening = Text(", ".join(view["listeners"]) or "–", style=frames.QUIET)
        table.add_row(Text(name, style=frames.ACCENT), ", ".join(view["fields"]), listening)
    console().print(table)


def event_view(name: str) -> dict[str, Any]:
    """A kind of event for programs."""
    carried = [field.name for field in fields(event_types()[name])]
    return {"name": name, "fields": carried, "listeners": list(listeners(name))}


def listeners(event: str) -> Iterator[str]:
    """The handlers of an event."""
    for handler, subscription in subscriptions().items():
        if subscription.event is not None and subscription.event.name == event:
            yield handler
