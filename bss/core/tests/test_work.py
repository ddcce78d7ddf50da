"""Calls and deliveries: retried, parked, fenced, and never run out of turn."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from bss.core import context, delivering, operations, performing, sending, sweeps, work
from bss.core.calls import Outcome, register_gateway
from bss.core.context import Context
from bss.core.errors import PolicyViolation
from bss.core.events import QUEUES
from bss.core.models import Call, Delivery, StoredEvent
from bss.core.operations import invoke, run
from bss.core.tests import toy

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _clean() -> None:
    for log in (toy.heard, toy.sent, toy.moods):
        log.clear()


def fill(**options) -> None:
    invoke("jar.fill", {"jar": "J-1", "amount": 5}, **options)


def test_what_was_not_sent_is_sent_again() -> None:
    toy.moods += ["not_sent"]
    fill()

    call = Call.objects.get()
    assert (call.state, call.attempts, toy.heard) == ("open", 1, [])
    work.drain("money", due_only=False)
    assert toy.heard == [("settled", "succeeded")]
    assert toy.sent == ["J-1/5", "J-1/5"]


def test_an_unknown_outcome_is_told_and_looked_up_before_sending_again() -> None:
    toy.moods += ["unknown", "found"]
    fill()

    assert toy.heard == [("settled", "unknown")]
    work.drain("money", due_only=False)
    assert toy.heard[-1] == ("settled", "succeeded")
    assert toy.sent == ["J-1/5"]


def test_a_key_unknown_to_the_provider_is_sent_again_under_the_same_key() -> None:
    toy.moods += ["unknown"]
    fill()

    work.drain("money", due_only=False)

    assert toy.sent == ["J-1/5", "J-1/5"]
    assert Call.objects.get().state == "done"


def test_a_refusal_of_the_outside_settles() -> None:
    toy.moods += ["refused"]
    fill()

    assert toy.heard == [("settled", "refused")]
    assert Call.objects.get().outcome["code"] == "no_money"


def test_a_broken_then_keeps_the_outcome_and_never_asks_again(monkeypatch) -> None:
    broken = pytest.MonkeyPatch()
    broken.setattr(toy, "publish", _breaks)
    fill()
    assert Call.objects.get().state == "answered"
    for _ in range(performing.THEN_ATTEMPTS):
        work.drain("money", due_only=False)
    assert Call.objects.get().state == "parked"
    broken.undo()

    run("call.retry", call_id=Call.objects.get().id)
    work.drain("money")

    assert Call.objects.get().state == "done"
    assert toy.sent == ["J-1/5"]
    assert StoredEvent.objects.filter(name="jar.filled").count() == 1


def _breaks(*args, **kwargs) -> None:
    raise ValueError("then broke")


def test_a_lost_lease_ends_quietly() -> None:
    fill(wait=0)
    (mine,) = performing.claim("money", 1, lease=0)
    (theirs,) = performing.claim("money", 1, lease=60)

    performing.finish(mine, Outcome("succeeded"))
    assert toy.heard == []
    performing.finish(theirs, Outcome("succeeded"))
    assert toy.heard == [("settled", "succeeded")]


def test_a_gateway_that_fails_repeatedly_is_left_alone() -> None:
    toy.moods += ["not_sent"] * sending.TRIPS_AFTER
    for amount in range(sending.TRIPS_AFTER + 1):
        invoke("jar.fill", {"jar": "J-1", "amount": amount})

    assert len(toy.sent) == sending.TRIPS_AFTER
    assert "resting" in Call.objects.order_by("-id").first().error


def test_a_gateway_is_never_called_inside_a_transaction() -> None:
    fill(wait=0)
    (call,) = performing.claim("money", 1, lease=60)
    from django.db import transaction

    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        sending.send(call)


def test_a_failing_handler_is_parked_after_five_and_holds_its_lane_only() -> None:
    toy.moods += ["handler breaks"]
    run("jar.note", jar="J-1")
    run("jar.note", jar="J-1")
    for _ in range(delivering.ATTEMPTS + 2):
        work.drain("mail", due_only=False)

    head, follower = Delivery.objects.filter(handler__endswith=".hear").order_by("id")
    assert (head.state, head.attempts) == ("parked", delivering.ATTEMPTS)
    assert "handler broke" in head.error
    assert (follower.state, follower.attempts) == ("open", 0)

    toy.moods.clear()
    run("jar.note", jar="J-2")
    work.drain("mail", due_only=False)
    assert ("heard", "J-2", 0, "test") in toy.heard

    run("delivery.retry", delivery_id=head.id)
    work.drain("mail", due_only=False)
    assert [entry for entry in toy.heard if entry[:2] == ("heard", "J-1")].__len__() == 2


def test_a_discarded_delivery_lets_its_lane_go_on() -> None:
    toy.moods += ["handler breaks"]
    run("jar.note", jar="J-1")
    for _ in range(delivering.ATTEMPTS):
        work.drain("mail", due_only=False)
    parked = Delivery.objects.get(state="parked")
    toy.moods.clear()
    run("jar.note", jar="J-1")

    run("delivery.discard", delivery_id=parked.id, reason="not needed")
    work.drain("mail", due_only=False)

    assert len([entry for entry in toy.heard if entry[0] == "heard"]) == 1
    assert Delivery.objects.get(id=parked.id).error == "discarded: not needed"


def test_only_the_head_of_a_lane_is_claimed() -> None:
    for _ in range(3):
        run("jar.note", jar="J-1")
    run("jar.note", jar="J-2")

    claimed = delivering.claim("mail", 20, lease=60)

    assert sorted((one.handler.split(".")[-1], one.lane) for one in claimed) == [
        ("hear", "J-1"),
        ("hear", "J-2"),
        ("hear_all", "J-1"),
        ("hear_all", "J-2"),
    ]


def test_a_delivery_behind_its_lanes_head_is_handed_back() -> None:
    run("jar.note", jar="J-1")
    run("jar.note", jar="J-1")
    second = Delivery.objects.filter(handler__endswith=".hear").order_by("-id").first()
    token = uuid.uuid4()
    Delivery.objects.filter(id=second.id).update(token=token)

    delivering.deliver(delivering.Claimed(second.id, second.handler, second.lane, 1, token))

    assert toy.heard == []
    kept = Delivery.objects.get(id=second.id)
    assert (kept.state, kept.token, kept.lease_until) == ("open", None, None)


def test_a_gateway_that_could_outlast_its_lease_is_refused() -> None:
    slow = type("Slow", (toy.Bank,), {"timeout": 22.5})

    with pytest.raises(ImproperlyConfigured, match=r"Slow may wait 22.5 s, but .* less than half"):
        register_gateway("toybank", "slow", slow)


def test_work_let_go_on_is_announced(settings, monkeypatch) -> None:
    woken: list[set[str]] = []
    monkeypatch.setattr(operations, "wake_queues", woken.append)
    toy.moods += ["not_sent"]
    fill()

    run("call.retry", call_id=Call.objects.get().id)
    run("call.discard", call_id=Call.objects.get().id, reason="enough")

    assert woken[-2:] == [{"money"}, {"money"}]


def test_every_lane_has_its_turn() -> None:
    for jar in range(20):
        run("jar.note", jar=f"J-{jar:02}")

    seen = {one.id for _ in range(8) for one in delivering.claim("mail", 5, lease=0)}

    assert len(seen) == Delivery.objects.count() == 40


def test_queues_are_told_of_what_was_left_in_them() -> None:
    fill(wait=0)
    calls = performing.claim("money", 1)
    assert work._perform(calls, until=0.0) == {"money"}

    toy.moods += ["pass many on"]
    run("jar.note", jar="J-1")
    many = [one for one in delivering.claim("mail", 20) if one.handler.endswith(".hear_all")]
    assert delivering.deliver_together(many) == {"orders"}


def test_a_batch_that_fails_is_delivered_one_by_one() -> None:
    toy.moods += ["one of many breaks"]
    for jar in ("J-1", "J-2", "J-3"):
        run("jar.note", jar=jar)

    work.drain("mail")

    lanes = Delivery.objects.filter(handler__endswith=".hear_all", state="done")
    assert lanes.count() == 3


def test_what_takes_many_costs_one_transaction(django_assert_num_queries) -> None:
    for jar in ("J-1", "J-2", "J-3"):
        run("jar.note", jar=jar)
    claimed = delivering.claim("mail", 20)
    many = [one for one in claimed if one.handler.endswith(".hear_all")]

    with django_assert_num_queries(3):  # SAVEPOINT, the close, RELEASE
        assert delivering.deliver_together(many) == set()
    assert [entry[1] for entry in toy.heard] == ["J-1", "J-2", "J-3"]


def test_events_can_not_be_changed() -> None:
    run("jar.note", jar="J-1")

    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        StoredEvent.objects.update(actor="nobody")


def test_every_queue_drains() -> None:
    assert work.drain_everything() == 0
    run("jar.note", jar="J-1")
    assert work.due_queues() == ["mail"]
    assert set(work.open_work()) == {"delivery open"}
    work.drain_everything()
    assert work.due_queues() == []
    assert set(QUEUES) == {"orders", "money", "renewals", "mail"}


def test_the_statements_of_a_kernel_top_up_are_few(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(9):
        fill(key="k")
    assert connection.queries_log is not None


def test_a_handler_this_process_does_not_know_keeps_its_delivery() -> None:
    run("jar.note", jar="J-1")
    Delivery.objects.filter(handler__endswith=".hear").update(handler="core.tests.toy.newer")

    for _ in range(delivering.ATTEMPTS):
        work.drain("mail", due_only=False)

    kept = Delivery.objects.get(handler="core.tests.toy.newer")
    assert kept.state == "parked"
    assert "no handler" in kept.error


def test_work_that_kills_its_process_is_parked() -> None:
    fill(wait=0)
    run("jar.note", jar="J-1")
    for _ in range(performing.SEND_ATTEMPTS + performing.DEATHS + 1):
        performing.claim("money", 1, lease=0, due_only=False)
        delivering.claim("mail", 20, lease=0, due_only=False)

    assert Call.objects.get().state == "parked"
    assert set(Delivery.objects.values_list("state", flat=True)) == {"parked"}


def test_a_resting_gateway_costs_no_attempts() -> None:
    toy.moods += ["not_sent"] * sending.TRIPS_AFTER
    for amount in range(sending.TRIPS_AFTER):
        invoke("jar.fill", {"jar": "J-2", "amount": amount})
    fill()

    assert Call.objects.get(key="J-1/5").attempts == 0


def test_what_is_being_sent_is_left_alone() -> None:
    fill(wait=0)
    (call,) = performing.claim("money", 1)

    for change in ("call.retry", "call.discard"):
        reason = {"reason": "x"} if change == "call.discard" else {}
        with pytest.raises(PolicyViolation) as refusal:
            run(change, call_id=call.id, **reason)
        assert refusal.value.rule == "work.change.in_flight"


def test_a_discarded_call_settles_its_request() -> None:
    toy.moods += ["not_sent"]
    fill(key="k")
    run("call.discard", call_id=Call.objects.get().id, reason="enough")

    assert invoke("jar.fill", {"jar": "J-1", "amount": 5}, key="k", wait=0).repeated


def test_a_gateway_nobody_registered_stops_nothing_else() -> None:
    fill(wait=0)
    Call.objects.update(gateway="nowhere")

    assert work.drain("money") == 1
    assert "nowhere" in Call.objects.get().error


def test_a_sweep_comes_back_for_what_is_left_and_goes_on_past_failures() -> None:
    left = [{"jar": f"J-{n}", "text": str(n)} for n in range(5)] + [{"jar": "J-9", "text": None}]
    tried: list[str] = []

    @sweeps.sweep("toy", operation="jar.note", every=5, queue="orders")
    def due(limit: int) -> list[dict]:
        tried.extend(one["jar"] for one in left[:limit])
        found, left[:] = left[:limit], left[limit:]
        return found

    try:
        assert sweeps.run_sweep("toy", limit=2) == 5
    finally:
        del sweeps._sweeps["toy"]
    assert set(tried) == {"J-0", "J-1", "J-2", "J-3", "J-4", "J-9"}


def test_what_a_handler_does_keeps_the_identity_behind_it() -> None:
    olga = Context(actor="olga", channel="portal-csr", trace_id="7" * 32)
    with context.acting(olga):
        run("jar.note", jar="J-1", text="pass it on")
    work.drain("mail")

    passed = StoredEvent.objects.get(name="jar.passed_on")
    assert (passed.actor, passed.channel, passed.trace_id) == ("olga", "portal-csr", "7" * 32)
