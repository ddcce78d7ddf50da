import pytest

from apps.provisioning.models import EsimProfile, Number
from apps.subscription.models import NumberAssignment
from apps.subscription.tests.factories import (
    MB,
    balance,
    events,
    grants,
    internal,
    make_line,
    make_pending,
    make_served_line,
    the,
    top_up,
    use,
)
from bss.core import clock
from bss.core.operations import run

pytestmark = pytest.mark.usefixtures("committed", "frozen_clock")


def terminate(line, **args):
    return run("subscription.terminate", subscription_id=line, **args)


def actions():
    """What the network has done, in its order."""
    return [order["action"] for order in events("service_order.completed")]


def test_number_and_esim_go_back(frozen_clock):
    line = the(make_line())
    frozen_clock.advance("1d")
    shown = terminate(line.public_id, reason="moved away")
    assert (shown["state"], shown["stateReason"]) == ("terminated", "moved away")
    assert shown["terminatedAt"] == clock.now().isoformat()
    assert Number.objects.get(msisdn=line.msisdn).state == "quarantine"
    assert EsimProfile.objects.get(iccid=line.iccid).owner == ""
    assert NumberAssignment.objects.get().valid.upper == clock.now()
    assert events("subscription.terminated")[0]["reason"] == "moved away"


def test_what_is_left_is_taken_back():
    line = make_line("PLAN_M")
    top_up(line)
    use(line, 1000 * MB)
    terminate(line)
    assert sum(grant.revoked for grant in grants(line)) == (30720 + 1024 - 1000) * MB
    assert (balance(line)["remaining"], balance(line)["consumed"]) == (0, 1000)


def test_it_ends_once(refused):
    line = make_line()
    terminate(line)
    with refused("subscription.terminate.invalid_state"):
        terminate(line)
    with refused("subscription.terminate.invalid_state"):
        terminate(make_pending())


def test_a_pending_change_is_forgotten():
    line = make_line()
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id="PLAN_M")
    assert terminate(line)["pendingOfferingId"] is None


def test_the_network_is_told(drain):
    line = make_served_line()
    terminate(line)
    drain()
    orders = events("service_order.completed")
    assert [(order["owner"], order["action"]) for order in orders][-1] == (line, "terminate")


def test_the_network_hears_of_blocks_and_returns(drain):
    line = make_served_line()
    use(line, 5120 * MB)
    drain()
    top_up(line)
    drain()
    assert actions() == ["activate", "block", "unblock"]


def test_a_block_that_is_over_before_the_network_heard_of_it(drain):
    line = make_served_line()
    drain()
    use(line, 5120 * MB)
    top_up(line)
    drain()
    # Nothing to undo; of what was bought it must hear all the same.
    assert actions() == ["activate", "change"]


def test_the_network_is_told_of_what_a_line_in_service_buys(drain):
    line = make_served_line()
    top_up(line)
    drain()
    assert actions() == ["activate", "change"]


def test_what_a_stopped_line_buys_in_vain_is_not_told(drain):
    line = make_served_line()
    use(line, 5120 * MB)
    drain()
    top_up(line, "VAS_ROAMING_1GB")
    drain()
    assert (the(line).state, actions()) == ("blocked", ["activate", "block"])


def test_a_line_names_the_service_that_the_network_knows(drain):
    line = make_served_line()
    (service,) = run("service.list_for_subscription", subscription_id=line)
    shown = run("subscription.get", subscription_id=line)
    assert shown["cfsServiceId"] == service["id"]
    assert run("subscription.get", subscription_id=make_line())["cfsServiceId"] is None


def test_events_of_a_line_may_be_handled_in_either_order(drain):
    line = make_served_line()
    drain()
    use(line, 5120 * MB)
    drain()
    top_up(line)
    for _ in range(2):
        internal("subscription.align_service", subscription_id=line)
    drain()
    assert actions() == ["activate", "block", "unblock"]


def test_a_change_of_plan_does_not_hide_a_block(drain, frozen_clock):
    line = make_served_line()
    run("subscription.schedule_plan_change", subscription_id=line, new_offering_id="PLAN_M")
    use(line, 5120 * MB)
    drain()
    run("subscription.renew_now", subscription_id=line)
    drain()
    done = actions()
    assert (done[:2], sorted(done[2:])) == (["activate", "block"], ["change", "unblock"])


def test_a_block_that_failed_is_undone_all_the_same(drain):
    line = make_served_line()
    drain()
    fault = {"task_type": "PCRF_POLICY_PUSH", "fault_type": "fail_always", "probability": 1.0}
    run("provisioning.set_fault_injection", enabled=True, **fault)
    use(line, 5120 * MB)
    drain()
    assert events("service_order.failed")[0]["action"] == "block"
    run("provisioning.set_fault_injection", enabled=False, **fault)
    top_up(line)
    drain()
    assert events("service_order.completed")[-1]["action"] == "unblock"


def test_a_line_the_network_never_knew_needs_no_order(drain):
    line = make_line()
    use(line, 5120 * MB)
    drain()
    assert events("service_order.in_progress") == []
    assert the(line).state == "blocked"


def test_a_line_given_up_is_taken_off_the_network(drain):
    from apps.subscription.tests.factories import CFS

    line = make_pending()
    internal(
        "service_order.open",
        owner=line,
        action="activate",
        cfs_spec_id=CFS,
        rfs_spec_ids=[],
        task_types=["HLR_PROVISION"],
    )
    internal("subscription.abandon", subscription_id=line, reason="declined", deprovision=True)
    drain()
    assert events("service_order.completed")[-1]["action"] == "terminate"
