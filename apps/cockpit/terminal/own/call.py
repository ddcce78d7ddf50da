"""`bss call`: any operation by its own name."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from apps.cockpit.terminal.doing import carry_out
from apps.cockpit.terminal.how import WRITING, How, with_how
from apps.cockpit.terminal.parameters import slots_of
from bss.core.errors import InvalidArguments
from bss.core.registry import Operation, find

app = typer.Typer(add_completion=False)
Words = Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="Its arguments.")]


@app.command()
@with_how(WRITING)
def call(
    operation: Annotated[str, typer.Argument(help="A name that `bss operations` lists.")],
    words: Words = None,
    *,
    how: How,
) -> None:
    """Run any operation: bss call order.create customer_id=CUST-000001 offering_id=PLAN_M."""
    found = find(operation)
    carry_out(found, partial(read_words, found, words or []), how)


def read_words(operation: Operation, words: list[str]) -> dict[str, Any]:
    """`key=value` pairs as arguments; lists by commas, structures as JSON."""
    slots = {slot.name: slot for slot in slots_of(operation)}
    args: dict[str, Any] = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not separator:
            raise InvalidArguments(f"{word!r} is not of the form key=value.")
        args[name] = slots[name].read(value) if name in slots else value
    return args
