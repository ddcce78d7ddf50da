from datetime import timedelta

import pytest

from apps.ordering.models import ProductOrder
from apps.ordering.tests.factories import (
    broken,
    create,
    events,
    fault,
    internal,
    nothing_is_kept,
    payment_of,
    service_order_of,
    state,
    the,
)
from bss.core import clock
from bss.core.operations import run
from bss.core.sweeps import run_sweep

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


@pytest.fixture
def stuck_order(ada, drain):
    """An order that waits for the network, which never answers."""
    fault("HLR_PROVISION", "stuck")
    order = create(ada)
    drain()
    return order


def test_a_stuck_order_is_told_once_and_not_touched(stuck_order, frozen_clock, drain):
    frozen_clock.advance("899s")
    assert run_sweep("stuck_orders") == 0
    frozen_clock.advance("1s")
    assert [run_sweep("stuck_orders") for _ in range(3)] == [1, 0, 0]
    internal("order.flag_stuck", order_id=stuck_order)
    drain()
    assert [told["order_id"] for told in events("order.stuck")] == [stuck_order]
    shown = run("order.get", order_id=stuck_order)
    assert (shown["state"], shown["stuckSince"]) == (
        "in_progress",
        the(stuck_order).stuck_at.isoformat(),
    )
    assert broken() == []


def test_an_order_that_was_wished_done_sooner_is_told_sooner(ada, frozen_clock, drain):
    fault("HLR_PROVISION", "stuck")
    wish = clock.now() + timedelta(minutes=1)
    create(ada, requested_completion_date=wish)
    drain()
    frozen_clock.advance("59s")
    assert run_sweep("stuck_orders") == 0
    frozen_clock.advance("1s")
    assert run_sweep("stuck_orders") == 1


def test_a_stuck_task_that_is_resolved_completes_the_order(stuck_order, frozen_clock, drain):
    frozen_clock.advance("1h")
    run_sweep("stuck_orders")
    fault("HLR_PROVISION", "stuck", enabled=False)
    task = service_order_of(stuck_order).tasks.get(state="stuck")
    run("provisioning.resolve_stuck", task_id=task.public_id, note="Restarted the HLR.")
    drain()
    assert (state(stuck_order), payment_of(stuck_order).state) == ("completed", "captured")
    assert broken() == []


def test_a_stuck_order_can_be_given_up(stuck_order, frozen_clock, drain, refused):
    with refused("order.give_up.not_stuck"):
        run("order.give_up", order_id=stuck_order, reason="Too long")
    frozen_clock.advance("1h")
    run_sweep("stuck_orders")
    run("order.give_up", order_id=stuck_order, reason="The HLR is gone.")
    drain()
    assert (state(stuck_order), payment_of(stuck_order).state) == ("failed", "voided")
    assert nothing_is_kept(stuck_order)
    with refused("order.transition.invalid"):
        run("order.give_up", order_id=stuck_order, reason="Again")
    assert broken() == []


def test_an_order_that_moved_meanwhile_is_not_stuck(ada, drain, frozen_clock):
    order = create(ada)
    drain()
    frozen_clock.advance("1h")
    internal("order.flag_stuck", order_id=order)
    assert events("order.stuck") == []


def test_a_late_answer_counts(ada, drain, frozen_clock):
    order = create(ada, wait=0)
    ProductOrder.objects.update(state_changed_at=the(order).state_changed_at - timedelta(hours=1))
    run_sweep("stuck_orders")
    drain()
    assert state(order) == "completed"
    assert run("order.get", order_id=order)["stuckSince"] is None
