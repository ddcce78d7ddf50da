"""`bss explain`: why a balance, a charge or a block is what it is."""

from __future__ import annotations

from typing import Annotated

import typer

from apps.cockpit.terminal.doing import show
from apps.cockpit.terminal.how import READING, How, identity, with_how
from bss.core.errors import InvalidArguments
from bss.core.operations import invoke
from bss.core.registry import find

app = typer.Typer(add_completion=False)
# What begins like this is explained by that operation, in that argument.
BY_PREFIX = {
    "SUB": ("subscription.explain", "subscription_id"),
    "PAY": ("payment.explain", "payment_id"),
}


@app.command()
@with_how(READING)
def explain(
    what: Annotated[str, typer.Argument(metavar="SUB-…|PAY-…", help="A line or a payment.")],
    *,
    how: How,
) -> None:
    """Show the rows behind a line or a payment, and whether they add up."""
    known = BY_PREFIX.get(what.partition("-")[0])
    if known is None:
        raise InvalidArguments(f"{what!r} cannot be explained: name a line SUB-… or payment PAY-….")
    name, argument = known
    with identity(how.acting_as):
        show(find(name), invoke(name, {argument: what}).result, as_json=how.as_json)
