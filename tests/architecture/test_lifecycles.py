"""Every state and trigger of every table either moves or is refused under the table's rule."""

import pytest

from bss.core.errors import PolicyViolation
from bss.core.lifecycle import Lifecycle, lifecycles

TABLES = [pytest.param(table, id=noun) for noun, table in sorted(lifecycles.items())]


def triggers(table: Lifecycle) -> set[str]:
    return {trigger for moves in table.transitions.values() for trigger in moves}


@pytest.mark.parametrize("table", TABLES)
def test_every_state_is_reached(table):
    targets = {str(target) for moves in table.transitions.values() for target in moves.values()}

    assert targets | {str(table.initial)} == set(table.states)


@pytest.mark.parametrize("table", TABLES)
def test_a_trigger_moves_or_is_refused(table):
    for state in table.states:
        for trigger in triggers(table):
            if trigger in table.triggers(state):
                assert table.target("X-1", state, trigger) in table.states
                continue
            with pytest.raises(PolicyViolation) as refusal:
                table.target("X-1", state, trigger)
            assert refusal.value.rule == table.refusal.id
