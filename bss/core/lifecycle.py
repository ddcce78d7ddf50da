"""State machines as tables that people, buttons and documents read alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bss.core.errors import Rule, rule


@dataclass(frozen=True)
class Lifecycle:
    """A noun's states and, for each, the triggers that leave it."""

    noun: str
    initial: str
    transitions: Mapping[str, Mapping[str, str]]
    rule: str = ""
    refusal: Rule = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refusal = rule(
            self.rule or f"{self.noun}.transition.invalid",
            "{id} is {state}; it cannot {trigger} now.",
        )
        object.__setattr__(self, "refusal", refusal)
        lifecycles[self.noun] = self

    @property
    def states(self) -> list[str]:
        """Every state, the initial one first."""
        found = {str(self.initial): None}
        for state, moves in self.transitions.items():
            found |= {
                str(state): None,
                **{str(target): None for target in moves.values()},
            }
        return list(found)

    def triggers(self, state: str) -> list[str]:
        """What may happen from a state."""
        return list(self.transitions.get(state, {}))

    def target(self, public_id: str, state: str, trigger: str) -> str:
        """The state a trigger leads to, or the refusal."""
        target = self.transitions.get(state, {}).get(trigger)
        if target is None:
            raise self.refusal(id=public_id, state=str(state), trigger=trigger)
        return str(target)


lifecycles: dict[str, Lifecycle] = {}
