"""Every state and trigger either moves or is refused under its table's rule."""

import pytest

from apps.catalog.models import Promotion, Redemption
from bss.core.errors import PolicyViolation

MODELS = (Promotion, Redemption)
PAIRS = [
    (model.LIFECYCLE, state, trigger)
    for model in MODELS
    for state in model.State.values
    for trigger in sorted({t for moves in model.LIFECYCLE.transitions.values() for t in moves})
]


@pytest.mark.parametrize("model", MODELS)
def test_every_state_is_in_the_table_and_reached(model):
    table = model.LIFECYCLE.transitions
    reached = {str(target) for moves in table.values() for target in moves.values()}

    assert {str(state) for state in table} == set(model.State.values)
    assert reached | {str(model.LIFECYCLE.initial)} == set(model.State.values)


@pytest.mark.parametrize(("lifecycle", "state", "trigger"), PAIRS)
def test_a_trigger_moves_or_is_refused(lifecycle, state, trigger):
    if trigger in lifecycle.triggers(state):
        assert lifecycle.target("X-1", state, trigger) in lifecycle.states
        return
    with pytest.raises(PolicyViolation) as refusal:
        lifecycle.target("X-1", state, trigger)
    assert refusal.value.rule == lifecycle.refusal.id
