"""What waits for somebody to confirm it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from apps.cockpit.queries.slots import sentence
from apps.cockpit.terminal.foreseeing import consequences
from bss.core.registry import find

from . import frames, plain
from .frames import Sight
from .work import above

Data = Mapping[str, Any]


def proposal_table(proposals: list[Data], sight: Sight) -> RenderableType:
    """Proposals, one a row: what, asked by whom, until when."""
    table = frames.rows("proposal", "what", "confirmed by", "until", "state")
    for one in proposals:
        table.add_row(
            Text(str(one["id"]), style=frames.ACCENT),
            above(one["operation"], f"asked by {one['requester']}"),
            str(one.get("confirmedBy") or one["confirmer"]),
            sight.minute(one.get("expiresAt")),
            frames.state_text(one.get("state")),
        )
    return table


def proposal_card(proposal: Data, sight: Sight) -> RenderableType:
    """A proposal with exactly what it would do."""
    facts: list[tuple[str, RenderableType]] = [
        ("What", Text(str(proposal["operation"]), style=frames.ACCENT)),
        *((plain.words(name), Text(str(value))) for name, value in given(proposal)),
        ("Asked by", Text(f"{proposal['requester']}, {sight.minute(proposal['createdAt'])}")),
        ("Confirmed by", Text(str(proposal.get("confirmedBy") or proposal["confirmer"]))),
        ("Until", Text(sight.minute(proposal["expiresAt"]))),
    ]
    if proposal.get("cancelledBy"):
        facts.append(("Cancelled by", Text(str(proposal["cancelledBy"]))))
    return frames.card(
        str(proposal["id"]),
        Text(sentence(find(str(proposal["operation"]))), style="bold"),
        Text(),
        frames.pairs(facts),
        Text(),
        *consequences(proposal["shown"]),
        state=frames.badge(str(proposal["state"])),
        style=frames.WARN if proposal["state"] == "open" else frames.QUIET,
    )


def given(proposal: Data) -> list[tuple[str, Any]]:
    """The arguments that say something."""
    return [(name, value) for name, value in proposal["args"].items() if value not in (None, "")]
