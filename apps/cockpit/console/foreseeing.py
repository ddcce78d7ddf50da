"""What a preview says to whoever is about to confirm it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.cockpit.queries.sight import Sight
from bss.core.models import Proposal
from bss.core.money import money_text

KINDS = ("created", "changed", "deleted")


@dataclass(frozen=True)
class Foreseen:
    """A proposal as a page shows it."""

    proposal: Proposal
    sight: Sight

    @property
    def shown(self) -> dict[str, Any]:
        """What the preview found."""
        return dict(self.proposal.shown)

    @property
    def happens(self) -> list[str]:
        """What would be written down about it."""
        return list(dict.fromkeys(self.shown["summaries"]))

    @property
    def costs(self) -> Iterator[tuple[str, str, str]]:
        """Each amount: taken or given back, how much, and from or to what."""
        for one in self.shown["money"]:
            back = "refund" in one
            amount = money_text(int(one.get("refund", one.get("amount", 0))))
            yield (
                "Given back" if back else "Charged",
                f"{one.get('currency', '')} {amount}".strip(),
                str(one.get("to", "")),
            )

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who would get which letter."""
        return [(str(one["recipient"]), str(one.get("subject", ""))) for one in
                self.shown["recipients"]]  # fmt: skip

    @property
    def rows(self) -> Iterator[tuple[str, str]]:
        """How many rows of what."""
        for noun, counts in self.shown["changes"].items():
            yield noun, ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts.get(kind))

    @property
    def warnings(self) -> list[str]:
        """What would go wrong on the way."""
        return list(self.shown["warnings"])

    @property
    def undoable(self) -> bool:
        """Whether there is a way back."""
        return bool(self.shown["undoable"])

    @property
    def args(self) -> list[tuple[str, Any]]:
        """The exact arguments."""
        return [(name.replace("_", " "), value) for name, value in self.proposal.args.items()]

    @property
    def expires(self) -> str:
        """Until when it may be confirmed, by the clock on the wall."""
        return f"{self.proposal.expires_at.astimezone(self.sight.zone):%H:%M}"

    @property
    def open(self) -> bool:
        """True while it may be confirmed."""
        return bool(self.proposal.state == "open")
