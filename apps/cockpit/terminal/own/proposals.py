"""`bss proposals confirm`: doing what was proposed, exactly as shown."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from apps.cockpit.queries.slots import sentence
from apps.cockpit.terminal.cards.frames import Sight
from apps.cockpit.terminal.cards.proposal import proposal_card
from apps.cockpit.terminal.doing import WAIT_SECONDS, ask_first, drained, finish
from apps.cockpit.terminal.how import As, How, Json, Wait, Yes, identity
from apps.cockpit.terminal.output import console, waiting
from bss.core import proposals
from bss.core.operations import run
from bss.core.registry import find

app = typer.Typer(add_completion=False, help="What waits for somebody to confirm it.")
Id = Annotated[str, typer.Argument(metavar="PROPOSAL_ID", show_default=False)]


@app.command()
def confirm(
    proposal_id: Id,
    as_json: Json = False,
    acting_as: As = None,
    yes: Yes = False,
    wait: Wait = True,
) -> None:
    """Do what was proposed, once; refused if it would now do anything else than was shown."""
    how = How(as_json=as_json, acting_as=acting_as, yes=yes, wait=wait)
    with identity(acting_as):
        proposed = run("proposal.get", proposal_id=proposal_id)
        if not yes:
            ask_first(proposed["operation"], how, lambda: show(proposed))
        operation = find(proposed["operation"])
        with waiting(sentence(operation), quiet=as_json):
            answer = proposals.confirm(proposal_id, wait=WAIT_SECONDS if wait else 0.0)
        finish(operation, drained(operation, answer, how), how)


def show(proposed: dict[str, Any]) -> None:
    """The proposal's card."""
    console().print(proposal_card(proposed, Sight.here()))
